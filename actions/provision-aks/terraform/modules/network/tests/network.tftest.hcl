mock_provider "azurerm" {}

variables {
  name          = "vnet-test"
  address_space = "10.40.0.0/16"
  pod_cidr      = "10.244.0.0/16"
  subnets = {
    dmz        = { name = "snet-dmz", cidr = "10.40.0.0/24" }
    compute    = { name = "snet-compute", cidr = "10.40.64.0/18" }
    data       = { name = "snet-data", cidr = "10.40.1.0/24" }
    management = { name = "snet-management", cidr = "10.40.2.0/26" }
  }

  location            = "westeurope"
  resource_group_name = "rg-test"
}

run "defaults" {
  command = plan

  assert {
    condition     = toset(keys(azurerm_subnet.this)) == toset(["compute", "data", "dmz", "management"])
    error_message = "Each zone has a subnet, and options have none."
  }

  assert {
    condition     = alltrue([for subnet in azurerm_subnet.this : !subnet.default_outbound_access_enabled])
    error_message = "No subnet has Azure's implicit way out."
  }

  assert {
    condition     = azurerm_subnet.this["data"].private_endpoint_network_policies == "NetworkSecurityGroupEnabled"
    error_message = "Security rules hold for private endpoints."
  }

  assert {
    condition     = azurerm_subnet.this["dmz"].delegation[0].service_delegation[0].name == "Microsoft.ServiceNetworking/trafficControllers" && length(azurerm_subnet.this["compute"].delegation) == 0
    error_message = "The DMZ belongs to the gateway."
  }

  assert {
    condition     = azurerm_nat_gateway.this[0].sku_name == "StandardV2" && azurerm_public_ip.nat[0].sku == "StandardV2" && azurerm_public_ip.nat[0].allocation_method == "Static"
    error_message = "Nodes leave by one fixed address, spread over the zones."
  }

  assert {
    condition     = toset(keys(azurerm_subnet_nat_gateway_association.this)) == toset(["compute", "management"])
    error_message = "Nodes and runners leave, and nothing else."
  }

  assert {
    condition     = length(azurerm_route_table.this) + length(azurerm_bastion_host.this) + length(azurerm_network_watcher_flow_log.this) == 0
    error_message = "Options are off."
  }
}

run "least_privilege" {
  command = plan

  assert {
    condition     = alltrue([for group in azurerm_network_security_group.this : one([for rule in group.security_rule : rule.access == "Deny" && rule.source_address_prefix == "*" && rule.destination_port_range == "*" if rule.priority == 4096])])
    error_message = "Every zone denies what it does not allow."
  }

  assert {
    condition     = toset(flatten([for zone, group in azurerm_network_security_group.this : [for rule in group.security_rule : zone if rule.source_address_prefix == "Internet" && rule.access == "Allow"]])) == toset(["dmz"])
    error_message = "The Internet reaches the DMZ alone."
  }

  assert {
    condition     = one([for rule in azurerm_network_security_group.this["dmz"].security_rule : rule if rule.name == "allow-web"]).destination_port_ranges == toset(["80", "443"])
    error_message = "Clients reach web ports alone."
  }

  assert {
    condition     = one([for rule in azurerm_network_security_group.this["compute"].security_rule : rule if rule.name == "allow-dmz"]).source_address_prefix == "10.40.0.0/24"
    error_message = "The gateway reaches pods."
  }

  assert {
    condition     = one([for rule in azurerm_network_security_group.this["data"].security_rule : rule if rule.name == "allow-compute"]).destination_port_range == "443"
    error_message = "Nodes reach endpoints on their port alone."
  }

  assert {
    condition     = alltrue(flatten([for group in azurerm_network_security_group.this : [for rule in group.security_rule : rule.priority >= 100 && rule.priority <= 4096]]))
    error_message = "Priorities are those that Azure takes."
  }

  assert {
    condition     = alltrue([for group in azurerm_network_security_group.this : length(distinct([for rule in group.security_rule : "${rule.direction} ${rule.priority}"])) == length(group.security_rule)])
    error_message = "No two rules of a direction have one priority."
  }
}

run "more_ports" {
  command = plan

  variables {
    data_ports = ["443", "5432", "6432"]
  }

  assert {
    condition     = one([for rule in azurerm_network_security_group.this["data"].security_rule : rule if rule.name == "allow-compute"]).destination_port_ranges == toset(["443", "5432", "6432"])
    error_message = "Endpoints of a database are reached on its ports."
  }
}

