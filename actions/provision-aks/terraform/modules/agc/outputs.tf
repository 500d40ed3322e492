output "id" {
  description = "ARM id of the load balancer, which a Gateway names in its annotation `alb.networking.azure.io/alb-id`."
  value       = azurerm_application_load_balancer.this.id
}

output "frontend" {
  description = "Name and host name of the frontend."
  value = {
    name = azurerm_application_load_balancer_frontend.this.name
    fqdn = azurerm_application_load_balancer_frontend.this.fully_qualified_domain_name
  }
}

# Whoever uses the policy finds it known to the gateway.
output "waf_policy_id" {
  description = "ARM id of the firewall policy; null without one."
  value       = one(azurerm_web_application_firewall_policy.this[*].id)
  depends_on  = [azurerm_application_load_balancer_security_policy.this]
}
