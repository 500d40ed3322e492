variable "name" {
  description = "Name of the registry, unique in all of Azure."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9]{5,50}$", var.name))
    error_message = "name must be 5 to 50 letters and digits."
  }
}

variable "public_access" {
  description = "Whether the registry is reachable from outside of private endpoints."
  type        = bool
  default     = false
  nullable    = false
}

variable "zone_redundant" {
  description = "Copies in several availability zones. Changing it replaces the registry with everything in it."
  type        = bool
  default     = false
  nullable    = false
}

variable "replicas" {
  description = "Further locations that hold a copy. Each costs as much as the registry."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(distinct(var.replicas)) == length(var.replicas) && !contains(var.replicas, var.location)
    error_message = "replicas must be different locations, without the registry's own: remove the one that is named twice."
  }
}

variable "retention_days" {
  description = "Days after which untagged images are deleted; null keeps them."
  type        = number
  default     = null

  validation {
    condition     = var.retention_days == null ? true : var.retention_days >= 0 && var.retention_days <= 365
    error_message = "retention_days must be between 0 and 365, or null to keep untagged images."
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