run "bastion" {
  command = plan

  variables {
    subnets = {
      dmz        = { name = "snet-dmz", cidr = "10.40.0.0/24" }
      compute    = { name = "snet-compute", cidr = "10.40.64.0/18" }
      data       = { name = "snet-data", cidr = "10.40.1.0/24" }
      management = { name = "snet-management", cidr = "10.40.2.0/26" }
      bastion    = { name = "AzureBastionSubnet", cidr = "10.40.2.64/26" }
    }
  }

  assert {
    condition     = azurerm_bastion_host.this[0].sku == "Standard" && azurerm_bastion_host.this[0].tunneling_enabled
    error_message = "Bastion takes native clients."
  }

  assert {
    condition     = toset([for rule in azurerm_network_security_group.this["bastion"].security_rule : "${rule.direction} ${rule.source_address_prefix} ${rule.destination_address_prefix}" if rule.access == "Allow"]) == toset(["Inbound AzureLoadBalancer *", "Inbound GatewayManager *", "Inbound Internet *", "Inbound VirtualNetwork VirtualNetwork", "Outbound * AzureCloud", "Outbound * Internet", "Outbound * VirtualNetwork", "Outbound VirtualNetwork VirtualNetwork"])
    error_message = "Bastion has the rules that Azure documents, and no other."
  }

  assert {
    condition     = toset([one([for rule in azurerm_network_security_group.this["bastion"].security_rule : rule if rule.name == "allow-machines"]).destination_port_ranges, one([for rule in azurerm_network_security_group.this["management"].security_rule : rule if rule.name == "allow-bastion"]).destination_port_ranges]) == toset([toset(["22", "3389"])])
    error_message = "Sessions reach machines of the management zone."
  }
}

run "api_server" {
  command = plan

  variables {
    subnets = {
      dmz        = { name = "snet-dmz", cidr = "10.40.0.0/24" }
      compute    = { name = "snet-compute", cidr = "10.40.64.0/18" }
      data       = { name = "snet-data", cidr = "10.40.1.0/24" }
      management = { name = "snet-management", cidr = "10.40.2.0/26" }
      api_server = { name = "snet-api-server", cidr = "10.40.2.128/28" }
    }
  }

  assert {
    condition     = azurerm_subnet.this["api_server"].delegation[0].service_delegation[0].name == "Microsoft.ContainerService/managedClusters"
    error_message = "The subnet belongs to AKS."
  }

  assert {
    condition     = one([for rule in azurerm_network_security_group.this["compute"].security_rule : rule if rule.name == "allow-api-server"]).source_address_prefix == "10.40.2.128/28" && one([for rule in azurerm_network_security_group.this["api_server"].security_rule : rule if rule.name == "allow-compute"]).destination_port_ranges == toset(["443", "4443"])
    error_message = "Nodes and the API server reach each other."
  }

  assert {
    condition     = azurerm_network_security_group.this["api_server"].name == "nsg-api-server"
    error_message = "The group is called after its zone."
  }
}

run "firewall" {
  command = plan

  variables {
    egress = { kind = "user-defined", next_hop = "10.0.0.4" }
  }

  assert {
    condition     = one(azurerm_route_table.this[0].route).next_hop_in_ip_address == "10.0.0.4" && one(azurerm_route_table.this[0].route).address_prefix == "0.0.0.0/0" && !azurerm_route_table.this[0].bgp_route_propagation_enabled
    error_message = "Everything leaves by the firewall."
  }

  assert {
    condition     = toset(keys(azurerm_subnet_route_table_association.this)) == toset(["compute", "management"]) && length(azurerm_nat_gateway.this) == 0
    error_message = "Nodes and runners take the route."
  }
}

run "load_balancer" {
  command = plan

  variables {
    egress = { kind = "load-balancer" }
  }

  assert {
    condition     = length(azurerm_nat_gateway.this) + length(azurerm_route_table.this) + length(azurerm_public_ip.nat) == 0
    error_message = "The cluster makes its own way out."
  }
}

