resource "azurerm_web_application_firewall_policy" "this" {
  count = var.waf == null ? 0 : 1

  name                = "waf-${var.name}"
  location            = var.location
  resource_group_name = var.resource_group_name

  policy_settings {
    enabled = true
    mode    = var.waf
  }

  managed_rules {
    # Of the rule sets, this kind of gateway takes these two alone: neither OWASP's core rules nor the first bot rules.
    managed_rule_set {
      type    = "Microsoft_DefaultRuleSet"
      version = "2.1"
    }

    managed_rule_set {
      type    = "Microsoft_BotManagerRuleSet"
      version = "1.1"
    }
  }

  tags = var.tags
}

# Lets the controller name the policy: routes and gateways bind it with a WebApplicationFirewallPolicy object.
resource "azurerm_application_load_balancer_security_policy" "this" {
  count = var.waf == null ? 0 : 1

  name                               = "waf"
  location                           = var.location
  application_load_balancer_id       = azurerm_application_load_balancer.this.id
  web_application_firewall_policy_id = azurerm_web_application_firewall_policy.this[0].id
  tags                               = var.tags
}
