# The name of a service leads to its private address wherever a zone of this name is linked: in this network.
resource "azurerm_private_dns_zone" "this" {
  for_each = local.own_zones

  name                = each.value
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "this" {
  for_each = local.own_zones

  name                 = "network"
  private_dns_zone_id  = azurerm_private_dns_zone.this[each.key].id
  virtual_network_id   = var.network_id
  registration_enabled = false
  tags                 = var.tags
}

resource "azurerm_private_endpoint" "this" {
  for_each = var.services

  name                          = "pe-${each.key}-${var.suffix}"
  custom_network_interface_name = "nic-pe-${each.key}-${var.suffix}"
  location                      = var.location
  resource_group_name           = var.resource_group_name
  subnet_id                     = var.subnet_id

  private_service_connection {
    name                           = each.key
    private_connection_resource_id = each.value
    subresource_names              = [local.subresources[each.key]]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "default"
    private_dns_zone_ids = [local.zone_ids[each.key]]
  }

  tags = var.tags

  # Nobody is led to an address before the name leads there.
  depends_on = [azurerm_private_dns_zone_virtual_network_link.this]
}

locals {
  cloud = startswith(var.location, "china") ? "china" : startswith(var.location, "usgov") || startswith(var.location, "usdod") ? "government" : "public"

  # Azure's fixed names ("Private endpoint DNS zone values").
  zone_names = {
    public = {
      registry = "privatelink.azurecr.io"
      vault    = "privatelink.vaultcore.azure.net"
      storage  = "privatelink.blob.core.windows.net"
      database = "privatelink.postgres.database.azure.com"
      cache    = "privatelink.redis.azure.net"
    }
    government = {
      registry = "privatelink.azurecr.us"
      vault    = "privatelink.vaultcore.usgovcloudapi.net"
      storage  = "privatelink.blob.core.usgovcloudapi.net"
      database = "privatelink.postgres.database.usgovcloudapi.net"
    }
    china = {
      registry = "privatelink.azurecr.cn"
      vault    = "privatelink.vaultcore.azure.cn"
      storage  = "privatelink.blob.core.chinacloudapi.cn"
      database = "privatelink.postgres.database.chinacloudapi.cn"
    }
  }

  subresources = {
    registry = "registry"
    vault    = "vault"
    storage  = "blob"
    database = "postgresqlServer"
    cache    = "redisEnterprise"
  }

  # A hub's zones are linked to the network already; a network takes one zone of a name.
  own_zones = {
    for service in keys(var.services) : service => lookup(local.zone_names[local.cloud], service, null) if var.zone_ids[service] == null
  }
  zone_ids = { for service in keys(var.services) : service => coalesce(var.zone_ids[service], try(azurerm_private_dns_zone.this[service].id, null)) }
}
