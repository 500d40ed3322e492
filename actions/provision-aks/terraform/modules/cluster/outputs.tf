output "id" {
  description = "ARM id of the cluster."
  value       = azurerm_kubernetes_cluster.this.id
}

output "name" {
  description = "Name of the cluster."
  value       = azurerm_kubernetes_cluster.this.name
}

output "fqdn" {
  description = "Host name of the API server; of a private cluster, the one that leads to its private address."
  value       = var.cluster.private && var.cluster.private_dns != "None" ? azurerm_kubernetes_cluster.this.private_fqdn : azurerm_kubernetes_cluster.this.fqdn
}

output "oidc_issuer_url" {
  description = "Issuer of the tokens of service accounts."
  value       = azurerm_kubernetes_cluster.this.oidc_issuer_url
}

output "node_resource_group" {
  description = "Resource group that Azure manages for the nodes."
  value       = azurerm_kubernetes_cluster.this.node_resource_group
}

output "node_resource_group_id" {
  description = "ARM id of that resource group."
  value       = azurerm_kubernetes_cluster.this.node_resource_group_id
}

output "kubelet_identity" {
  description = "Identity of the nodes: client_id and object_id."
  value = {
    client_id = one(azurerm_kubernetes_cluster.this.kubelet_identity[*].client_id)
    object_id = one(azurerm_kubernetes_cluster.this.kubelet_identity[*].object_id)
  }
}

output "secrets_provider_identity" {
  description = "Identity of the Key Vault Secrets Provider: client_id and object_id; null without it."
  value = var.cluster.features.secrets_provider == null ? null : {
    client_id = azurerm_kubernetes_cluster.this.key_vault_secrets_provider[0].secret_identity[0].client_id
    object_id = azurerm_kubernetes_cluster.this.key_vault_secrets_provider[0].secret_identity[0].object_id
  }
}
