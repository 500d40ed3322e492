variable "name" {
  type = string
}

variable "location" {
  type = string
}

variable "resource_group_name" {
  type = string
}

variable "public_access" {
  type = bool
}

variable "zone_redundant" {
  description = "Changing it replaces the registry."
  type        = bool
}

variable "tags" {
  type = map(string)
}
