variable "scope" {
  description = "What this state describes and where it lives."
  nullable    = false
  type = object({
    location        = string
    subscription_id = string
    tenant_id       = string
    resource_group  = string
    environment     = string
    production      = bool
    tags            = map(string)
  })

  validation {
    condition     = can(regex("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", var.scope.subscription_id))
    error_message = "scope.subscription_id must be a subscription id (a GUID)."
  }

  validation {
    condition     = can(regex("^[a-z0-9]+$", var.scope.location))
    error_message = "scope.location must be an Azure location in its short form, such as westeurope."
  }
}

variable "logs" {
  description = "The log workspace: the shared scope's, found by name, or one that exists in the location of this environment."
  nullable    = false
  type = object({
    shared      = optional(object({ name = string, resource_group = string, subscription_id = string }))
    existing_id = optional(string)
  })

  validation {
    condition     = (var.logs.shared == null) != (var.logs.existing_id == null)
    error_message = "logs needs exactly one of shared and existing_id."
  }
}

variable "network" {
  description = "The network with a subnet for each security zone: made here, or one that exists."
  nullable    = false
  type = object({
    created = optional(object({
      name          = string
      address_space = string
      subnets = object({
        dmz        = object({ name = string, cidr = string })
        compute    = object({ name = string, cidr = string })
        data       = object({ name = string, cidr = string })
        management = object({ name = string, cidr = string })
        bastion    = optional(object({ name = string, cidr = string }))
        api_server = optional(object({ name = string, cidr = string }))
      })
      egress    = object({ kind = string, next_hop = optional(string) })
      flow_logs = optional(object({ retention_days = number }))
    }))
    existing = optional(object({
      id     = string
      egress = string
      subnet_ids = object({
        dmz        = optional(string)
        compute    = string
        data       = optional(string)
        management = optional(string)
        api_server = optional(string)
      })
    }))
  })

  validation {
    condition     = (var.network.created == null) != (var.network.existing == null)
    error_message = "network needs exactly one of created and existing."
  }

  validation {
    condition     = try(var.network.created.flow_logs, null) == null || var.storage != null
    error_message = "network.created.flow_logs needs storage: flow logs are kept in the storage account."
  }
}

variable "registry" {
  description = "The container registry: made here, or one that exists."
  nullable    = false
  type = object({
    created = optional(object({
      name           = string
      public_access  = bool
      zone_redundant = bool
      replicas       = list(string)
      retention_days = optional(number)
    }))
    existing_id = optional(string)
  })

  validation {
    condition     = (var.registry.created == null) != (var.registry.existing_id == null)
    error_message = "registry needs exactly one of created and existing_id."
  }
}

variable "cluster" {
  description = "The control plane, its features and what runs on every node."
  nullable    = false
  type = object({
    name                = string
    dns_prefix          = string
    node_resource_group = string
    identity            = string
    # Names of those that another tool has made, by what they are for.
    role_assignments = map(string)
    # A minor (1.35), or the patch (1.35.2) that Azure has moved the cluster to.
    version           = string
    tier              = string
    private           = bool
    private_dns       = string
    vnet_integration  = bool
    run_command       = bool
    authorized_ranges = list(string)
    admin_groups      = list(string)
    pod_cidr          = string
    service_cidr      = string
    dns_service_ip    = string
    network_policy    = string
    disk_encryption   = optional(object({ key = string, vault = string }))
    maintenance       = optional(object({ day = string, start = string, hours = number, utc_offset = string }))
    upgrades          = object({ cluster = string, nodes = string })
    features = object({
      monitoring        = bool
      diagnostics       = bool
      prometheus        = bool
      defender          = bool
      defender_plan     = bool
      policy            = bool
      pod_security      = optional(string)
      safeguards        = optional(string)
      cost_analysis     = bool
      secrets_provider  = optional(object({ rotation_interval = string }))
      image_cleaner     = optional(object({ interval_hours = number }))
      csi               = object({ blob = bool, disk = bool, file = bool, snapshot = bool })
      workload_identity = bool
    })
  })

  validation {
    condition     = var.cluster.features.policy || (var.cluster.features.pod_security == null && var.cluster.features.safeguards == null)
    error_message = "cluster.features.pod_security and cluster.features.safeguards need cluster.features.policy: without the add-on nobody looks."
  }

  validation {
    condition     = !var.cluster.vnet_integration || try(var.network.created.subnets.api_server, var.network.existing.subnet_ids.api_server, null) != null
    error_message = "cluster.vnet_integration needs a subnet for the API server: name it in network."
  }
}

variable "pools" {
  description = "The system pool, and the pools of workers by what the platform file calls them. Versions are as in cluster.version."
  nullable    = false
  type = object({
    system = object({
      name            = string
      dedicated       = bool
      size            = string
      min             = number
      max             = number
      zones           = list(string)
      os_disk_gb      = optional(number)
      os_disk_type    = string
      host_encryption = bool
      max_pods        = number
      surge           = string
      drain_minutes   = number
      soak_minutes    = number
      labels          = map(string)
      version         = string
    })
    workers = map(object({
      name            = string
      kind            = string
      size            = string
      min             = number
      max             = number
      zones           = list(string)
      os_disk_gb      = optional(number)
      os_disk_type    = string
      host_encryption = bool
      max_pods        = number
      surge           = string
      drain_minutes   = number
      soak_minutes    = number
      spot            = bool
      gpu_driver      = optional(string)
      labels          = map(string)
      taints          = list(string)
      version         = string
    }))
  })
}

