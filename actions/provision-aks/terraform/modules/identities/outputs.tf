# Whoever uses the identity finds it with its rights.
output "cluster_identity_id" {
  value      = azurerm_user_assigned_identity.cluster.id
  depends_on = [azurerm_role_assignment.cluster_network]
}
