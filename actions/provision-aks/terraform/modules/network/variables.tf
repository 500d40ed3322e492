variable "name" {
  description = "Name of the network; what belongs to it is called after it."
  type        = string
  nullable    = false
}

variable "address_space" {
  description = "CIDR of the network."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.address_space))
    error_message = "address_space must be an IPv4 CIDR, such as 10.40.0.0/16."
  }
}

variable "subnets" {
  description = "Name and CIDR of the subnet of each security zone. `bastion` and `api_server` are options."
  nullable    = false
  type = object({
    dmz        = object({ name = string, cidr = string })
    compute    = object({ name = string, cidr = string })
    data       = object({ name = string, cidr = string })
    management = object({ name = string, cidr = string })
    bastion    = optional(object({ name = string, cidr = string }))
    api_server = optional(object({ name = string, cidr = string }))
  })

  validation {
    condition     = alltrue([for subnet in values(var.subnets) : subnet == null ? true : can(cidrnetmask(subnet.cidr))])
    error_message = "subnets must have IPv4 CIDRs, such as 10.40.0.0/24."
  }

  validation {
    # Azure places its Bastion by this name alone.
    condition     = var.subnets.bastion == null ? true : var.subnets.bastion.name == "AzureBastionSubnet" && try(tonumber(split("/", var.subnets.bastion.cidr)[1]) <= 26, false)
    error_message = "subnets.bastion must be called AzureBastionSubnet and be a /26 or larger."
  }

  validation {
    condition     = var.subnets.api_server == null ? true : try(tonumber(split("/", var.subnets.api_server.cidr)[1]) <= 28, false)
    error_message = "subnets.api_server must be a /28 or larger."
  }

  validation {
    # Every address of a subnet belongs to the network when its first one does and it is not larger.
    condition = alltrue([
      for subnet in values(var.subnets) : subnet == null ? true : try(
        cidrhost("${split("/", subnet.cidr)[0]}/${split("/", var.address_space)[1]}", 0) == cidrhost(var.address_space, 0)
        && tonumber(split("/", subnet.cidr)[1]) >= tonumber(split("/", var.address_space)[1]),
        false,
      )
    ])
    error_message = "subnets must lie inside address_space."
  }
}

variable "pod_cidr" {
  description = "Addresses of pods, outside of the network."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.pod_cidr))
    error_message = "pod_cidr must be an IPv4 CIDR, such as 10.244.0.0/16."
  }
}

variable "gateway" {
  description = "Whether the DMZ belongs to an Application Gateway for Containers, which needs exactly a /24."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = !var.gateway || endswith(var.subnets.dmz.cidr, "/24")
    error_message = "gateway needs subnets.dmz to be exactly a /24: Application Gateway for Containers takes no other with an overlay network."
  }
}

variable "egress" {
  description = "How machines reach the Internet: `nat-gateway`, `load-balancer` (nodes only; the cluster makes it) or `user-defined`, a route to the firewall at `next_hop`."
  default     = { kind = "nat-gateway" }
  nullable    = false
  type = object({
    kind     = string
    next_hop = optional(string)
  })

  validation {
    condition     = contains(["nat-gateway", "load-balancer", "user-defined"], var.egress.kind)
    error_message = "egress.kind must be nat-gateway, load-balancer or user-defined."
  }

  validation {
    condition     = var.egress.kind == "user-defined" ? can(cidrnetmask("${var.egress.next_hop}/32")) : var.egress.next_hop == null
    error_message = "egress.next_hop must be the private address of a firewall with user-defined, and absent without."
  }
}

variable "data_ports" {
  description = "TCP ports of what has a private endpoint in the data zone."
  type        = list(string)
  default     = ["443"]
  nullable    = false

  validation {
    condition     = length(var.data_ports) > 0 && alltrue([for port in var.data_ports : try(tonumber(port) >= 1 && tonumber(port) <= 65535, false)])
    error_message = "data_ports must be ports between 1 and 65535, and at least one."
  }
}

variable "flow_logs" {
  description = "Flow logs of the network into a storage account of the same location; null for none."
  default     = null
  type = object({
    storage_account_id = string
    retention_days     = number
  })

  validation {
    condition     = var.flow_logs == null ? true : var.flow_logs.retention_days >= 1 && var.flow_logs.retention_days <= 365
    error_message = "flow_logs.retention_days must be between 1 and 365."
  }
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
