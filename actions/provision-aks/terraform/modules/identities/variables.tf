variable "cluster_name" {
  description = "Name of the cluster, which the identities are called after."
  type        = string
  nullable    = false
}

variable "cluster_identity" {
  description = "Name of the control plane's identity."
  type        = string
  nullable    = false
}

variable "role_assignments" {
  description = "Names of role assignments that exist already, by purpose; the others are made of what is known beforehand."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "subscription_id" {
  description = "Subscription of the cluster; names of role assignments are made of it."
  type        = string
  nullable    = false
}

variable "control_plane_grants" {
  description = "What the control plane may do before the cluster exists: scope and role, by purpose. A renamed purpose makes the assignment anew."
  type        = map(object({ scope = string, role = string }))
  default     = {}
  nullable    = false
}

variable "cluster_made_grants" {
  description = "What identities may do that AKS makes with the cluster: scope, role and object id, by purpose."
  type        = map(object({ scope = string, role = string, principal_id = string }))
  default     = {}
  nullable    = false
}

variable "hub" {
  description = "The identity of a hub's Argo CD, by object id, and the cluster that it deploys into; null for none."
  type        = object({ principal_id = string, cluster_id = string })
  default     = null
}

variable "issuer_url" {
  description = "OIDC issuer of the cluster."
  type        = string
  nullable    = false
}

variable "workloads" {
  description = "Service accounts that sign in to Azure, and what they may do: scope and role, by purpose."
  default     = {}
  nullable    = false
  type = map(object({
    namespace       = string
    service_account = string
    grants          = optional(map(object({ scope = string, role = string })), {})
  }))

  validation {
    condition = alltrue(flatten([
      for workload in values(var.workloads) : [
        for name in [workload.namespace, workload.service_account] : can(regex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", name))
      ]
    ]))
    error_message = "workloads must name a namespace and a service account as Kubernetes does: lower-case letters, digits and hyphens."
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
