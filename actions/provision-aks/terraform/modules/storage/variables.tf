variable "name" {
  description = "Name of the account, unique in all of Azure."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]{3,24}$", var.name))
    error_message = "name must be 3 to 24 lower-case letters and digits."
  }
}

variable "replication" {
  description = "LRS: copies in one zone; ZRS: in several; GRS and GZRS: in the paired region too, at about twice the price."
  type        = string
  default     = "ZRS"
  nullable    = false

  validation {
    condition     = contains(["LRS", "ZRS", "GRS", "GZRS"], var.replication)
    error_message = "replication must be LRS, ZRS, GRS or GZRS."
  }
}

variable "public_access" {
  description = "Whether the account is reachable from outside of private endpoints."
  type        = bool
  default     = false
  nullable    = false
}

variable "soft_delete_days" {
  description = "How long deleted and overwritten blobs and containers can be brought back. They cost like blobs until then."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.soft_delete_days >= 1 && var.soft_delete_days <= 365
    error_message = "soft_delete_days must be between 1 and 365."
  }
}

variable "containers" {
  description = "Names of blob containers by what they are for."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in values(var.containers) : can(regex("^[a-z0-9](-?[a-z0-9]){2,62}$", name))])
    error_message = "containers must have names of 3 to 63 lower-case letters, digits and single hyphens."
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
