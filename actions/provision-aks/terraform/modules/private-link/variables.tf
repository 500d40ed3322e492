variable "suffix" {
  description = "What the endpoints are called after: `pe-vault-<suffix>`."
  type        = string
  nullable    = false
}

variable "network_id" {
  description = "Network in which the names lead to private addresses."
  type        = string
  nullable    = false
}

variable "subnet_id" {
  description = "Subnet of the endpoints."
  type        = string
  nullable    = false
}

variable "services" {
  description = "ARM ids of what gets an endpoint, by service: `registry`, `vault`, `storage` (blobs), `database` (PostgreSQL), `cache` (Redis). Each endpoint costs by the hour and by the GB."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for service in keys(var.services) : contains(["registry", "vault", "storage", "database", "cache"], service)])
    error_message = "services may be registry, vault, storage, database and cache."
  }

  validation {
    condition     = !can(regex("^(china|usgov|usdod)", var.location)) || !contains(keys(var.services), "cache") || var.zone_ids.cache != null
    error_message = "In this cloud the private DNS zone of Redis has to be given: name it in zone_ids.cache."
  }
}

variable "zone_ids" {
  description = "Private DNS zones of a hub, already linked to the network; the others are made."
  default     = {}
  nullable    = false
  type = object({
    registry = optional(string)
    vault    = optional(string)
    storage  = optional(string)
    database = optional(string)
    cache    = optional(string)
  })
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
