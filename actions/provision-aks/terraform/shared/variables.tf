variable "scope" {
  description = "What this state describes and where it lives."
  nullable    = false
  type = object({
    location        = string
    subscription_id = string
    tenant_id       = string
    resource_group  = string
    tags            = map(string)
  })

  validation {
    condition     = can(regex("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", var.scope.subscription_id))
    error_message = "scope.subscription_id must be a subscription id (a GUID)."
  }

  validation {
    condition     = can(regex("^[a-z0-9]+$", var.scope.location))
    error_message = "scope.location must be an Azure location in its short form, such as westeurope."
  }
}

variable "logs" {
  description = "The log workspace of all environments: made here, or one that exists."
  nullable    = false
  type = object({
    created     = optional(object({ name = string, retention_days = number }))
    existing_id = optional(string)
  })

  validation {
    condition     = (var.logs.created == null) != (var.logs.existing_id == null)
    error_message = "logs needs exactly one of created and existing_id."
  }

  validation {
    # 30 days come with the price of ingestion; 730 is the most the workspace keeps interactively.
    condition     = try(var.logs.created.retention_days >= 30 && var.logs.created.retention_days <= 730, var.logs.created == null)
    error_message = "logs.created.retention_days must be between 30 and 730."
  }
}

variable "dns" {
  description = "The zone of the platform's domain: made here, or one that exists; null without a domain."
  default     = null
  type = object({
    created     = optional(object({ name = string }))
    existing_id = optional(string)
  })

  validation {
    condition     = var.dns == null ? true : (var.dns.created == null) != (var.dns.existing_id == null)
    error_message = "dns needs exactly one of created and existing_id, or to be null."
  }
}

variable "vault" {
  description = "The vault of environments that have none of their own: made here, or one that exists; null where all have."
  default     = null
  type = object({
    created     = optional(object({ name = string, public_access = bool }))
    existing_id = optional(string)
  })

  validation {
    condition     = var.vault == null ? true : (var.vault.created == null) != (var.vault.existing_id == null)
    error_message = "vault needs exactly one of created and existing_id, or to be null."
  }
}
