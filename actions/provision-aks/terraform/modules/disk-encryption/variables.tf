variable "name" {
  description = "Name of the disk encryption set."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.name))
    error_message = "name must be 1 to 80 letters, digits, hyphens and underscores."
  }
}

variable "key" {
  description = "Address of the key: https://….vault.azure.net/keys/…, best without a version: then disks follow its rotation, and whoever applies has to be able to read the key (Key Vault Crypto User)."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^https://[a-z0-9-]{3,24}\\.vault\\.[a-z.]+/keys/[A-Za-z0-9-]{1,127}(/[0-9a-f]{32})?$", var.key))
    error_message = "key must be the address of a key: https://….vault.azure.net/keys/…."
  }
}

variable "vault_id" {
  description = "ARM id of the key's vault, with purge protection and rights by Azure roles."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("(?i)^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft.KeyVault/vaults/[^/]+$", var.vault_id))
    error_message = "vault_id must be the ARM id of a key vault."
  }
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
