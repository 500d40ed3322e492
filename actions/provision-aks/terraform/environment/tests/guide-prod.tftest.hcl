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
  scope        = jsondecode(file("tests/guide-prod.json")).scope
  logs         = jsondecode(file("tests/guide-prod.json")).logs
  network      = jsondecode(file("tests/guide-prod.json")).network
  registry     = jsondecode(file("tests/guide-prod.json")).registry
  cluster      = jsondecode(file("tests/guide-prod.json")).cluster
  pools        = jsondecode(file("tests/guide-prod.json")).pools
  gateway      = jsondecode(file("tests/guide-prod.json")).gateway
  vault        = jsondecode(file("tests/guide-prod.json")).vault
  storage      = jsondecode(file("tests/guide-prod.json")).storage
  database     = jsondecode(file("tests/guide-prod.json")).database
  cache        = jsondecode(file("tests/guide-prod.json")).cache
  backup       = jsondecode(file("tests/guide-prod.json")).backup
  dns          = jsondecode(file("tests/guide-prod.json")).dns
  private_link = jsondecode(file("tests/guide-prod.json")).private_link
  budget       = jsondecode(file("tests/guide-prod.json")).budget
  alerts       = jsondecode(file("tests/guide-prod.json")).alerts
  protect      = jsondecode(file("tests/guide-prod.json")).protect
  workloads    = jsondecode(file("tests/guide-prod.json")).workloads
}

run "production" {
  command = plan

  assert {
    condition     = toset(keys(module.private_link[0].zone_ids)) == toset(["database", "registry", "storage", "vault"])
    error_message = "Everything that holds data is reached by private endpoints."
  }

  assert {
    condition     = toset(keys(module.locks[0].ids)) == toset(["backup", "database", "dns", "registry", "storage", "vault"])
    error_message = "What holds data is locked."
  }

  assert {
    condition     = toset(keys(local.diagnostics)) == toset(["cluster", "gateway", "registry", "storage", "vault"])
    error_message = "What is made here is watched."
  }

  assert {
    condition     = length(module.backup) == 1 && output.database.port == 6432
    error_message = "There are a backup, and a database with a pool."
  }

  assert {
    condition     = output.gateway.frontend == "web"
    error_message = "The gateway has one frontend."
  }

  assert {
    condition     = !local.pools_per_zone && local.egress == "nat-gateway"
    error_message = "Pools span zones, and nodes leave by a NAT gateway."
  }

  assert {
    condition     = output.dns_zone.name == "prod.platform.contoso.com"
    error_message = "The environment has a zone of its own."
  }
}

run "unprotected" {
  command = plan

  variables {
    protect = false
  }

  assert {
    condition     = length(module.locks) == 0
    error_message = "Protection can be taken away."
  }
}

run "refused_backup_without_snapshots" {
  command = plan

  variables {
    cluster = merge(jsondecode(file("tests/guide-prod.json")).cluster, { features = merge(jsondecode(file("tests/guide-prod.json")).cluster.features, { csi = { blob = true, disk = true, file = true, snapshot = false } }) })
  }

  expect_failures = [var.backup]
}

run "refused_database_without_endpoints" {
  command = plan

  variables {
    private_link = null
  }

  expect_failures = [var.database]
}

run "refused_cache_without_endpoints" {
  command = plan

  variables {
    private_link = null
    database     = null
    cache        = { name = "redis-test", size = "Balanced_B0" }
  }

  expect_failures = [var.cache]
}
