variable "workspace_id" {
  description = "Log workspace that everything goes to. Costs by the GB."
  type        = string
  nullable    = false
}

variable "targets" {
  description = "What is watched: its ARM id, log and metric categories, and whether its logs have tables of their own."
  nullable    = false
  type = map(object({
    id        = string
    logs      = optional(set(string), [])
    metrics   = optional(set(string), [])
    dedicated = optional(bool, false)
  }))

  validation {
    condition     = alltrue([for target in values(var.targets) : length(target.logs) + length(target.metrics) > 0])
    error_message = "Each of targets needs a category of logs or metrics."
  }
}
