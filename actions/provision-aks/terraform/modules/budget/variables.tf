variable "name" {
  description = "Name of the budget."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[-_a-zA-Z0-9]{1,63}$", var.name))
    error_message = "name must be 1 to 63 letters, digits, hyphens and underscores."
  }
}

variable "subscription_id" {
  description = "Subscription that the groups are in."
  type        = string
  nullable    = false
}

variable "resource_group_names" {
  description = "Resource groups whose costs are counted."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.resource_group_names) > 0
    error_message = "resource_group_names needs at least one group."
  }
}

variable "amount" {
  description = "Per month, in the currency of the subscription's bill."
  type        = number
  nullable    = false

  validation {
    condition     = var.amount >= 1
    error_message = "amount must be at least 1."
  }
}

variable "notify" {
  description = "E-mail addresses that are told at 80 % and 100 % of the costs, and when they are forecast to pass 100 %."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.notify) > 0
    error_message = "notify needs at least one e-mail address: a budget that tells nobody does nothing."
  }
}
