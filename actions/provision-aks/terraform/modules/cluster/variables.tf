variable "tenant_id" {
  description = "Entra tenant of the administrators."
  type        = string
  nullable    = false
}

variable "cluster" {
  description = "The control plane and what runs on every node. A `version` is a minor (1.35), or the patch (1.35.2) that Azure has moved the cluster to. Changing `private`, `private_dns`, the CIDRs or `network_policy` away from cilium replaces the cluster, as does switching `vnet_integration` off."
  nullable    = false
  type = object({
    name                = string
    dns_prefix          = string
    node_resource_group = string
    version             = string
    tier                = optional(string, "Standard")
    private             = optional(bool, true)
    private_dns         = optional(string, "System")
    vnet_integration    = optional(bool, false)
    run_command         = optional(bool, false)
    authorized_ranges   = optional(list(string), [])
    admin_groups        = list(string)
    pod_cidr            = optional(string, "10.244.0.0/16")
    service_cidr        = optional(string, "10.0.0.0/16")
    dns_service_ip      = optional(string, "10.0.0.10")
    network_policy      = optional(string, "cilium")
    maintenance         = optional(object({ day = string, start = string, hours = number, utc_offset = string }))
    upgrades            = optional(object({ cluster = string, nodes = string }), { cluster = "patch", nodes = "NodeImage" })
    features = optional(object({
      monitoring        = optional(bool, true)
      prometheus        = optional(bool, false)
      defender          = optional(bool, true)
      policy            = optional(bool, true)
      cost_analysis     = optional(bool, true)
      secrets_provider  = optional(object({ rotation_interval = string }))
      image_cleaner     = optional(object({ interval_hours = number }))
      csi               = optional(object({ blob = bool, disk = bool, file = bool, snapshot = bool }), { blob = true, disk = true, file = true, snapshot = true })
      workload_identity = optional(bool, true)
    }), { secrets_provider = { rotation_interval = "2m" }, image_cleaner = { interval_hours = 48 } })
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
    condition     = !var.cluster.features.cost_analysis || var.cluster.tier != "Free"
    error_message = "cluster.features.cost_analysis needs cluster.tier Standard or Premium: switch it off, or choose one of them."
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
    condition     = contains(["System", "None"], var.cluster.private_dns) || can(regex("(?i)/providers/Microsoft.Network/privateDnsZones/[^/]+$", var.cluster.private_dns))
    error_message = "cluster.private_dns must be System, None or the ARM id of a private DNS zone."
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

  validation {
    condition = var.cluster.maintenance == null ? true : (
      contains(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"], var.cluster.maintenance.day)
      && can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]$", var.cluster.maintenance.start))
      && can(regex("^[+-]([01][0-9]):[0-5][0-9]$", var.cluster.maintenance.utc_offset))
    )
    error_message = "cluster.maintenance needs a day such as Sunday, a start such as 02:00 and a utc_offset such as +01:00."
  }

  validation {
    condition     = var.cluster.maintenance == null ? true : var.cluster.maintenance.hours >= 4 && var.cluster.maintenance.hours <= 24
    error_message = "cluster.maintenance.hours must be between 4 and 24: an upgrade that has begun needs time to end."
  }
}

variable "system_pool" {
  description = "Pool of critical add-ons. Azure asks for four vCPUs at least and advises three nodes. Size, zones, disks and `max_pods` replace its nodes when they change."
  nullable    = false
  type = object({
    name            = optional(string, "system")
    dedicated       = optional(bool, true)
    size            = string
    min             = number
    max             = number
    zones           = optional(list(string), [])
    os_disk_gb      = optional(number)
    os_disk_type    = optional(string, "Managed")
    host_encryption = optional(bool, false)
    max_pods        = optional(number, 110)
    surge           = optional(string, "33%")
    drain_minutes   = optional(number, 30)
    soak_minutes    = optional(number, 0)
    # Beside `node-type`.
    labels  = optional(map(string), {})
    version = string
  })

  validation {
    condition     = var.system_pool.min >= 1
    error_message = "system_pool.min must be at least 1: the system pool cannot be empty."
  }

  validation {
    condition     = var.system_pool.min <= var.system_pool.max && var.system_pool.max <= 1000
    error_message = "system_pool needs min <= max <= 1000."
  }

  validation {
    condition     = contains(["Managed", "Ephemeral"], var.system_pool.os_disk_type)
    error_message = "system_pool.os_disk_type must be Managed or Ephemeral."
  }

  validation {
    # AKS: system pods alone need more than 10.
    condition     = var.system_pool.max_pods >= 30 && var.system_pool.max_pods <= 250
    error_message = "system_pool.max_pods must be between 30 and 250."
  }

  validation {
    condition     = can(regex("^([1-9][0-9]?%|100%|[1-9][0-9]?)$", var.system_pool.surge))
    error_message = "system_pool.surge must be such as 33% or 1."
  }

  validation {
    condition     = var.system_pool.drain_minutes >= 1 && var.system_pool.drain_minutes <= 1440 && var.system_pool.soak_minutes >= 0 && var.system_pool.soak_minutes <= 30
    error_message = "system_pool.drain_minutes must be between 1 and 1440, and soak_minutes between 0 and 30."
  }
}

variable "balance_pools" {
  description = "Whether pools that differ in their zone alone grow together."
  type        = bool
  default     = false
  nullable    = false
}

variable "os_sku" {
  description = "Operating system of all pools."
  type        = string
  default     = "Ubuntu"
  nullable    = false
}

variable "egress" {
  description = "How nodes reach the Internet: `nat-gateway` or `user-defined`, which the subnet has, or `load-balancer`, which the cluster makes."
  type        = string
  default     = "nat-gateway"
  nullable    = false

  validation {
    condition     = contains(["nat-gateway", "load-balancer", "user-defined"], var.egress)
    error_message = "egress must be nat-gateway, load-balancer or user-defined."
  }
}

variable "subnet_id" {
  description = "Subnet of the nodes."
  type        = string
  nullable    = false
}

variable "api_server_subnet_id" {
  description = "Subnet of the API server, delegated to Microsoft.ContainerService/managedClusters; null without VNet integration."
  type        = string
  default     = null

  validation {
    condition     = !var.cluster.vnet_integration || var.api_server_subnet_id != null
    error_message = "cluster.vnet_integration needs api_server_subnet_id: a subnet for the API server."
  }
}

variable "identity_id" {
  description = "User-assigned identity of the control plane, with its rights."
  type        = string
  nullable    = false
}

variable "disk_encryption_set_id" {
  description = "Disk encryption set of nodes and volumes; null for Azure's keys. Changing it replaces the cluster."
  type        = string
  default     = null
}

variable "workspace_id" {
  description = "Log workspace of Container Insights and Defender."
  type        = string
  nullable    = false
}

variable "location" {
  description = "Azure location in its short form, such as westeurope."
  type        = string
  nullable    = false
}

variable "resource_group_name" {
  description = "Resource group of what is made."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags of everything that is made."
  type        = map(string)
  default     = {}
  nullable    = false
}
