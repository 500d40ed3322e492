mock_provider "azurerm" {}

variables {
  name                = "agc-test"
  subnet_id           = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.Network/virtualNetworks/vnet-test/subnets/snet-dmz"
  location            = "westeurope"
  resource_group_name = "rg-test"
}

run "defaults" {
  command = plan

  assert {
    condition     = azurerm_application_load_balancer_frontend.this.name == "web" && azurerm_application_load_balancer_subnet_association.this.subnet_id == var.subnet_id
    error_message = "There is one frontend, in the DMZ."
  }

  assert {
    condition     = azurerm_web_application_firewall_policy.this[0].policy_settings[0].mode == "Prevention" && azurerm_web_application_firewall_policy.this[0].policy_settings[0].enabled
    error_message = "The firewall blocks."
  }

  assert {
    condition     = [for set in azurerm_web_application_firewall_policy.this[0].managed_rules[0].managed_rule_set : "${set.type} ${set.version}"] == ["Microsoft_DefaultRuleSet 2.1", "Microsoft_BotManagerRuleSet 1.1"]
    error_message = "The rule sets are those that this gateway takes."
  }

  assert {
    condition     = length(azurerm_application_load_balancer_security_policy.this) == 1
    error_message = "The gateway knows the policy."
  }
}

run "detection" {
  command = plan

  variables {
    waf = "Detection"
  }

  assert {
    condition     = azurerm_web_application_firewall_policy.this[0].policy_settings[0].mode == "Detection"
    error_message = "The firewall only logs."
  }
}

run "without_a_firewall" {
  command = plan

  variables {
    waf = null
  }

  assert {
    condition     = length(azurerm_web_application_firewall_policy.this) + length(azurerm_application_load_balancer_security_policy.this) == 0
    error_message = "There is no firewall."
  }

  assert {
    condition     = output.waf_policy_id == null
    error_message = "And no id of one."
  }
}

run "refused_name" {
  command = plan

  variables {
    name = "agc test"
  }

  expect_failures = [var.name]
}

run "refused_waf" {
  command = plan

  variables {
    waf = "Block"
  }

  expect_failures = [var.waf]
}
