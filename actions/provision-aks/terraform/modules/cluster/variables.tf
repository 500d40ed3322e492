variable "location" {
  type = string
}

variable "resource_group_name" {
  type = string
}

variable "tenant_id" {
  description = "Entra tenant of the administrators."
  type        = string
}

variable "cluster" {
  description = "The control plane and what runs on every node; validated by the root."
  type = object({
    name                = string
    dns_prefix          = string
    node_resource_group = string
    version             = string
    tier                = string
    private             = bool
    run_command         = bool
    authorized_ranges   = list(string)
    admin_groups        = list(string)
    pod_cidr            = string
    service_cidr        = string
    dns_service_ip      = string
    network_policy      = string
    upgrades            = object({ cluster = string, nodes = string })
    features = object({
      monitoring        = bool
      defender          = bool
      policy            = bool
      secrets_provider  = optional(object({ rotation_interval = string }))
      image_cleaner     = optional(object({ interval_hours = number }))
      csi               = object({ blob = bool, disk = bool, file = bool, snapshot = bool })
      workload_identity = bool
    })
  })
}

variable "system_pool" {
  type = object({
    size       = string
    min        = number
    max        = number
    zones      = list(string)
    os_disk_gb = optional(number)
    version    = string
  })
}

variable "os_sku" {
  description = "Operating system of all pools."
  type        = string
}

variable "subnet_id" {
  description = "Subnet of the nodes."
  type        = string
}

variable "identity_id" {
  description = "User-assigned identity of the control plane, with its rights on the subnet."
  type        = string
}

variable "workspace_id" {
  description = "Log workspace of Container Insights and Defender."
  type        = string
}

variable "tags" {
  type = map(string)
}
