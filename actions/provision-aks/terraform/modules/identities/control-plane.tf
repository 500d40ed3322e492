# The control plane's own identity, which exists before the cluster so that it can be granted its rights first.
resource "azurerm_user_assigned_identity" "cluster" {
  name                = var.cluster_identity
  location            = var.location
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

# What it needs outside of the nodes' own group, each on one thing.
resource "azurerm_role_assignment" "control_plane" {
  for_each = var.control_plane_grants

  name                 = lookup(var.role_assignments, each.key, uuidv5("url", lower("${local.seed}/${each.key}")))
  scope                = each.value.scope
  role_definition_name = each.value.role
  principal_id         = azurerm_user_assigned_identity.cluster.principal_id
  principal_type       = "ServicePrincipal"
}

moved {
  from = azurerm_role_assignment.cluster_network
  to   = azurerm_role_assignment.control_plane["cluster_network"]
}

locals {
  # Names are made of what is known before anything exists: an assignment that an interrupted run left behind has the
  # id that the next plan expects, and can be recognised.
  seed = "/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group_name}/${var.cluster_name}"
}
