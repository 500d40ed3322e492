terraform {
  required_version = ">= 1.11.0"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "= 5.2.0"
    }
  }

  # Everything about the state comes with `init`; who reads and writes it comes from ARM_* alone, because a saved plan
  # carries what stands here into the apply.
  backend "azurerm" {}
}
