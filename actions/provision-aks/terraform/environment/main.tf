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
  gateway             = var.gateway != null
  egress              = var.network.created.egress
  data_ports          = concat(["443"], var.database == null ? [] : ["5432", "6432"], var.cache == null ? [] : ["10000"])
  flow_logs = var.network.created.flow_logs == null ? null : {
    storage_account_id = one(module.storage[*].id)
    retention_days     = var.network.created.flow_logs.retention_days
  }
  tags = var.scope.tags
}

module "gateway" {
  source = "../modules/agc"
  count  = var.gateway == null ? 0 : 1

  name                = var.gateway.name
  location            = var.scope.location
  resource_group_name = module.resource_group.name
  frontend            = var.gateway.frontend
  subnet_id           = local.subnet_ids.dmz
  waf                 = var.gateway.waf
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
  replicas            = var.registry.created.replicas
  retention_days      = var.registry.created.retention_days
  tags                = var.scope.tags
}

module "vault" {
  source = "../modules/key-vault"
  count  = var.vault.created == null ? 0 : 1

  name                = var.vault.created.name
  location            = var.scope.location
  resource_group_name = module.resource_group.name
  tenant_id           = var.scope.tenant_id
  public_access       = var.vault.created.public_access
  tags                = var.scope.tags
}

module "storage" {
  source = "../modules/storage"
  count  = var.storage == null ? 0 : 1

  name                = var.storage.name
  location            = var.scope.location
  resource_group_name = module.resource_group.name
  replication         = var.storage.replication
  public_access       = var.storage.public_access
  soft_delete_days    = var.storage.soft_delete_days
  containers          = var.storage.containers
  tags                = var.scope.tags
}

module "database" {
  source = "../modules/database"
  count  = var.database == null ? 0 : 1

  name                = var.database.name
  location            = var.scope.location
  resource_group_name = module.resource_group.name
  tenant_id           = var.scope.tenant_id
  size                = var.database.size
  storage_mb          = var.database.storage_mb
  postgres_version    = var.database.version
  high_availability   = var.database.high_availability
  backup_days         = var.database.backup_days
  geo_backup          = var.database.geo_backup
  databases           = var.database.databases
  administrators      = contains(keys(local.workloads), "mlflow") ? { mlflow = module.identities.workloads.mlflow } : {}
  tags                = var.scope.tags
}

module "cache" {
  source = "../modules/cache"
  count  = var.cache == null ? 0 : 1

  name                = var.cache.name
  location            = var.scope.location
  resource_group_name = module.resource_group.name
  size                = var.cache.size
  tags                = var.scope.tags
}

# What belongs to somebody else keeps its own ways in: an endpoint is made for what is made here, and for the vault that
# environments share.
module "private_link" {
  source = "../modules/private-link"
  count  = var.private_link == null ? 0 : 1

  suffix              = trimprefix(var.cluster.name, "aks-")
  location            = var.scope.location
  resource_group_name = module.resource_group.name
  network_id          = local.network_id
  subnet_id           = local.subnet_ids.data
  zone_ids            = var.private_link.zone_ids
  services = merge(
    var.registry.created == null ? {} : { registry = local.registry_id },
    var.vault.created == null && !var.vault.shared ? {} : { vault = local.vault_id },
    var.storage == null ? {} : { storage = one(module.storage[*].id) },
    var.database == null ? {} : { database = one(module.database[*].id) },
    var.cache == null ? {} : { cache = one(module.cache[*].id) },
  )
  tags = var.scope.tags
}

module "dns" {
  source = "../modules/dns"
  count  = var.dns == null ? 0 : 1

  providers = { azurerm = azurerm, azurerm.parent = azurerm.dns }

  name                = var.dns.name
  resource_group_name = module.resource_group.name
  existing_id         = var.dns.existing_id
  delegation          = var.dns.delegation
  gateway             = var.gateway == null ? null : { fqdn = one(module.gateway[*].frontend.fqdn) }
  tags                = var.scope.tags
}

module "disk_encryption" {
  source = "../modules/disk-encryption"
  count  = var.cluster.disk_encryption == null ? 0 : 1

  name                = "des-${trimprefix(var.cluster.name, "aks-")}"
  location            = var.scope.location
  resource_group_name = module.resource_group.name
  key                 = var.cluster.disk_encryption.key
  vault_id            = var.cluster.disk_encryption.vault
  assignment_seed     = local.assignment_seed
  tags                = var.scope.tags
}

module "identities" {
  source = "../modules/identities"

