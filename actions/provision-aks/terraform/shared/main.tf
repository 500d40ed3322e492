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
