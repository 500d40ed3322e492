variable "cluster_id" {
  description = "Cluster of the pools."
  type        = string
  nullable    = false
}

variable "subnet_id" {
  description = "Subnet of the nodes."
  type        = string
  nullable    = false
}

variable "os_sku" {
  description = "Operating system of all pools."
  type        = string
  default     = "Ubuntu"
  nullable    = false
}

variable "pools" {
  description = "Pools for workloads by what they are called here. `kind`, `spot`, `zones`, `max_pods` and `gpu_driver` replace a pool when they change; size and disks replace its nodes."
  nullable    = false
  type = map(object({
    # What Azure calls it, where another tool has made it.
    name            = optional(string)
    kind            = string
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
    spot            = optional(bool, false)
    gpu_driver      = optional(string)
    # Beside those that every pool of its kind has.
    labels  = optional(map(string), {})
    taints  = optional(list(string), [])
    version = string
  }))

  validation {
    condition     = alltrue([for name in keys(var.pools) : can(regex("^[a-z][a-z0-9]{0,11}$", name)) && name != "system"])
    error_message = "pools must have names of at most 12 lower-case letters and digits, other than system."
  }

  validation {
    condition     = alltrue([for pool in values(var.pools) : contains(["user", "gpu"], pool.kind)])
    error_message = "pools must be of kind user or gpu."
  }

  validation {
    condition     = alltrue([for pool in values(var.pools) : 0 <= pool.min && pool.min <= pool.max && pool.max >= 1 && pool.max <= 1000])
    error_message = "pools need 0 <= min <= max <= 1000 and max >= 1."
  }

  validation {
    # NC, NCv2, NCv3, ND and NV: retired, Azure gives no more of them.
    condition     = alltrue([for pool in values(var.pools) : !can(regex("^Standard_(NC[0-9]+r?(s_v[23])?|ND[0-9]+r?s|NV[0-9]+)(_Promo)?$", pool.size))])
    error_message = "pools name a retired GPU size; Standard_NC4as_T4_v3 is the smallest that AKS takes."
  }

  validation {
    condition     = alltrue([for pool in values(var.pools) : pool.kind == "gpu" ? try(contains(["Install", "None"], pool.gpu_driver), false) : pool.gpu_driver == null])
    error_message = "pools of kind gpu need gpu_driver Install or None; others have none."
  }

  validation {
    condition     = alltrue([for pool in values(var.pools) : contains(["Managed", "Ephemeral"], pool.os_disk_type)])
    error_message = "pools must have os_disk_type Managed or Ephemeral."
  }

  validation {
    condition     = alltrue([for pool in values(var.pools) : pool.max_pods >= 10 && pool.max_pods <= 250])
    error_message = "pools must have max_pods between 10 and 250."
  }

  validation {
    condition     = alltrue([for pool in values(var.pools) : can(regex("^([1-9][0-9]?%|100%|[1-9][0-9]?)$", pool.surge))])
    error_message = "pools must have a surge such as 33% or 1."
  }

  validation {
    condition     = alltrue([for pool in values(var.pools) : pool.drain_minutes >= 1 && pool.drain_minutes <= 1440 && pool.soak_minutes >= 0 && pool.soak_minutes <= 30])
    error_message = "pools must have drain_minutes between 1 and 1440 and soak_minutes between 0 and 30."
  }

  validation {
    condition     = alltrue(flatten([for pool in values(var.pools) : [for taint in pool.taints : can(regex("^[^=:]+=[^=:]*:(NoSchedule|PreferNoSchedule|NoExecute)$", taint))]]))
    error_message = "pools must have taints such as dedicated=data:NoSchedule."
  }

  validation {
    condition     = alltrue([for pool in values(var.pools) : alltrue([for zone in pool.zones : contains(["1", "2", "3"], zone)])])
    error_message = "pools must have zones 1, 2 and 3 only."
  }
}

variable "tags" {
  description = "Tags of everything that is made."
  type        = map(string)
  default     = {}
  nullable    = false
}
