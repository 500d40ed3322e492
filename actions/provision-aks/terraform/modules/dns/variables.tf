variable "name" {
  description = "Domain of the zone."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.name))
    error_message = "name must be a domain in lower case, such as dev.platform.contoso.com."
  }
}

variable "existing_id" {
  description = "A zone that exists, in the subscription of the provider `azurerm.parent`; records are added to it. Null: the zone is made."
  type        = string
  default     = null

  validation {
    condition     = var.existing_id == null ? true : can(regex("(?i)^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft.Network/dnsZones/[^/]+$", var.existing_id))
    error_message = "existing_id must be the ARM id of a DNS zone: /subscriptions/…/resourceGroups/…/providers/Microsoft.Network/dnszones/…."
  }
}

variable "delegation" {
  description = "The zone above, in the subscription of the provider `azurerm.parent`, and the name in it that leads here; null when somebody else delegates."
  default     = null
  type = object({
    zone           = string
    resource_group = string
    label          = string
  })

  validation {
    condition     = var.delegation == null ? true : var.existing_id == null && var.name == "${var.delegation.label}.${var.delegation.zone}"
    error_message = "delegation.label and delegation.zone must make up name, of a zone that is made here."
  }
}

variable "gateway" {
  description = "Host name of the gateway that every name of the zone leads to; null for no record."
  default     = null
  type        = object({ fqdn = string })
}

variable "resource_group_name" {
  description = "Resource group of the zone that is made."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags of everything that is made."
  type        = map(string)
  default     = {}
  nullable    = false
}
