output "ids" {
  value = { for name, pool in azurerm_kubernetes_cluster_node_pool.this : name => pool.id }
}
