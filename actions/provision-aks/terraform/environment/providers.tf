# Identity, tenant and cloud come from ARM_* alone: plan and apply run as different identities.
provider "azurerm" {
  features {}
  subscription_id     = var.scope.subscription_id
  storage_use_azuread = true
}

# Only reads: what environments share lives in the subscription of the shared scope.
provider "azurerm" {
  alias = "shared"
  features {}
  subscription_id     = try(coalesce(var.logs.shared.subscription_id), var.scope.subscription_id)
  storage_use_azuread = true
}
