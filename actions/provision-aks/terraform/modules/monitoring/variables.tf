variable "cluster_id" {
  description = "Cluster that is watched."
  type        = string
  nullable    = false
}

variable "cluster_name" {
  description = "Name of the cluster, which what is made is called after."
  type        = string
  nullable    = false
}

variable "environment" {
  description = "Name of the environment, which text messages begin with."
  type        = string
  nullable    = false
}

variable "container_insights" {
  description = "Whether logs and inventory of containers go to the workspace. Costs by the GB."
  type        = bool
  default     = true
  nullable    = false
}

variable "workspace_id" {
  description = "Log workspace of Container Insights."
  type        = string
  nullable    = false
}

variable "workspace_location" {
  description = "Location of that workspace."
  type        = string
  nullable    = false
}

variable "prometheus" {
  description = "Whether Azure keeps Prometheus metrics. Costs by the sample."
  type        = bool
  default     = false
  nullable    = false
}

variable "receivers" {
  description = "Whom alerts reach; null makes no alerts."
  default     = null
  type = object({
    emails   = optional(list(string), [])
    webhooks = optional(list(string), [])
  })

  validation {
    condition     = var.receivers == null ? true : length(var.receivers.emails) + length(var.receivers.webhooks) > 0
    error_message = "receivers must name an e-mail address or a webhook, or be null: alerts that reach nobody help nobody."
  }

  validation {
    condition     = var.receivers == null ? true : alltrue([for uri in var.receivers.webhooks : startswith(uri, "https://")])
    error_message = "receivers.webhooks must begin with https://."
  }
}

variable "database" {
  description = "PostgreSQL server whose disk is watched too; null for none."
  default     = null
  type        = object({ id = string })
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
