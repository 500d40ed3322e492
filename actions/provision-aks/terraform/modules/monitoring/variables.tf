variable "cluster_id" {
  type = string
}

variable "cluster_name" {
  type = string
}

variable "resource_group_name" {
  type = string
}

variable "workspace_id" {
  type = string
}

variable "workspace_location" {
  type = string
}

variable "tags" {
  type = map(string)
}
