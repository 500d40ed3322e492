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
  scope        = jsondecode(file("tests/guide-dev.json")).scope
  logs         = jsondecode(file("tests/guide-dev.json")).logs
  network      = jsondecode(file("tests/guide-dev.json")).network
  registry     = jsondecode(file("tests/guide-dev.json")).registry
  cluster      = jsondecode(file("tests/guide-dev.json")).cluster
  pools        = jsondecode(file("tests/guide-dev.json")).pools
  gateway      = jsondecode(file("tests/guide-dev.json")).gateway
  vault        = jsondecode(file("tests/guide-dev.json")).vault
  storage      = jsondecode(file("tests/guide-dev.json")).storage
  database     = jsondecode(file("tests/guide-dev.json")).database
  cache        = jsondecode(file("tests/guide-dev.json")).cache
  backup       = jsondecode(file("tests/guide-dev.json")).backup
  dns          = jsondecode(file("tests/guide-dev.json")).dns
  private_link = jsondecode(file("tests/guide-dev.json")).private_link
  budget       = jsondecode(file("tests/guide-dev.json")).budget
  alerts       = jsondecode(file("tests/guide-dev.json")).alerts
  protect      = jsondecode(file("tests/guide-dev.json")).protect
  workloads    = jsondecode(file("tests/guide-dev.json")).workloads
}

run "names_of_its_own" {
  command = plan

  assert {
    condition     = length(module.dns) == 1 && output.dns_zone.name == "dev.platform.contoso.com"
    error_message = "The environment has a zone of its own."
  }

  assert {
    condition     = keys(local.workloads["cert-manager"].grants) == tolist(["zone"])
    error_message = "Certificates are proven in that zone alone."
  }

  assert {
    condition     = length(module.budget) == 1
    error_message = "There is a budget."
  }
}

run "refused_zone_that_nobody_delegates" {
  command = plan

  variables {
    dns = { name = "dev.platform.contoso.com" }
  }

  expect_failures = [var.dns]
}
