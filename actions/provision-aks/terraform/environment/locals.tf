locals {
  # One operating system in all pools: GPU drivers are built for one.
  os_sku = "Ubuntu"

  network_id = var.network.created == null ? var.network.existing.id : module.network[0].id
  subnet_ids = var.network.created == null ? var.network.existing.subnet_ids : module.network[0].subnet_ids
  egress     = var.network.created == null ? var.network.existing.egress : var.network.created.egress.kind

  registry_id = var.registry.created == null ? var.registry.existing_id : module.registry[0].id
  vault_id    = var.vault.created == null ? var.vault.existing_id : module.vault[0].id
  makes_zone  = var.dns == null ? false : var.dns.existing_id == null

  # The data collection rule has to be where its workspace is. An existing workspace is not read, so it is taken to be here.
  workspace = var.logs.shared == null ? {
    id       = var.logs.existing_id
    location = var.scope.location
    } : {
    id       = data.azurerm_log_analytics_workspace.shared[0].id
    location = data.azurerm_log_analytics_workspace.shared[0].location
  }

  # Pools of one kind in more than one zone each of its own.
  pools_per_zone = anytrue([
    for kind in ["user", "gpu"] : length(distinct(flatten([
      for pool in values(var.pools.workers) : pool.zones if pool.kind == kind && length(pool.zones) == 1
    ]))) > 1
  ])

  # Namespaces of the platform's charts, and of Azure Backup's extension.
  platform_namespaces = [
    "ai-tools", "argocd", "azure-alb-system", "cert-manager", "dataprotection-microsoft", "external-secrets", "gpu-operator", "monitoring",
  ]
  # Node exporters and GPU drivers work on the node itself.
  privileged_namespaces = ["dataprotection-microsoft", "gpu-operator", "monitoring"]
}
