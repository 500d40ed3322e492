variable "name" {
  description = "Name of the server, unique in all of Azure."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 63 lower-case letters, digits and hyphens, and begin and end with a letter or digit."
  }
}

variable "tenant_id" {
  description = "Entra tenant whose identities may sign in."
  type        = string
  nullable    = false
}

variable "size" {
  description = "Compute: burstable (`B_`), general purpose (`GP_`) or memory optimised (`MO_`). Burstable has neither high availability nor a connection pool."
  type        = string
  default     = "GP_Standard_D2ds_v5"
  nullable    = false

  validation {
    condition     = can(regex("^(B|GP|MO)_Standard_[A-Za-z0-9_]+$", var.size))
    error_message = "size must be such as GP_Standard_D2ds_v5."
  }
}

variable "storage_mb" {
  description = "Size of the disk. It can only grow: a smaller one replaces the server."
  type        = number
  default     = 32768
  nullable    = false

  validation {
    condition     = contains([for power in range(5, 15) : pow(2, power) * 1024], var.storage_mb)
    error_message = "storage_mb must be 32, 64, 128 … 16384 times 1024."
  }
}

variable "postgres_version" {
  description = "Major version of PostgreSQL. A newer one upgrades in place, with a pause; an older one replaces the server."
  type        = string
  default     = "17"
  nullable    = false

  validation {
    condition     = contains(["14", "15", "16", "17"], var.postgres_version)
    error_message = "postgres_version must be 14, 15, 16 or 17."
  }
}

variable "high_availability" {
  description = "A second server in another zone takes over. Doubles the price."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.high_availability || !startswith(var.size, "B_")
    error_message = "high_availability needs a general purpose or memory optimised size: choose one that begins with GP_ or MO_."
  }
}

variable "backup_days" {
  description = "How far back the server can be restored."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.backup_days >= 7 && var.backup_days <= 35
    error_message = "backup_days must be between 7 and 35."
  }
}

variable "geo_backup" {
  description = "Backups in the paired region too. Changing it replaces the server."
  type        = bool
  default     = false
  nullable    = false
}

variable "databases" {
  description = "Databases on the server."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "administrators" {
  description = "Workload identities that administer the server, by a name for each: principal name, which is the name of its PostgreSQL role, and object id."
  type        = map(object({ name = string, object_id = string }))
  default     = {}
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
