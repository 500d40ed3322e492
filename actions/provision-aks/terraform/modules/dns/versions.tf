terraform {
  required_version = ">= 1.11.0"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 5.2"
      # Zones of the platform may be in another subscription than what is made here.
      configuration_aliases = [azurerm.parent]
    }
  }
}
