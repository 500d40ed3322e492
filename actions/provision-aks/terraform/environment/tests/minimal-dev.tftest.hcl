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
  scope        = jsondecode(file("tests/minimal-dev.json")).scope
  logs         = jsondecode(file("tests/minimal-dev.json")).logs
  network      = jsondecode(file("tests/minimal-dev.json")).network
  registry     = jsondecode(file("tests/minimal-dev.json")).registry
  cluster      = jsondecode(file("tests/minimal-dev.json")).cluster
  pools        = jsondecode(file("tests/minimal-dev.json")).pools
  gateway      = jsondecode(file("tests/minimal-dev.json")).gateway
  vault        = jsondecode(file("tests/minimal-dev.json")).vault
  storage      = jsondecode(file("tests/minimal-dev.json")).storage
  database     = jsondecode(file("tests/minimal-dev.json")).database
  cache        = jsondecode(file("tests/minimal-dev.json")).cache
  backup       = jsondecode(file("tests/minimal-dev.json")).backup
  dns          = jsondecode(file("tests/minimal-dev.json")).dns
  private_link = jsondecode(file("tests/minimal-dev.json")).private_link
  budget       = jsondecode(file("tests/minimal-dev.json")).budget
  alerts       = jsondecode(file("tests/minimal-dev.json")).alerts
  protect      = jsondecode(file("tests/minimal-dev.json")).protect
  workloads    = jsondecode(file("tests/minimal-dev.json")).workloads
}

run "first_environment" {
  command = plan

  assert {
    condition     = length(module.gateway) == 1 && length(module.storage) == 1
    error_message = "There is a gateway, and storage for logs and artifacts."
  }

  assert {
    condition     = length(module.database) + length(module.cache) + length(module.backup) + length(module.budget) + length(module.dns) == 0
    error_message = "The first environment keeps its data in the cluster, and has no names of its own."
  }

  assert {
    condition     = toset(keys(module.private_link[0].zone_ids)) == toset(["registry", "storage", "vault"])
    error_message = "The shared vault has an endpoint too."
  }

  assert {
    condition     = toset(keys(local.workloads)) == toset(["alb-controller", "external-secrets", "loki", "mlflow"])
    error_message = "Nobody gets an identity for what is not there."
  }

  assert {
    condition     = length(module.locks) == 0
    error_message = "Nothing is locked."
  }

  assert {
    condition     = toset(keys(local.diagnostics)) == toset(["cluster", "gateway", "registry", "storage"])
    error_message = "What is made here is watched; the shared vault is watched where it is made."
  }
}

run "who_may_do_what" {
  command = plan

  assert {
    condition     = { for purpose, grant in local.control_plane_grants : purpose => grant.role } == { cluster_network = "Network Contributor" }
    error_message = "The control plane joins the subnet of the nodes, and nothing else."
  }

  assert {
    condition     = { for purpose, grant in local.cluster_made_grants : purpose => grant.role } == { registry_pull = "AcrPull", secrets_provider = "Key Vault Secrets User" }
    error_message = "Nodes pull, and the secrets provider reads."
  }

  assert {
    condition     = { for purpose, grant in local.workloads["alb-controller"].grants : purpose => grant.role } == { gateway = "AppGw for Containers Configuration Manager", nodes = "Reader", subnet = "Network Contributor", waf = "Network Contributor" }
    error_message = "The controller may program the gateway."
  }

  assert {
    condition     = { for workload in ["loki", "mlflow"] : workload => local.workloads[workload].grants.blobs.role } == { loki = "Storage Blob Data Contributor", mlflow = "Storage Blob Data Contributor" }
    error_message = "Loki and MLflow have containers."
  }

  assert {
    condition     = local.workloads["external-secrets"].grants.secrets.scope == var.vault.existing_id
    error_message = "Secrets come from the shared vault."
  }
}

run "refused_no_workspace" {
  command = plan

  variables {
    logs = {}
  }

  expect_failures = [var.logs]
}

run "refused_two_workspaces" {
  command = plan

  variables {
    logs = { shared = { name = "log", resource_group = "rg", subscription_id = "22222222-2222-2222-2222-222222222222" }, existing_id = "/subscriptions/s" }
  }

  expect_failures = [var.logs]
}

run "refused_subscription" {
  command = plan

  variables {
    scope = merge(jsondecode(file("tests/minimal-dev.json")).scope, { subscription_id = "dev" })
  }

  expect_failures = [var.scope]
}

run "refused_location" {
  command = plan

  variables {
    scope = merge(jsondecode(file("tests/minimal-dev.json")).scope, { location = "West Europe" })
  }

  expect_failures = [var.scope]
}

run "refused_no_registry" {
  command = plan

  variables {
    registry = {}
  }

  expect_failures = [var.registry]
}

run "refused_no_network" {
  command = plan

  variables {
    network = {}
  }

  expect_failures = [var.network]
}

run "refused_no_vault" {
  command = plan

  variables {
    vault = { shared = false }
  }

  expect_failures = [var.vault]
}

run "refused_a_made_vault_that_is_shared" {
  command = plan

  variables {
    vault = { created = { name = "kv-test", public_access = true }, shared = true }
  }

  expect_failures = [var.vault]
}

run "refused_flow_logs_without_storage" {
  command = plan

  variables {
    network   = { created = merge(jsondecode(file("tests/minimal-dev.json")).network.created, { flow_logs = { retention_days = 30 } }) }
    storage   = null
    workloads = {}
  }

  expect_failures = [var.network]
}

run "refused_backup_without_storage" {
  command = plan

  variables {
    backup    = { vault = "bvault-test", retention_days = 7, every_hours = 24 }
    storage   = null
    workloads = {}
  }

  expect_failures = [var.backup]
}

run "refused_container_that_is_missing" {
  command = plan

  variables {
    storage = merge(jsondecode(file("tests/minimal-dev.json")).storage, { containers = { loki = "loki" } })
  }

  expect_failures = [var.storage]
}

run "refused_workload" {
  command = plan

  variables {
    workloads = { grafana = { namespace = "monitoring", name = "grafana" } }
  }

  expect_failures = [var.workloads]
}

run "refused_standard_without_policy" {
  command = plan

  variables {
    cluster = merge(jsondecode(file("tests/minimal-dev.json")).cluster, { features = merge(jsondecode(file("tests/minimal-dev.json")).cluster.features, { policy = false }) })
  }

  expect_failures = [var.cluster]
}

run "refused_integration_without_a_subnet" {
  command = plan

  variables {
    cluster = merge(jsondecode(file("tests/minimal-dev.json")).cluster, { vnet_integration = true })
  }

  expect_failures = [var.cluster]
}

run "secrets_of_the_vault" {
  command = plan

  variables {
    workloads = merge(jsondecode(file("tests/minimal-dev.json")).workloads, {
      secrets-ai-tools = { namespace = "ai-tools", name = "secrets" }
    })
  }

  assert {
    condition     = local.workloads["secrets-ai-tools"].service_account == "secrets" && local.workloads["secrets-ai-tools"].namespace == "ai-tools"
    error_message = "A namespace that gets secrets of the vault has an identity of its own."
  }

  assert {
    condition     = local.workloads["secrets-ai-tools"].grants.secrets.role == "Key Vault Secrets User" && length(local.workloads["secrets-ai-tools"].grants) == 1
    error_message = "It may read secrets, and nothing else."
  }
}
