variable "scope" {
  description = "What this state describes and where it lives."
  nullable    = false
  type = object({
    location        = string
    subscription_id = string
    tenant_id       = string
    resource_group  = string
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
      })
    }))
    existing = optional(object({
      id = string
      subnet_ids = object({
        dmz        = optional(string)
        compute    = string
        data       = optional(string)
        management = optional(string)
      })
    }))
  })

  validation {
    condition     = (var.network.created == null) != (var.network.existing == null)
    error_message = "network needs exactly one of created and existing."
  }

  validation {
    condition = var.network.created == null ? true : alltrue([
      for cidr in concat([var.network.created.address_space], values(var.network.created.subnets)[*].cidr) : can(cidrnetmask(cidr))
    ])
    error_message = "network.created needs IPv4 CIDRs, such as 10.40.0.0/16."
  }
}

variable "registry" {
  description = "The container registry: made here, or one that exists."
  nullable    = false
  type = object({
    created     = optional(object({ name = string, public_access = bool, zone_redundant = bool }))
    existing_id = optional(string)
  })

  validation {
    condition     = (var.registry.created == null) != (var.registry.existing_id == null)
    error_message = "registry needs exactly one of created and existing_id."
  }

  validation {
    condition     = var.registry.created == null ? true : can(regex("^[a-zA-Z0-9]{5,50}$", var.registry.created.name))
    error_message = "registry.created.name must be 5 to 50 letters and digits."
  }
}

variable "cluster" {
  description = "The control plane, its features and what runs on every node."
  nullable    = false
  type = object({
    name                = string
    dns_prefix          = string
    node_resource_group = string
    # A minor (1.35), or the patch (1.35.2) that Azure has moved the cluster to.
    version           = string
    tier              = string
    private           = bool
    run_command       = bool
    authorized_ranges = list(string)
    admin_groups      = list(string)
    pod_cidr          = string
    service_cidr      = string
    dns_service_ip    = string
    network_policy    = string
    upgrades          = object({ cluster = string, nodes = string })
    features = object({
      monitoring        = bool
      defender          = bool
      policy            = bool
      secrets_provider  = optional(object({ rotation_interval = string }))
      image_cleaner     = optional(object({ interval_hours = number }))
      csi               = object({ blob = bool, disk = bool, file = bool, snapshot = bool })
      workload_identity = bool
    })
  })

  validation {
    condition     = can(regex("^1\\.[0-9]+(\\.[0-9]+)?$", var.cluster.version))
    error_message = "cluster.version must be a Kubernetes version, such as 1.35."
  }

  validation {
    condition     = contains(["Free", "Standard", "Premium"], var.cluster.tier)
    error_message = "cluster.tier must be Free, Standard or Premium."
  }

  validation {
    condition     = contains(["cilium", "azure"], var.cluster.network_policy)
    error_message = "cluster.network_policy must be cilium or azure."
  }

  validation {
    condition     = contains(["none", "patch", "stable", "rapid", "node-image"], var.cluster.upgrades.cluster)
    error_message = "cluster.upgrades.cluster must be none, patch, stable, rapid or node-image."
  }

  validation {
    condition     = contains(["None", "Unmanaged", "SecurityPatch", "NodeImage"], var.cluster.upgrades.nodes)
    error_message = "cluster.upgrades.nodes must be None, Unmanaged, SecurityPatch or NodeImage."
  }

  validation {
    condition     = var.cluster.upgrades.cluster != "node-image" || var.cluster.upgrades.nodes == "NodeImage"
    error_message = "cluster.upgrades.cluster = node-image needs cluster.upgrades.nodes = NodeImage."
  }

  validation {
    condition     = !var.cluster.private || length(var.cluster.authorized_ranges) == 0
    error_message = "cluster.authorized_ranges are for a public API server; a private one is reached through its network."
  }

  validation {
    condition     = alltrue([for cidr in concat([var.cluster.pod_cidr, var.cluster.service_cidr], var.cluster.authorized_ranges) : can(cidrnetmask(cidr))])
    error_message = "cluster.pod_cidr, cluster.service_cidr and cluster.authorized_ranges must be IPv4 CIDRs."
  }

  validation {
    condition = try(
      cidrhost("${var.cluster.dns_service_ip}/${split("/", var.cluster.service_cidr)[1]}", 0) == cidrhost(var.cluster.service_cidr, 0) && var.cluster.dns_service_ip != cidrhost(var.cluster.service_cidr, 0),
      false,
    )
    error_message = "cluster.dns_service_ip must be an address inside cluster.service_cidr, and not its first."
  }

  validation {
    condition     = try(var.cluster.features.image_cleaner.interval_hours >= 24 && var.cluster.features.image_cleaner.interval_hours <= 2160, var.cluster.features.image_cleaner == null)
    error_message = "cluster.features.image_cleaner.interval_hours must be between 24 hours and 90 days."
  }
}

variable "pools" {
  description = "The three node pools; user and gpu may be absent. Versions are as in cluster.version."
  nullable    = false
  type = object({
    system = object({
      size       = string
      min        = number
      max        = number
      zones      = list(string)
      os_disk_gb = optional(number)
      version    = string
    })
    user = optional(object({
      size       = string
      min        = number
      max        = number
      zones      = list(string)
      os_disk_gb = optional(number)
      version    = string
    }))
    gpu = optional(object({
      size       = string
      min        = number
      max        = number
      zones      = list(string)
      os_disk_gb = optional(number)
      version    = string
      driver     = string
    }))
  })

  validation {
    condition     = alltrue([for pool in values(var.pools) : try(0 <= pool.min && pool.min <= pool.max && pool.max >= 1, pool == null)])
    error_message = "Every pool needs 0 <= min <= max and max >= 1."
  }

  validation {
    condition     = var.pools.system.min >= 1
    error_message = "pools.system.min must be at least 1: the system pool cannot be empty."
  }

  validation {
    # NC, NCv2, NCv3, ND and NV: retired, Azure gives no more of them.
    condition     = alltrue([for pool in values(var.pools) : try(!can(regex("^Standard_(NC[0-9]+r?(s_v[23])?|ND[0-9]+r?s|NV[0-9]+)(_Promo)?$", pool.size)), true)])
    error_message = "A pool names a retired GPU size; Standard_NC4as_T4_v3 is the smallest that AKS takes."
  }

  validation {
    condition     = try(contains(["Install", "None"], var.pools.gpu.driver), var.pools.gpu == null)
    error_message = "pools.gpu.driver must be Install or None."
  }
}
