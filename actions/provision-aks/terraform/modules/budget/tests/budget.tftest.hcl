mock_provider "azurerm" {}

variables {
  name                 = "budget-test"
  subscription_id      = "33333333-3333-3333-3333-333333333333"
  resource_group_names = ["rg-test", "rg-test-nodes"]
  amount               = 800
  notify               = ["platform@contoso.com"]
}

run "told" {
  command = plan

  assert {
    condition     = toset([for told in azurerm_consumption_budget_subscription.this.notification : "${told.threshold_type} ${told.threshold}"]) == toset(["Actual 80", "Actual 100", "Forecasted 100"])
    error_message = "People are told at 80 % and 100 %, and when it is forecast."
  }

  assert {
    condition     = azurerm_consumption_budget_subscription.this.time_grain == "Monthly" && azurerm_consumption_budget_subscription.this.amount == 800
    error_message = "It is a monthly budget."
  }

  assert {
    condition     = one(azurerm_consumption_budget_subscription.this.filter[0].dimension).values == tolist(["rg-test", "rg-test-nodes"])
    error_message = "Nodes count."
  }

  assert {
    condition     = endswith(azurerm_consumption_budget_subscription.this.time_period[0].start_date, "-01T00:00:00Z")
    error_message = "It begins with a month."
  }
}

run "refused_name" {
  command = plan

  variables {
    name = "budget test"
  }

  expect_failures = [var.name]
}

run "refused_amount" {
  command = plan

  variables {
    amount = 0
  }

  expect_failures = [var.amount]
}

run "refused_nobody" {
  command = plan

  variables {
    notify = []
  }

  expect_failures = [var.notify]
}

run "refused_no_groups" {
  command = plan

  variables {
    resource_group_names = []
  }

  expect_failures = [var.resource_group_names]
}
