variable "scopes" {
  description = "ARM ids of what may not be deleted, by a name for each. Of a DNS zone, its record set `SOA/@`: a lock on the zone would keep certificates from removing their challenges."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for scope in values(var.scopes) : !can(regex("(?i)/dnsZones/[^/]+$", scope))])
    error_message = "scopes must not name a DNS zone: name its record set …/SOA/@, which keeps the zone and lets records go."
  }
}
