variable "name" {
  description = "Name of the backup vault."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{1,49}$", var.name))
    error_message = "name must be 2 to 50 letters, digits and hyphens, and begin with a letter."
  }
}

variable "retention_days" {
  description = "How long backups are kept."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 360
    error_message = "retention_days must be between 1 and 360."
  }
}

variable "every_hours" {
  description = "How often a backup is made."
  type        = number
  default     = 24
  nullable    = false

  validation {
    condition     = contains([4, 6, 8, 12, 24], var.every_hours)
    error_message = "every_hours must be 4, 6, 8, 12 or 24."
  }
}

variable "cluster_id" {
  description = "Cluster that is backed up. Its CSI disk driver and snapshot controller are needed."
  type        = string
  nullable    = false
}

variable "cluster_name" {
  description = "Name of the cluster, which the backup is called after."
  type        = string
  nullable    = false
}

variable "cluster_principal_id" {
  description = "Object id of the control plane's identity, which makes the snapshots."
  type        = string
  nullable    = false
}

variable "storage" {
  description = "Storage account in the same resource group, and the container for backups."
  nullable    = false
  type        = object({ id = string, name = string, blob_endpoint = string, container = string })
}

variable "resource_group_id" {
  description = "ARM id of the resource group, which snapshots go to."
  type        = string
  nullable    = false
}

variable "subscription_id" {
  description = "Subscription of the storage account."
  type        = string
  nullable    = false
}

variable "tenant_id" {
  description = "Entra tenant of the extension's identity."
  type        = string
  nullable    = false
}

variable "assignment_seed" {
  description = "What names of role assignments are made of, known before anything exists: the cluster's ARM id."
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
