variable "name" {
  description = "Name of the workspace."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$", var.name))
    error_message = "name must be 4 to 63 letters, digits and hyphens, and begin and end with a letter or digit."
  }
}

variable "retention_days" {
  description = "How long logs are kept. The first 31 days come with the price of ingestion, each further GB and month costs."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.retention_days >= 30 && var.retention_days <= 730
    error_message = "retention_days must be between 30 and 730: for longer, archive the tables."
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
