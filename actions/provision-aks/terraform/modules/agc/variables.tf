variable "name" {
  description = "Name of the load balancer."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9]([-_.A-Za-z0-9]{0,62}[A-Za-z0-9])?$", var.name))
    error_message = "name must be 1 to 64 letters, digits, periods, hyphens and underscores, and begin and end with a letter or digit."
  }
}

variable "frontend" {
  description = "Name of the frontend."
  type        = string
  default     = "web"
  nullable    = false
}

variable "subnet_id" {
  description = "Subnet of the gateway: a /24, delegated to Microsoft.ServiceNetworking/trafficControllers."
  type        = string
  nullable    = false
}

variable "waf" {
  description = "Web application firewall: `Detection` logs, `Prevention` blocks, null is none. Costs by the hour and by the request."
  type        = string
  default     = "Prevention"

  validation {
    condition     = var.waf == null ? true : contains(["Detection", "Prevention"], var.waf)
    error_message = "waf must be Detection, Prevention or null."
  }
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
