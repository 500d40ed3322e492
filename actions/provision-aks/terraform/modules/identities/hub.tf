# The Argo CD of another cluster, which deploys into this one.
resource "azurerm_role_assignment" "hub" {
  count = var.hub == null ? 0 : 1

  name                 = uuidv5("url", lower("${local.seed}/hub"))
  scope                = var.hub.cluster_id
  role_definition_name = "Azure Kubernetes Service RBAC Cluster Admin"
  principal_id         = var.hub.principal_id
  principal_type       = "ServicePrincipal"
}
