# Azure Managed Redis, for session data of applications. TLS 1.2 is its least, and it cannot be chosen lower.
resource "azurerm_managed_redis" "this" {
  name                = var.name
  location            = var.location
  resource_group_name = var.resource_group_name
  sku_name            = var.size

  # Two copies. Switching it later replaces the cache; without it, each patch of Azure's empties the cache.
  high_availability_enabled = true

  # Reached by a private endpoint alone.
  public_network_access = "Disabled"

  default_database {
    # Entra identities alone; the keys would be in the state.
    access_keys_authentication_enabled = false
    client_protocol                    = "Encrypted"
    # Any client of Redis can talk to it, not only those that know of clusters.
    clustering_policy = "EnterpriseCluster"
    eviction_policy   = "VolatileLRU"
  }

  tags = var.tags
}
