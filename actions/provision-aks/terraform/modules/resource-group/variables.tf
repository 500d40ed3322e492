variable "name" {
  description = "Name of the group."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[-\\w.()]{1,90}$", var.name)) && !endswith(var.name, ".")
    error_message = "name must be 1 to 90 letters, digits, hyphens, underscores, periods or parentheses, and not end with a period."
  }
}

variable "location" {
  description = "Azure location in its short form, such as westeurope."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags of everything that is made."
  type        = map(string)
  default     = {}
  nullable    = false
}
