resource "azurerm_postgresql_flexible_server" "this" {
  name                = var.name
  location            = var.location
  resource_group_name = var.resource_group_name
  version             = var.postgres_version
  sku_name            = var.size
  storage_mb          = var.storage_mb

  # A disk that Azure grew would be larger than what is written down, and Terraform would replace the server to shrink
  # it. An alert tells when it is 90 % full instead.
  auto_grow_enabled = false

  backup_retention_days        = var.backup_days
  geo_redundant_backup_enabled = var.geo_backup

  # Reached by a private endpoint alone.
  public_network_access_enabled = false

  # Entra identities alone: there is no password to keep, rotate or leak into the state.
  authentication {
    active_directory_auth_enabled = true
    password_auth_enabled         = false
    tenant_id                     = var.tenant_id
  }

  # A second server in another zone, at twice the price, takes over within about two minutes.
  dynamic "high_availability" {
    for_each = var.high_availability ? ["ZoneRedundant"] : []
    content {
      mode = high_availability.value
    }
  }

  tags = var.tags

  lifecycle {
    # Azure chooses the zones, and a failover swaps them.
    ignore_changes = [zone, high_availability[0].standby_availability_zone]
  }
}

resource "azurerm_postgresql_flexible_server_active_directory_administrator" "this" {
  for_each = var.administrators

  server_name         = azurerm_postgresql_flexible_server.this.name
  resource_group_name = var.resource_group_name
  tenant_id           = var.tenant_id
  object_id           = each.value.object_id
  principal_name      = each.value.name
  principal_type      = "ServicePrincipal"
}

resource "azurerm_postgresql_flexible_server_database" "this" {
  for_each = var.databases

  name      = each.value
  server_id = azurerm_postgresql_flexible_server.this.id
  charset   = "UTF8"
  collation = "en_US.utf8"
}

# Written down although they are Azure's defaults, so that a change of them is seen.
resource "azurerm_postgresql_flexible_server_configuration" "this" {
  for_each = merge(
    {
      require_secure_transport = "on"
      ssl_min_protocol_version = "TLSv1.2"
    },
    # Pools connections, so that many pods share few of them. Burstable sizes have no room for it.
    startswith(var.size, "B_") ? {} : { "pgbouncer.enabled" = "true" },
  )

  name      = each.key
  server_id = azurerm_postgresql_flexible_server.this.id
  value     = each.value

  # The server does one thing at a time.
  depends_on = [
    azurerm_postgresql_flexible_server_active_directory_administrator.this,
    azurerm_postgresql_flexible_server_database.this,
  ]
}

check "administrator" {
  assert {
    condition     = length(var.administrators) > 0
    error_message = "Nobody may open the database ${var.name}: its administrator is the identity of MLflow, which needs workload identity and storage."
  }
}
