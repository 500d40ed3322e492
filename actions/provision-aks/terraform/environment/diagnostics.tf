# What goes into the log workspace besides the containers' own logs. Each category costs by the GB.
locals {
  diagnostics = merge(
    !var.cluster.features.diagnostics ? {} : {
      cluster = {
        id = module.cluster.id
        # Who changed what (`kube-audit` would add every read, at many times the volume), who was let in, and what the
        # control plane did by itself.
        logs = ["kube-audit-admin", "guard", "kube-apiserver", "kube-controller-manager", "cloud-controller-manager", "cluster-autoscaler"]
        # Metrics are in Azure Monitor anyway.
        metrics   = []
        dedicated = true
      }
    },
    var.registry.created == null ? {} : {
      registry = {
        id        = local.registry_id
        logs      = ["ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents"]
        metrics   = []
        dedicated = false
      }
    },
    var.vault.created == null ? {} : {
      vault = {
        id        = local.vault_id
        logs      = ["AuditEvent", "AzurePolicyEvaluationDetails"]
        metrics   = []
        dedicated = false
      }
    },
    var.storage == null ? {} : {
      # Blobs have settings of their own. Reads, most of the volume, are left out.
      storage = {
        id        = "${one(module.storage[*].id)}/blobServices/default"
        logs      = ["StorageWrite", "StorageDelete"]
        metrics   = []
        dedicated = false
      }
    },
    var.gateway == null ? {} : {
      gateway = {
        id        = one(module.gateway[*].id)
        logs      = concat(["TrafficControllerAccessLog"], var.gateway.waf == null ? [] : ["TrafficControllerFirewallLog"])
        metrics   = []
        dedicated = false
      }
    },
  )
}
