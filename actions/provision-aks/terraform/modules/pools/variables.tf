variable "cluster_id" {
  type = string
}

variable "subnet_id" {
  description = "Subnet of the nodes."
  type        = string
}

variable "os_sku" {
  description = "Operating system of all pools."
  type        = string
}

variable "pools" {
  description = "Pools for workloads; absent ones are not made. Changing `driver` replaces the pool."
  type = object({
    user = optional(object({
      size       = string
      min        = number
      max        = number
      zones      = list(string)
      os_disk_gb = optional(number)
      version    = string
      driver     = optional(string)
    }))
    gpu = optional(object({
      size       = string
      min        = number
      max        = number
      zones      = list(string)
      os_disk_gb = optional(number)
      version    = string
      driver     = string
    }))
  })
}

variable "tags" {
  type = map(string)
}
