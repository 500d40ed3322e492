# The control plane's own identity, which exists before the cluster so that it can be granted its rights first.
resource "azurerm_user_assigned_identity" "cluster" {
  name                = "id-${var.cluster_name}"
  location            = var.location
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

# Nodes and load balancers join the subnet of the cluster, and no other.
resource "azurerm_role_assignment" "cluster_network" {
  name                 = local.assignment_names.cluster_network
  scope                = var.compute_subnet_id
  role_definition_name = "Network Contributor"
  principal_id         = azurerm_user_assigned_identity.cluster.principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "registry_pull" {
  name                 = local.assignment_names.registry_pull
  scope                = var.registry_id
  role_definition_name = "AcrPull"
  principal_id         = var.kubelet_object_id
  principal_type       = "ServicePrincipal"
}

locals {
  # Names are made of what is known before anything exists: an assignment that an interrupted run left behind has the
  # id that the next plan expects, and can be recognised.
  assignment_names = {
    for purpose in ["cluster_network", "registry_pull"] : purpose =>
    uuidv5("url", lower("/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group_name}/${var.cluster_name}/${purpose}"))
  }
}
