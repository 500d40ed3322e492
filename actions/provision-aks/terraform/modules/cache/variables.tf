variable "name" {
  description = "Name of the cache, unique in all of Azure."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9](-?[A-Za-z0-9]){0,62}$", var.name)) && length(var.name) <= 63
    error_message = "name must be 1 to 63 letters, digits and single hyphens, and begin and end with a letter or digit."
  }
}

variable "size" {
  description = "Size of the cache. Costs by the hour."
  type        = string
  default     = "Balanced_B0"
  nullable    = false

  validation {
    condition     = can(regex("^(Balanced|MemoryOptimized|ComputeOptimized)_[A-Z][0-9]{1,4}$", var.size))
    error_message = "size must be such as Balanced_B0."
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
