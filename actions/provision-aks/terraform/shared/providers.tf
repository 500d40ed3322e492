# Identity, tenant and cloud come from ARM_* alone: plan and apply run as different identities.
provider "azurerm" {
  features {}
  subscription_id     = var.scope.subscription_id
  storage_use_azuread = true
}
