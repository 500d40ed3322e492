variable "cluster_name" {
  type = string
}

variable "location" {
  type = string
}

variable "subscription_id" {
  type = string
}

variable "resource_group_name" {
  type = string
}

variable "compute_subnet_id" {
  description = "Subnet of the nodes."
  type        = string
}

variable "registry_id" {
  description = "Registry that the nodes pull from."
  type        = string
}

variable "kubelet_object_id" {
  description = "Principal that the nodes pull as."
  type        = string
}

variable "tags" {
  type = map(string)
}
