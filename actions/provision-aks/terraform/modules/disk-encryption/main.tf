# Disks of nodes and volumes are encrypted with a key of the customer's instead of Azure's. Whoever takes the key away
# takes the disks away.
resource "azurerm_disk_encryption_set" "this" {
  name                = var.name
  location            = var.location
  resource_group_name = var.resource_group_name
  key_vault_key_id    = var.key
  encryption_type     = "EncryptionAtRestWithCustomerKey"

  # A key without a version follows its rotation by itself.
  auto_key_rotation_enabled = length(split("/", var.key)) == 5

  identity {
    type = "SystemAssigned"
  }

  tags = var.tags
}

resource "azurerm_role_assignment" "key" {
  name                 = uuidv5("url", lower("${var.assignment_seed}/disk_encryption_key"))
  scope                = var.vault_id
  role_definition_name = "Key Vault Crypto Service Encryption User"
  principal_id         = azurerm_disk_encryption_set.this.identity[0].principal_id
  principal_type       = "ServicePrincipal"
}
