# Who may do what: everything that identities of this environment are allowed in Azure stands here.
locals {
  # What names of role assignments are made of, known before anything exists.
  assignment_seed = "/subscriptions/${var.scope.subscription_id}/resourceGroups/${var.scope.resource_group}/${var.cluster.name}"

  # Nodes and load balancers join the subnets of the cluster, and no other.
  control_plane_grants = merge(
    { cluster_network = { scope = local.subnet_ids.compute, role = "Network Contributor" } },
    var.cluster.vnet_integration ? { api_server_network = { scope = local.subnet_ids.api_server, role = "Network Contributor" } } : {},
    # A route table that the subnet has belongs to the cluster's network too. Of an existing network its owner grants it.
    try(var.network.created.egress.kind, null) == "user-defined" ? { route_table = { scope = module.network[0].route_table_id, role = "Network Contributor" } } : {},
    # A zone of yours: AKS writes the API server's address into it and links it to the network.
    var.cluster.private && !contains(["System", "None"], var.cluster.private_dns) ? {
      private_dns_zone    = { scope = var.cluster.private_dns, role = "Private DNS Zone Contributor" }
      private_dns_network = { scope = local.network_id, role = "Network Contributor" }
    } : {},
    var.cluster.disk_encryption == null ? {} : { disk_encryption_set = { scope = module.disk_encryption[0].id, role = "Reader" } },
  )

  cluster_made_grants = merge(
    { registry_pull = { scope = local.registry_id, role = "AcrPull", principal_id = module.cluster.kubelet_identity.object_id } },
    var.cluster.features.secrets_provider == null ? {} : {
      secrets_provider = { scope = local.vault_id, role = "Key Vault Secrets User", principal_id = module.cluster.secrets_provider_identity.object_id }
    },
  )

  workload_grants = {
    alb-controller = merge(
      {
        # It looks for the cluster's own machines.
        nodes = { scope = module.cluster.node_resource_group_id, role = "Reader" }
        # It programs the gateway.
        gateway = { scope = module.resource_group.id, role = "AppGw for Containers Configuration Manager" }
      },
      var.gateway == null ? {} : { subnet = { scope = local.subnet_ids.dmz, role = "Network Contributor" } },
      # To let routes use the firewall policy it needs the right to join it.
      try(var.gateway.waf, null) == null ? {} : { waf = { scope = module.gateway[0].waf_policy_id, role = "Network Contributor" } },
    )

    # Proves to Let's Encrypt that the zone is ours.
    cert-manager = var.dns == null ? {} : { zone = { scope = module.dns[0].id, role = "DNS Zone Contributor" } }

    # Each its own container, and no other.
    loki   = var.storage == null ? {} : { blobs = { scope = module.storage[0].container_ids["loki"], role = "Storage Blob Data Contributor" } }
    mlflow = var.storage == null ? {} : { blobs = { scope = module.storage[0].container_ids["mlflow"], role = "Storage Blob Data Contributor" } }

    external-secrets = { secrets = { scope = local.vault_id, role = "Key Vault Secrets User" } }

    # Each brings secrets of the vault to its namespace.
    secrets-ai-tools   = { secrets = { scope = local.vault_id, role = "Key Vault Secrets User" } }
    secrets-argocd     = { secrets = { scope = local.vault_id, role = "Key Vault Secrets User" } }
    secrets-monitoring = { secrets = { scope = local.vault_id, role = "Key Vault Secrets User" } }
  }

  workloads = {
    for workload, account in var.workloads : workload => {
      namespace       = account.namespace
      service_account = account.name
      grants          = local.workload_grants[workload]
    } if account != null
  }
}