  cluster_name         = var.cluster.name
  cluster_identity     = var.cluster.identity
  role_assignments     = var.cluster.role_assignments
  location             = var.scope.location
  subscription_id      = var.scope.subscription_id
  resource_group_name  = module.resource_group.name
  issuer_url           = module.cluster.oidc_issuer_url
  control_plane_grants = local.control_plane_grants
  cluster_made_grants  = local.cluster_made_grants
  hub                  = var.hub_principal_id == null ? null : { principal_id = var.hub_principal_id, cluster_id = module.cluster.id }
  workloads            = local.workloads
  tags                 = var.scope.tags
}

module "cluster" {
  source = "../modules/cluster"

  location               = var.scope.location
  resource_group_name    = module.resource_group.name
  tenant_id              = var.scope.tenant_id
  cluster                = var.cluster
  system_pool            = var.pools.system
  balance_pools          = local.pools_per_zone
  os_sku                 = local.os_sku
  egress                 = local.egress
  subnet_id              = local.subnet_ids.compute
  api_server_subnet_id   = local.subnet_ids.api_server
  identity_id            = module.identities.cluster_identity_id
  disk_encryption_set_id = one(module.disk_encryption[*].id)
  workspace_id           = local.workspace.id
  tags                   = var.scope.tags
}

module "pools" {
  source = "../modules/pools"

  cluster_id = module.cluster.id
  subnet_id  = local.subnet_ids.compute
  os_sku     = local.os_sku
  pools      = var.pools.workers
  tags       = var.scope.tags
}

module "policy" {
  source = "../modules/policy"

  resource_group_id     = module.resource_group.id
  cluster_id            = module.cluster.id
  pod_security          = var.cluster.features.pod_security
  safeguards            = var.cluster.features.safeguards
  defender_plan         = var.cluster.features.defender_plan
  platform_namespaces   = local.platform_namespaces
  privileged_namespaces = local.privileged_namespaces
}

module "monitoring" {
  source = "../modules/monitoring"

  cluster_id          = module.cluster.id
  cluster_name        = module.cluster.name
  environment         = var.scope.environment
  location            = var.scope.location
  resource_group_name = module.resource_group.name
  container_insights  = var.cluster.features.monitoring
  workspace_id        = local.workspace.id
  workspace_location  = local.workspace.location
  prometheus          = var.cluster.features.prometheus
  receivers           = var.alerts
  database            = var.database == null ? null : { id = one(module.database[*].id) }
  tags                = var.scope.tags
}

moved {
  from = module.monitoring[0]
  to   = module.monitoring
}

module "backup" {
  source = "../modules/backup"
  count  = var.backup == null ? 0 : 1

  name                 = var.backup.vault
  location             = var.scope.location
  resource_group_name  = module.resource_group.name
  resource_group_id    = module.resource_group.id
  subscription_id      = var.scope.subscription_id
  tenant_id            = var.scope.tenant_id
  retention_days       = var.backup.retention_days
  every_hours          = var.backup.every_hours
  cluster_id           = module.cluster.id
  cluster_name         = module.cluster.name
  cluster_principal_id = module.identities.cluster_principal_id
  assignment_seed      = local.assignment_seed
  storage = {
    id            = one(module.storage[*].id)
    name          = one(module.storage[*].name)
    blob_endpoint = one(module.storage[*].blob_endpoint)
    container     = try(var.storage.containers["backup"], "backup")
  }
  tags = var.scope.tags

  # The extension runs on the pools, and reaches a closed account through its endpoint.
  depends_on = [module.pools, module.private_link]
}

module "budget" {
  source = "../modules/budget"
  count  = var.budget == null ? 0 : 1

  name                 = var.budget.name
  subscription_id      = var.scope.subscription_id
  resource_group_names = [var.scope.resource_group, var.cluster.node_resource_group]
  amount               = var.budget.amount
  notify               = var.budget.notify
}

module "diagnostics" {
  source = "../modules/diagnostics"

  workspace_id = local.workspace.id
  targets      = local.diagnostics

  # Last of what is made: a setting follows what it watches.
  depends_on = [module.pools, module.private_link]
}

module "locks" {
  source = "../modules/locks"
  count  = var.protect ? 1 : 0

  scopes = merge(
    var.registry.created == null ? {} : { registry = local.registry_id },
    var.vault.created == null ? {} : { vault = local.vault_id },
    var.storage == null ? {} : { storage = one(module.storage[*].id) },
    var.database == null ? {} : { database = one(module.database[*].id) },
    var.backup == null ? {} : { backup = one(module.backup[*].vault_id) },
    local.makes_zone ? { dns = "${one(module.dns[*].id)}/SOA/@" } : {},
  )

  # Made last and taken away first: below a lock nothing can be deleted.
  depends_on = [
    module.backup, module.cluster, module.database, module.diagnostics, module.dns, module.identities, module.pools,
    module.private_link, module.registry, module.storage, module.vault,
  ]
}