variable "gateway" {
  description = "Application Gateway for Containers; null for none. `waf` is Detection, Prevention or null."
  default     = null
  type = object({
    name     = string
    frontend = string
    waf      = optional(string)
  })

  validation {
    condition     = var.gateway == null ? true : var.network.created != null || try(var.network.existing.subnet_ids.dmz, null) != null
    error_message = "gateway needs a subnet of its own: name it in network.existing.subnet_ids.dmz."
  }
}

variable "vault" {
  description = "The key vault: made here, or one that exists; `shared` when that is the shared scope's."
  nullable    = false
  type = object({
    created     = optional(object({ name = string, public_access = bool }))
    existing_id = optional(string)
    shared      = bool
  })

  validation {
    condition     = (var.vault.created == null) != (var.vault.existing_id == null)
    error_message = "vault needs exactly one of created and existing_id."
  }

  validation {
    condition     = !var.vault.shared || var.vault.existing_id != null
    error_message = "vault.shared needs vault.existing_id: what is made here is not shared."
  }
}

variable "storage" {
  description = "The storage account for application data; null for none."
  default     = null
  type = object({
    name             = string
    public_access    = bool
    replication      = string
    soft_delete_days = number
    containers       = map(string)
  })

  validation {
    condition     = var.storage == null ? true : length(setsubtract(["loki", "mlflow", "backup"], keys(var.storage.containers))) == 0
    error_message = "storage.containers needs loki, mlflow and backup."
  }
}

variable "database" {
  description = "PostgreSQL Flexible Server; null for none."
  default     = null
  type = object({
    name              = string
    size              = string
    storage_mb        = number
    version           = string
    high_availability = bool
    backup_days       = number
    geo_backup        = bool
    databases         = list(string)
  })

  validation {
    condition     = var.database == null || var.private_link != null
    error_message = "database is reached by a private endpoint: name a subnet for them in network.existing.subnet_ids.data, or do without the database."
  }
}

variable "cache" {
  description = "Azure Managed Redis; null for none."
  default     = null
  type = object({
    name = string
    size = string
  })

  validation {
    condition     = var.cache == null || var.private_link != null
    error_message = "cache is reached by a private endpoint: name a subnet for them in network.existing.subnet_ids.data, or do without the cache."
  }
}

variable "backup" {
  description = "Backup of the cluster and its volumes; null for none."
  default     = null
  type = object({
    vault          = string
    retention_days = number
    every_hours    = number
  })

  validation {
    condition     = var.backup == null || var.storage != null
    error_message = "backup needs storage: backups are kept in the storage account."
  }

  validation {
    condition     = var.backup == null || (var.cluster.features.csi.disk && var.cluster.features.csi.snapshot)
    error_message = "backup needs cluster.features.csi.disk and cluster.features.csi.snapshot: it takes snapshots of volumes."
  }
}

variable "dns" {
  description = "The zone of the environment's names: made here and delegated from the zone above, or one that exists; null without a domain."
  default     = null
  type = object({
    name        = string
    existing_id = optional(string)
    delegation = optional(object({
      zone            = string
      resource_group  = string
      subscription_id = string
      label           = string
    }))
  })

  validation {
    condition     = var.dns == null ? true : (var.dns.existing_id == null) != (var.dns.delegation == null)
    error_message = "dns needs exactly one of existing_id and delegation."
  }
}

variable "private_link" {
  description = "Private endpoints, and the private DNS zones that a hub has; null for none."
  default     = null
  type = object({
    zone_ids = object({
      registry = optional(string)
      vault    = optional(string)
      storage  = optional(string)
      database = optional(string)
      cache    = optional(string)
    })
  })

  validation {
    condition     = var.private_link == null ? true : var.network.created != null || try(var.network.existing.subnet_ids.data, null) != null
    error_message = "private_link needs a subnet for endpoints: name it in network.existing.subnet_ids.data."
  }
}

variable "budget" {
  description = "Monthly budget of the environment; null for none."
  default     = null
  type = object({
    name   = string
    amount = number
    notify = list(string)
  })
}

variable "alerts" {
  description = "Whom alerts reach; null makes none."
  default     = null
  type = object({
    emails   = list(string)
    webhooks = list(string)
  })
}

variable "protect" {
  description = "Locks against deletion on what holds data."
  type        = bool
  nullable    = false
}

variable "hub_principal_id" {
  description = "Object id of the identity that a hub's Argo CD works as, which deploys into this cluster; null for none."
  type        = string
  default     = null
}

variable "workloads" {
  description = "Service accounts that sign in to Azure, by workload: namespace and name."
  nullable    = false
  type        = map(object({ namespace = string, name = string }))

  validation {
    condition = length(setsubtract(keys(var.workloads), [
      "alb-controller", "cert-manager", "loki", "mlflow", "external-secrets", "secrets-ai-tools", "secrets-argocd", "secrets-monitoring",
    ])) == 0
    error_message = "workloads may be alb-controller, cert-manager, loki, mlflow, external-secrets, secrets-ai-tools, secrets-argocd and secrets-monitoring."
  }

  validation {
    condition     = length(var.workloads) == 0 || var.cluster.features.workload_identity
    error_message = "workloads need cluster.features.workload_identity: without it no service account can sign in to Azure."
  }
}
