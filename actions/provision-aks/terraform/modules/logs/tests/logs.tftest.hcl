mock_provider "azurerm" {}

variables {
  name                = "log-test"
  location            = "westeurope"
  resource_group_name = "rg-test"
}

run "defaults" {
  command = plan

  assert {
    condition     = azurerm_log_analytics_workspace.this.retention_in_days == 30
    error_message = "Logs are kept for 30 days."
  }

  assert {
    condition     = !azurerm_log_analytics_workspace.this.local_authentication_enabled
    error_message = "The keys of the workspace open nothing."
  }
}

run "kept_longer" {
  command = plan

  variables {
    retention_days = 730
  }

  assert {
    condition     = azurerm_log_analytics_workspace.this.retention_in_days == 730
    error_message = "Retention can be chosen."
  }
}

run "refused_name" {
  command = plan

  variables {
    name = "-log"
  }

  expect_failures = [var.name]
}

run "refused_retention_too_short" {
  command = plan

  variables {
    retention_days = 29
  }

  expect_failures = [var.retention_days]
}

run "refused_retention_too_long" {
  command = plan

  variables {
    retention_days = 731
  }

  expect_failures = [var.retention_days]
}
