variable "name" {
  type = string
}

variable "location" {
  type = string
}

variable "resource_group_name" {
  type = string
}

variable "address_space" {
  description = "CIDR of the network."
  type        = string
}

variable "subnets" {
  description = "Name and CIDR of the subnet of each security zone."
  type = object({
    dmz        = object({ name = string, cidr = string })
    compute    = object({ name = string, cidr = string })
    data       = object({ name = string, cidr = string })
    management = object({ name = string, cidr = string })
  })
}

variable "pod_cidr" {
  description = "Addresses of pods, outside the network."
  type        = string
}

variable "tags" {
  type = map(string)
}
