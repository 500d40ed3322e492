# Identity, tenant and cloud come from ARM_* alone: plan and apply run as different identities. Bootstrap registers
# resource providers: Terraform would need a right on the whole subscription for it.
provider "azurerm" {
  features {}
  subscription_id                 = var.scope.subscription_id
  storage_use_azuread             = true
  resource_provider_registrations = "none"
}

# Only reads: the log workspace lives in the subscription of the shared scope.
provider "azurerm" {
  alias = "shared"
  features {}
  subscription_id                 = try(coalesce(var.logs.shared.subscription_id), var.scope.subscription_id)
  storage_use_azuread             = true
  resource_provider_registrations = "none"
}

# The zone that delegates to this environment's, or that its names are in: the shared scope's, or one that exists in any
# subscription.
provider "azurerm" {
  alias = "dns"
  features {}
  subscription_id                 = try(coalesce(var.dns.delegation.subscription_id), split("/", var.dns.existing_id)[2], var.scope.subscription_id)
  storage_use_azuread             = true
  resource_provider_registrations = "none"
}
