mock_provider "azurerm" {}

mock_provider "azurerm" {
  alias = "parent"
}

variables {
  name                = "dev.contoso.com"
  resource_group_name = "rg-test"
  delegation          = { zone = "contoso.com", resource_group = "rg-dns", label = "dev" }
  gateway             = { fqdn = "abcd.fz01.alb.azure.com" }
}

run "made" {
  command = plan

  assert {
    condition     = azurerm_dns_zone.this[0].name == "dev.contoso.com"
    error_message = "The zone is made."
  }

  assert {
    condition     = azurerm_dns_ns_record.delegation[0].name == "dev" && azurerm_dns_ns_record.delegation[0].zone_name == "contoso.com" && azurerm_dns_ns_record.delegation[0].resource_group_name == "rg-dns"
    error_message = "The zone above leads here."
  }

  assert {
    condition     = azurerm_dns_cname_record.wildcard[0].name == "*" && azurerm_dns_cname_record.wildcard[0].record == "abcd.fz01.alb.azure.com"
    error_message = "Every name leads to the gateway."
  }
}

run "alone" {
  command = plan

  variables {
    delegation = null
    gateway    = null
  }

  assert {
    condition     = length(azurerm_dns_ns_record.delegation) + length(azurerm_dns_cname_record.wildcard) == 0
    error_message = "The zone is empty."
  }
}

run "existing" {
  command = plan

  variables {
    name        = "contoso.com"
    existing_id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-dns/providers/Microsoft.Network/dnszones/contoso.com"
    delegation  = null
  }

  assert {
    condition     = length(azurerm_dns_zone.this) == 0 && output.id == var.existing_id && output.name_servers == null
    error_message = "The zone is not made."
  }

  assert {
    condition     = azurerm_dns_cname_record.existing_wildcard[0].zone_name == "contoso.com" && azurerm_dns_cname_record.existing_wildcard[0].resource_group_name == "rg-dns"
    error_message = "Its names lead to the gateway."
  }
}

run "refused_name" {
  command = plan

  variables {
    name       = "Dev.contoso.com"
    delegation = null
  }

  expect_failures = [var.name]
}

run "refused_id" {
  command = plan

  variables {
    existing_id = "contoso.com"
    delegation  = null
  }

  expect_failures = [var.existing_id]
}

run "refused_delegation_to_another_name" {
  command = plan

  variables {
    delegation = { zone = "contoso.com", resource_group = "rg-dns", label = "test" }
  }

  expect_failures = [var.delegation]
}

run "refused_delegation_of_an_existing_zone" {
  command = plan

  variables {
    existing_id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-dns/providers/Microsoft.Network/dnszones/contoso.com"
  }

  expect_failures = [var.delegation]
}
