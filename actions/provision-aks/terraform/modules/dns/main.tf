resource "azurerm_dns_zone" "this" {
  count = var.existing_id == null ? 1 : 0

  name                = var.name
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

# Who asks the zone above is sent here. Short-lived, so that a zone that is made anew is found soon.
resource "azurerm_dns_ns_record" "delegation" {
  count    = var.delegation == null ? 0 : 1
  provider = azurerm.parent

  name                = var.delegation.label
  zone_name           = var.delegation.zone
  resource_group_name = var.delegation.resource_group
  records             = azurerm_dns_zone.this[0].name_servers
  ttl                 = 300
  tags                = var.tags
}

# Every name leads to the gateway, which knows the hosts. The zone's own name cannot: Azure gives the gateway a name
# and no fixed address, and DNS allows no alias to a name there.
resource "azurerm_dns_cname_record" "wildcard" {
  count = var.existing_id == null && var.gateway != null ? 1 : 0

  name                = "*"
  zone_name           = azurerm_dns_zone.this[0].name
  resource_group_name = var.resource_group_name
  record              = var.gateway.fqdn
  ttl                 = 300
  tags                = var.tags
}

# The same in a zone that is made elsewhere.
resource "azurerm_dns_cname_record" "existing_wildcard" {
  count    = var.existing_id != null && var.gateway != null ? 1 : 0
  provider = azurerm.parent

  name                = "*"
  zone_name           = split("/", var.existing_id)[8]
  resource_group_name = split("/", var.existing_id)[4]
  record              = var.gateway.fqdn
  ttl                 = 300
  tags                = var.tags
}
