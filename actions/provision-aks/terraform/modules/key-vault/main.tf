resource "azurerm_key_vault" "this" {
  name                = var.name
  location            = var.location
  resource_group_name = var.resource_group_name
  tenant_id           = var.tenant_id
  sku_name            = "standard"

  # Rights by Azure roles alone: access policies know neither scopes below the vault nor conditions.
  rbac_authorization_enabled = true

  # Nobody can take secrets away for good: a deleted vault or secret comes back within this time, and its name is taken
  # for as long. Azure lets neither be lowered again.
  purge_protection_enabled   = true
  soft_delete_retention_days = 90

  public_network_access_enabled = var.public_access

  network_acls {
    default_action = var.public_access ? "Allow" : "Deny"
    # Disk encryption sets and backups come from Azure's own services.
    bypass = "AzureServices"
  }

  tags = var.tags
}
