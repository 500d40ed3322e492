variable "name" {
  description = "Name of the vault, unique in all of Azure."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$", var.name)) && !strcontains(var.name, "--")
    error_message = "name must be 3 to 24 letters, digits and single hyphens, begin with a letter and not end with a hyphen."
  }
}

variable "tenant_id" {
  description = "Entra tenant that the vault trusts."
  type        = string
  nullable    = false
}

variable "public_access" {
  description = "Whether the vault is reachable from outside of private endpoints."
  type        = bool
  default     = false
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
