# What Azure answers in tests. Everything else is not known before an apply, and no test makes one.
mock_data "azurerm_log_analytics_workspace" {
  defaults = {
    id       = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-contoso-shared-westeurope/providers/Microsoft.OperationalInsights/workspaces/log-contoso"
    location = "westeurope"
  }
}
