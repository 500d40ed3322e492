resource "azurerm_container_registry" "this" {
  name                = var.name
  location            = var.location
  resource_group_name = var.resource_group_name

  # Private endpoints, zone redundancy and a closed public endpoint exist in this tier only.
  sku = "Premium"

  # Entra identities alone may push and pull; this also keeps a password out of the state.
  admin_enabled          = false
  anonymous_pull_enabled = false

  public_network_access_enabled = var.public_access
  zone_redundancy_enabled       = var.zone_redundant

  tags = var.tags
}
