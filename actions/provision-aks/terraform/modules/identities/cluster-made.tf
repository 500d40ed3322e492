# Identities that AKS makes with the cluster: that of the nodes, which pull images, and that of the Key Vault Secrets
# Provider.
resource "azurerm_role_assignment" "cluster_made" {
  for_each = var.cluster_made_grants

  name                 = lookup(var.role_assignments, each.key, uuidv5("url", lower("${local.seed}/${each.key}")))
  scope                = each.value.scope
  role_definition_name = each.value.role
  principal_id         = each.value.principal_id
  principal_type       = "ServicePrincipal"
}

moved {
  from = azurerm_role_assignment.registry_pull
  to   = azurerm_role_assignment.cluster_made["registry_pull"]
}
