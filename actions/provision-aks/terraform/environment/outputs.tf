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
  description = "Host name of the API server; of a private cluster, the one that leads to its private address."
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

output "workload_identities" {
  description = "Identities of workloads by workload: name, client_id and object_id."
  value       = module.identities.workloads
}

output "network_id" {
  description = "ARM id of the network."
  value       = local.network_id
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

output "egress_address" {
  description = "Public address that everything leaves with; null where it is not a NAT gateway made here."
  value       = try(module.network[0].egress_address, null)
}

output "gateway" {
  description = "Application Gateway for Containers: id, name and host name of the frontend, id of the firewall policy (null without one); null without a gateway."
  value = var.gateway == null ? null : {
    id            = module.gateway[0].id
    frontend      = module.gateway[0].frontend.name
    fqdn          = module.gateway[0].frontend.fqdn
    waf_policy_id = module.gateway[0].waf_policy_id
  }
}

output "dns_zone" {
  description = "The zone of the environment's names: name and id; null without a domain."
  value       = var.dns == null ? null : { name = var.dns.name, id = module.dns[0].id }
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

output "vault_id" {
  description = "ARM id of the key vault."
  value       = local.vault_id
}

output "vault_uri" {
  description = "Address of the vault that was made here; null for an existing one."
  value       = var.vault.created == null ? null : module.vault[0].uri
}

output "storage" {
  description = "Storage account: name, address of its blobs, containers by what they are for; null without one."
  value = var.storage == null ? null : {
    name          = module.storage[0].name
    blob_endpoint = module.storage[0].blob_endpoint
    containers    = var.storage.containers
  }
}

output "database" {
  description = "PostgreSQL server: host name and port; null without one."
  value       = var.database == null ? null : { fqdn = module.database[0].fqdn, port = module.database[0].port }
}

output "cache" {
  description = "Redis: host name and port; null without one."
  value       = var.cache == null ? null : { hostname = module.cache[0].hostname, port = module.cache[0].port }
}

output "prometheus_query_endpoint" {
  description = "Where Prometheus metrics that Azure keeps are asked for; null without them."
  value       = module.monitoring.prometheus_query_endpoint
}

output "logs_workspace_id" {
  description = "ARM id of the log workspace."
  value       = local.workspace.id
}
