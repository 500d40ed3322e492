variable "resource_group_id" {
  description = "Resource group whose clusters are watched."
  type        = string
  nullable    = false
}

variable "cluster_id" {
  description = "Cluster of the safeguards, with the Azure Policy add-on."
  type        = string
  nullable    = false
}

variable "pod_security" {
  description = "Pod security standard whose violations are reported: `baseline` or `restricted`; null for none."
  type        = string
  default     = "baseline"

  validation {
    condition     = var.pod_security == null ? true : contains(["baseline", "restricted"], var.pod_security)
    error_message = "pod_security must be baseline, restricted or null."
  }
}

variable "privileged_namespaces" {
  description = "Namespaces whose pods need the node, which breaks every standard."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "safeguards" {
  description = "Deployment safeguards: `Warn` or `Enforce`; null for none."
  type        = string
  default     = "Warn"

  validation {
    condition     = var.safeguards == null ? true : contains(["Warn", "Enforce"], var.safeguards)
    error_message = "safeguards must be Warn, Enforce or null."
  }
}

variable "platform_namespaces" {
  description = "Namespaces of the platform's own charts, which safeguards leave alone."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "defender_plan" {
  description = "Whether Defender for Containers is switched on for the whole subscription. Costs by the vCPU; one state of a subscription does it."
  type        = bool
  default     = false
  nullable    = false
}
