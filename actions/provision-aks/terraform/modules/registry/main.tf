resource "azurerm_container_registry" "this" {
  name                = var.name
  location            = var.location
  resource_group_name = var.resource_group_name

  # Private endpoints, zone redundancy, replicas and a closed public endpoint exist in this tier only.
  sku = "Premium"

  # Entra identities alone may push and pull; this also keeps a password out of the state.
  admin_enabled          = false
  anonymous_pull_enabled = false

  public_network_access_enabled = var.public_access
  zone_redundancy_enabled       = var.zone_redundant
  retention_policy_in_days      = var.retention_days

  # Each costs as much as the registry itself.
  dynamic "georeplications" {
    # Azure gives them back in this order.
    for_each = sort(var.replicas)
    content {
      location = georeplications.value
      # The login server leads to the nearest copy.
      global_endpoint_routing_enabled = true
      zone_redundancy_enabled         = var.zone_redundant
      tags                            = var.tags
    }
  }

  tags = var.tags
}
