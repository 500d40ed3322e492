# The addresses in here stand in the states of everybody who uses this: a renamed module or resource needs a `moved` block.

module "resource_group" {
  source = "../modules/resource-group"

  name     = var.scope.resource_group
  location = var.scope.location
  tags     = var.scope.tags
}

# Read with its keys, which open nothing: the shared scope makes its workspace without local authentication. One that
# somebody else made is therefore never read.
data "azurerm_log_analytics_workspace" "shared" {
  count    = var.logs.shared == null ? 0 : 1
  provider = azurerm.shared

  name                = var.logs.shared.name
  resource_group_name = var.logs.shared.resource_group
}

module "network" {
  source = "../modules/network"
  count  = var.network.created == null ? 0 : 1

  name                = var.network.created.name
  location            = var.scope.location
  resource_group_name = module.resource_group.name
  address_space       = var.network.created.address_space
  subnets             = var.network.created.subnets
  pod_cidr            = var.cluster.pod_cidr
  tags                = var.scope.tags
}

module "registry" {
  source = "../modules/registry"
  count  = var.registry.created == null ? 0 : 1

  name                = var.registry.created.name
  location            = var.scope.location
  resource_group_name = module.resource_group.name
  public_access       = var.registry.created.public_access
  zone_redundant      = var.registry.created.zone_redundant
  tags                = var.scope.tags
}

module "identities" {
  source = "../modules/identities"

  cluster_name        = var.cluster.name
  location            = var.scope.location
  subscription_id     = var.scope.subscription_id
  resource_group_name = module.resource_group.name
  compute_subnet_id   = local.subnet_ids.compute
  registry_id         = local.registry_id
  kubelet_object_id   = module.cluster.kubelet_identity.object_id
  tags                = var.scope.tags
}

module "cluster" {
  source = "../modules/cluster"

  location            = var.scope.location
  resource_group_name = module.resource_group.name
  tenant_id           = var.scope.tenant_id
  cluster             = var.cluster
  system_pool         = var.pools.system
  os_sku              = local.os_sku
  subnet_id           = local.subnet_ids.compute
  identity_id         = module.identities.cluster_identity_id
  workspace_id        = local.workspace.id
  tags                = var.scope.tags
}

module "pools" {
  source = "../modules/pools"

  cluster_id = module.cluster.id
  subnet_id  = local.subnet_ids.compute
  os_sku     = local.os_sku
  pools      = { user = var.pools.user, gpu = var.pools.gpu }
  tags       = var.scope.tags
}

module "monitoring" {
  source = "../modules/monitoring"
  count  = var.cluster.features.monitoring ? 1 : 0

  cluster_id          = module.cluster.id
  cluster_name        = module.cluster.name
  resource_group_name = module.resource_group.name
  workspace_id        = local.workspace.id
  workspace_location  = local.workspace.location
  tags                = var.scope.tags
}

locals {
  # One operating system in all pools: GPU drivers are built for one.
  os_sku = "Ubuntu"

  subnet_ids  = var.network.created == null ? var.network.existing.subnet_ids : module.network[0].subnet_ids
  registry_id = var.registry.created == null ? var.registry.existing_id : module.registry[0].id

  # The data collection rule has to be where its workspace is. An existing workspace is not read, so it is taken to be here.
  workspace = var.logs.shared == null ? {
    id       = var.logs.existing_id
    location = var.scope.location
    } : {
    id       = data.azurerm_log_analytics_workspace.shared[0].id
    location = data.azurerm_log_analytics_workspace.shared[0].location
  }
}
