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
  scope        = jsondecode(file("tests/private-prod.json")).scope
  logs         = jsondecode(file("tests/private-prod.json")).logs
  network      = jsondecode(file("tests/private-prod.json")).network
  registry     = jsondecode(file("tests/private-prod.json")).registry
  cluster      = jsondecode(file("tests/private-prod.json")).cluster
  pools        = jsondecode(file("tests/private-prod.json")).pools
  gateway      = jsondecode(file("tests/private-prod.json")).gateway
  vault        = jsondecode(file("tests/private-prod.json")).vault
  storage      = jsondecode(file("tests/private-prod.json")).storage
  database     = jsondecode(file("tests/private-prod.json")).database
  cache        = jsondecode(file("tests/private-prod.json")).cache
  backup       = jsondecode(file("tests/private-prod.json")).backup
  dns          = jsondecode(file("tests/private-prod.json")).dns
  private_link = jsondecode(file("tests/private-prod.json")).private_link
  budget       = jsondecode(file("tests/private-prod.json")).budget
  alerts       = jsondecode(file("tests/private-prod.json")).alerts
  protect      = jsondecode(file("tests/private-prod.json")).protect
  workloads    = jsondecode(file("tests/private-prod.json")).workloads
}

run "closed" {
  command = plan

  assert {
    condition     = local.egress == "user-defined" && output.egress_address == null
    error_message = "Everything leaves by the firewall."
  }

  assert {
    condition     = { for purpose, grant in local.control_plane_grants : purpose => grant.role } == { cluster_network = "Network Contributor", api_server_network = "Network Contributor", route_table = "Network Contributor", disk_encryption_set = "Reader" }
    error_message = "The control plane has what its options need."
  }

  assert {
    condition     = local.pools_per_zone && length(module.disk_encryption) == 1
    error_message = "Pools are per zone, and disks have a key of the customer's."
  }

  assert {
    condition     = toset(keys(module.private_link[0].zone_ids)) == toset(["cache", "database", "registry", "storage", "vault"])
    error_message = "The cache has an endpoint too."
  }

  assert {
    condition     = length(module.cache) == 1
    error_message = "There is a cache."
  }
}
