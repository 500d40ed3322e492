resource "azurerm_storage_account" "this" {
  name                     = var.name
  location                 = var.location
  resource_group_name      = var.resource_group_name
  account_kind             = "StorageV2"
  account_tier             = "Standard"
  account_replication_type = var.replication

  # Entra identities alone: no keys, no shared access signatures made of keys, no local users, nothing anonymous.
  shared_access_key_enabled       = false
  default_to_oauth_authentication = true
  local_user_enabled              = false
  allow_nested_items_to_be_public = false

  https_traffic_only_enabled = true
  min_tls_version            = "TLS1_2"

  # Data stays in the tenant.
  cross_tenant_replication_enabled = false
  allowed_copy_scope               = "AAD"

  public_network_access_enabled = var.public_access

  network_rules {
    default_action = var.public_access ? "Allow" : "Deny"
    # Flow logs and backups come from Azure's own services. An open account says more than it needs: the provider does not
    # read rules that are Azure's defaults, and would want to write them again for ever.
    bypass = var.public_access ? ["AzureServices", "Logging", "Metrics"] : ["AzureServices"]
  }

  blob_properties {
    versioning_enabled = true

    delete_retention_policy {
      days = var.soft_delete_days
    }

    container_delete_retention_policy {
      days = var.soft_delete_days
    }
  }

  tags = var.tags
}

resource "azurerm_storage_container" "this" {
  for_each = var.containers

  name                  = each.value
  storage_account_id    = azurerm_storage_account.this.id
  container_access_type = "private"
}

# Versions are kept for as long as deleted blobs are. Without an end they grow for ever, since Loki and the backups delete
# and overwrite all day, and each costs like a blob.
resource "azurerm_storage_management_policy" "this" {
  storage_account_id = azurerm_storage_account.this.id

  rule {
    name    = "old-versions"
    enabled = true

    filters {
      blob_types = ["blockBlob"]
    }

    actions {
      version {
        delete_after_days_since_creation = var.soft_delete_days
      }
    }
  }
}
