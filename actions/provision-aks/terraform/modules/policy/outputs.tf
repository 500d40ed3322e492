output "pod_security_assignment_id" {
  description = "ARM id of the assignment of the pod security standard; null without one."
  value       = one(azurerm_resource_group_policy_assignment.pod_security[*].id)
}
