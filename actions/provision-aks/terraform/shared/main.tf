# The addresses in here stand in the states of everybody who uses this: a renamed module or resource needs a `moved` block.

module "resource_group" {
  source = "../modules/resource-group"

  name     = var.scope.resource_group
  location = var.scope.location
  tags     = var.scope.tags
}

module "logs" {
  source = "../modules/logs"
  count  = var.logs.created == null ? 0 : 1

  name                = var.logs.created.name
  location            = var.scope.location
  resource_group_name = module.resource_group.name
  retention_days      = var.logs.created.retention_days
  tags                = var.scope.tags
}

# The platform's zone. Whoever owns the domain delegates it to the zone's servers; environments delegate theirs from it.
module "dns" {
  source = "../modules/dns"
  count  = local.makes_zone ? 1 : 0

  providers = { azurerm = azurerm, azurerm.parent = azurerm }

  name                = var.dns.created.name
  resource_group_name = module.resource_group.name
  tags                = var.scope.tags
}

module "vault" {
  source = "../modules/key-vault"
  count  = local.makes_vault ? 1 : 0

  name                = var.vault.created.name
  location            = var.scope.location
  resource_group_name = module.resource_group.name
  tenant_id           = var.scope.tenant_id
  public_access       = var.vault.created.public_access
  tags                = var.scope.tags
}

module "diagnostics" {
  source = "../modules/diagnostics"

  workspace_id = local.workspace_id
  targets = local.makes_vault ? {
    vault = { id = module.vault[0].id, logs = ["AuditEvent", "AzurePolicyEvaluationDetails"] }
  } : {}
}

# Every environment depends on what is here, so it is protected whatever they are. The vault has no lock: environments
# keep role assignments and private endpoints on it, which a lock would not let go. What is deleted from it, and the vault
# itself, comes back within 90 days.
module "locks" {
  source = "../modules/locks"

  scopes = merge(
    var.logs.created == null ? {} : { logs = module.logs[0].id },
    local.makes_zone ? { dns = "${module.dns[0].id}/SOA/@" } : {},
  )

  # Made last and taken away first: below a lock nothing can be deleted.
  depends_on = [module.logs, module.dns, module.vault, module.diagnostics]
}

locals {
  makes_zone   = try(var.dns.created, null) != null
  makes_vault  = try(var.vault.created, null) != null
  workspace_id = var.logs.created == null ? var.logs.existing_id : module.logs[0].id
}
