output "resource_group_name" {
  description = "Resource group of this environment and region."
  value       = module.resource_group.name
}

output "cluster_id" {
  description = "ARM id of the cluster."
  value       = module.cluster.id
}

output "cluster_name" {
  description = "Name of the cluster."
  value       = module.cluster.name
}

output "cluster_fqdn" {
  description = "Host name of the API server; of a private cluster, the private one."
  value       = module.cluster.fqdn
}

output "oidc_issuer_url" {
  description = "Issuer that federated credentials of workloads trust."
  value       = module.cluster.oidc_issuer_url
}

output "node_resource_group" {
  description = "Resource group that Azure manages for the nodes."
  value       = module.cluster.node_resource_group
}

output "kubelet_identity" {
  description = "Identity of the nodes: client_id and object_id."
  value       = module.cluster.kubelet_identity
}

output "secrets_provider_identity" {
  description = "Identity of the Key Vault Secrets Provider: client_id and object_id; null without it."
  value       = module.cluster.secrets_provider_identity
}

output "subnet_ids" {
  description = "ARM ids of the subnets by security zone; null where an existing network names none."
  value = {
    dmz        = local.subnet_ids.dmz
    compute    = local.subnet_ids.compute
    data       = local.subnet_ids.data
    management = local.subnet_ids.management
  }
}

output "registry_id" {
  description = "ARM id of the registry."
  value       = local.registry_id
}

# Not derived for a registry that exists: its host depends on the cloud and on how its name was reserved, and reading
# it would bring a password into the state where somebody left the admin user on.
output "registry_login_server" {
  description = "Host of the registry that was made here; null for an existing one."
  value       = var.registry.created == null ? null : module.registry[0].login_server
}

output "logs_workspace_id" {
  description = "ARM id of the log workspace."
  value       = local.workspace.id
}
