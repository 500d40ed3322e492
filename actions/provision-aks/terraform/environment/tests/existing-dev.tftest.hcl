mock_provider "azurerm" {
  source = "../mocks"
}

mock_provider "azurerm" {
  alias  = "shared"
  source = "../mocks"
}

mock_provider "azurerm" {
  alias  = "dns"
  source = "../mocks"
}

# What AKS makes with a cluster is not known to a mock; modules/cluster has tests of its own.
override_module {
  target = module.cluster
  outputs = {
    id                        = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.ContainerService/managedClusters/aks-test"
    name                      = "aks-test"
    fqdn                      = "aks-test.hcp.westeurope.azmk8s.io"
    oidc_issuer_url           = "https://westeurope.oic.prod-aks.azure.com/11111111-1111-1111-1111-111111111111/22222222-2222-2222-2222-222222222222/"
    node_resource_group       = "rg-test-nodes"
    node_resource_group_id    = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test-nodes"
    kubelet_identity          = { client_id = "77777777-7777-7777-7777-777777777777", object_id = "88888888-8888-8888-8888-888888888888" }
    secrets_provider_identity = { client_id = "77777777-7777-7777-7777-777777777777", object_id = "99999999-9999-9999-9999-999999999999" }
  }
}

variables {
  scope        = jsondecode(file("tests/existing-dev.json")).scope
  logs         = jsondecode(file("tests/existing-dev.json")).logs
  network      = jsondecode(file("tests/existing-dev.json")).network
  registry     = jsondecode(file("tests/existing-dev.json")).registry
  cluster      = jsondecode(file("tests/existing-dev.json")).cluster
  pools        = jsondecode(file("tests/existing-dev.json")).pools
  gateway      = jsondecode(file("tests/existing-dev.json")).gateway
  vault        = jsondecode(file("tests/existing-dev.json")).vault
  storage      = jsondecode(file("tests/existing-dev.json")).storage
  database     = jsondecode(file("tests/existing-dev.json")).database
  cache        = jsondecode(file("tests/existing-dev.json")).cache
  backup       = jsondecode(file("tests/existing-dev.json")).backup
  dns          = jsondecode(file("tests/existing-dev.json")).dns
  private_link = jsondecode(file("tests/existing-dev.json")).private_link
  budget       = jsondecode(file("tests/existing-dev.json")).budget
  alerts       = jsondecode(file("tests/existing-dev.json")).alerts
  protect      = jsondecode(file("tests/existing-dev.json")).protect
  workloads    = jsondecode(file("tests/existing-dev.json")).workloads
}

run "used_by_id" {
  command = plan

  assert {
    condition     = length(module.network) + length(module.registry) + length(module.vault) == 0
    error_message = "What exists is not made."
  }

  assert {
    condition     = output.registry_id == var.registry.existing_id && output.registry_login_server == null && output.network_id == var.network.existing.id
    error_message = "It is used by its id."
  }

  assert {
    condition     = local.cluster_made_grants.registry_pull.scope == var.registry.existing_id
    error_message = "Nodes pull from the registry that exists."
  }

  assert {
    condition     = local.egress == "load-balancer"
    error_message = "The cluster makes its own way out."
  }

  assert {
    condition     = toset(keys(module.private_link[0].zone_ids)) == toset(["storage", "vault"])
    error_message = "The registry keeps its own ways in."
  }

  assert {
    condition     = local.control_plane_grants.cluster_network.scope == var.network.existing.subnet_ids.compute
    error_message = "The control plane joins the subnet that exists."
  }
}

run "without_a_gateway" {
  command = plan

  variables {
    network   = { existing = merge(jsondecode(file("tests/existing-dev.json")).network.existing, { subnet_ids = merge(jsondecode(file("tests/existing-dev.json")).network.existing.subnet_ids, { dmz = null }) }) }
    gateway   = null
    workloads = {}
  }

  assert {
    condition     = length(module.gateway) == 0 && output.gateway == null
    error_message = "An existing network without a subnet for it has no gateway."
  }
}

run "refused_gateway_without_a_subnet" {
  command = plan

  variables {
    network = { existing = merge(jsondecode(file("tests/existing-dev.json")).network.existing, { subnet_ids = merge(jsondecode(file("tests/existing-dev.json")).network.existing.subnet_ids, { dmz = null }) }) }
  }

  expect_failures = [var.gateway]
}

run "refused_endpoints_without_a_subnet" {
  command = plan

  variables {
    network = { existing = merge(jsondecode(file("tests/existing-dev.json")).network.existing, { subnet_ids = merge(jsondecode(file("tests/existing-dev.json")).network.existing.subnet_ids, { data = null }) }) }
  }

  expect_failures = [var.private_link]
}
