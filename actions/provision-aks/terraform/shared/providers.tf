# Identity, tenant and cloud come from ARM_* alone: plan and apply run as different identities. Bootstrap registers
# resource providers: Terraform would need a right on the whole subscription for it.
provider "azurerm" {
  features {}
  subscription_id                 = var.scope.subscription_id
  storage_use_azuread             = true
  resource_provider_registrations = "none"
}
