mock_provider "azurerm" {}

variables {
  name     = "rg-test"
  location = "westeurope"
}

run "made" {
  command = plan

  assert {
    condition     = azurerm_resource_group.this.name == "rg-test"
    error_message = "The group has the name it is given."
  }
}

run "refused_name" {
  command = plan

  variables {
    name = "rg-test."
  }

  expect_failures = [var.name]
}
