# Whoever uses the identity finds it with its rights.
output "cluster_identity_id" {
  description = "ARM id of the control plane's identity."
  value       = azurerm_user_assigned_identity.cluster.id
  depends_on  = [azurerm_role_assignment.control_plane]
}

output "cluster_principal_id" {
  description = "Object id of the control plane's identity."
  value       = azurerm_user_assigned_identity.cluster.principal_id
}

output "workloads" {
  description = "Identities of workloads: name, client_id and object_id, with their rights and their trust in the cluster."
  value = {
    for workload, identity in azurerm_user_assigned_identity.workload : workload => {
      name      = identity.name
      client_id = identity.client_id
      object_id = identity.principal_id
    }
  }
}