run "flow_logs" {
  command = plan

  variables {
    flow_logs = { storage_account_id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.Storage/storageAccounts/sttest", retention_days = 90 }
  }

  assert {
    condition     = azurerm_network_watcher_flow_log.this[0].network_watcher_name == "NetworkWatcher_westeurope" && azurerm_network_watcher_flow_log.this[0].resource_group_name == "NetworkWatcherRG"
    error_message = "The watcher is the one that Azure makes."
  }

  assert {
    condition     = azurerm_network_watcher_flow_log.this[0].retention_policy[0].days == 90
    error_message = "Retention can be chosen."
  }
}

run "without_a_gateway" {
  command = plan

  variables {
    gateway = false
  }

  assert {
    condition     = length(azurerm_subnet.this["dmz"].delegation) == 0
    error_message = "The DMZ belongs to nobody."
  }
}

run "refused_address_space" {
  command = plan

  variables {
    address_space = "10.40.0.0"
  }

  expect_failures = [var.address_space]
}

run "refused_subnet_outside" {
  command = plan

  variables {
    subnets = {
      dmz        = { name = "snet-dmz", cidr = "10.40.0.0/24" }
      compute    = { name = "snet-compute", cidr = "10.40.64.0/18" }
      data       = { name = "snet-data", cidr = "10.41.1.0/24" }
      management = { name = "snet-management", cidr = "10.40.2.0/26" }
    }
  }

  expect_failures = [var.subnets]
}

run "refused_subnet_larger_than_the_network" {
  command = plan

  variables {
    address_space = "10.40.0.0/18"
  }

  expect_failures = [var.subnets]
}

run "refused_bastion_by_another_name" {
  command = plan

  variables {
    subnets = {
      dmz        = { name = "snet-dmz", cidr = "10.40.0.0/24" }
      compute    = { name = "snet-compute", cidr = "10.40.64.0/18" }
      data       = { name = "snet-data", cidr = "10.40.1.0/24" }
      management = { name = "snet-management", cidr = "10.40.2.0/26" }
      bastion    = { name = "snet-bastion", cidr = "10.40.2.64/26" }
    }
  }

  expect_failures = [var.subnets]
}

run "refused_bastion_too_small" {
  command = plan

  variables {
    subnets = {
      dmz        = { name = "snet-dmz", cidr = "10.40.0.0/24" }
      compute    = { name = "snet-compute", cidr = "10.40.64.0/18" }
      data       = { name = "snet-data", cidr = "10.40.1.0/24" }
      management = { name = "snet-management", cidr = "10.40.2.0/26" }
      bastion    = { name = "AzureBastionSubnet", cidr = "10.40.2.64/27" }
    }
  }

  expect_failures = [var.subnets]
}

run "refused_api_server_too_small" {
  command = plan

  variables {
    subnets = {
      dmz        = { name = "snet-dmz", cidr = "10.40.0.0/24" }
      compute    = { name = "snet-compute", cidr = "10.40.64.0/18" }
      data       = { name = "snet-data", cidr = "10.40.1.0/24" }
      management = { name = "snet-management", cidr = "10.40.2.0/26" }
      api_server = { name = "snet-api-server", cidr = "10.40.2.128/29" }
    }
  }

  expect_failures = [var.subnets]
}

run "refused_pods" {
  command = plan

  variables {
    pod_cidr = "pods"
  }

  expect_failures = [var.pod_cidr]
}

run "refused_gateway_without_a_24" {
  command = plan

  variables {
    subnets = {
      dmz        = { name = "snet-dmz", cidr = "10.40.0.0/25" }
      compute    = { name = "snet-compute", cidr = "10.40.64.0/18" }
      data       = { name = "snet-data", cidr = "10.40.1.0/24" }
      management = { name = "snet-management", cidr = "10.40.2.0/26" }
    }
  }

  expect_failures = [var.gateway]
}

run "refused_egress" {
  command = plan

  variables {
    egress = { kind = "none" }
  }

  expect_failures = [var.egress]
}

run "refused_firewall_without_an_address" {
  command = plan

  variables {
    egress = { kind = "user-defined" }
  }

  expect_failures = [var.egress]
}

run "refused_address_without_a_firewall" {
  command = plan

  variables {
    egress = { kind = "nat-gateway", next_hop = "10.0.0.4" }
  }

  expect_failures = [var.egress]
}

run "refused_port" {
  command = plan

  variables {
    data_ports = ["0"]
  }

  expect_failures = [var.data_ports]
}

run "refused_flow_logs" {
  command = plan

  variables {
    flow_logs = { storage_account_id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.Storage/storageAccounts/sttest", retention_days = 366 }
  }

  expect_failures = [var.flow_logs]
}
