mock_provider "azurerm" {}

variables {
  cluster_name         = "aks-test"
  cluster_identity     = "id-aks-test"
  subscription_id      = "33333333-3333-3333-3333-333333333333"
  issuer_url           = "https://westeurope.oic.prod-aks.azure.com/11111111-1111-1111-1111-111111111111/22222222-2222-2222-2222-222222222222/"
  control_plane_grants = { cluster_network = { scope = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.Network/virtualNetworks/vnet-test/subnets/snet-compute", role = "Network Contributor" } }
  cluster_made_grants  = { registry_pull = { scope = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.ContainerRegistry/registries/crtest", role = "AcrPull", principal_id = "88888888-8888-8888-8888-888888888888" } }
  workloads = {
    cert-manager = {
      namespace       = "cert-manager"
      service_account = "cert-manager"
      grants          = { zone = { scope = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-dns/providers/Microsoft.Network/dnszones/contoso.com", role = "DNS Zone Contributor" } }
    }
    loki = { namespace = "monitoring", service_account = "loki" }
  }
  location            = "westeurope"
  resource_group_name = "rg-test"
}

run "granted" {
  command = plan

  assert {
    condition     = azurerm_federated_identity_credential.workload["cert-manager"].subject == "system:serviceaccount:cert-manager:cert-manager" && azurerm_federated_identity_credential.workload["loki"].subject == "system:serviceaccount:monitoring:loki"
    error_message = "Each service account signs in as itself."
  }

  assert {
    condition     = alltrue([for credential in azurerm_federated_identity_credential.workload : credential.audience == tolist(["api://AzureADTokenExchange"]) && credential.issuer == var.issuer_url])
    error_message = "Credentials trust this cluster."
  }

  assert {
    condition     = keys(azurerm_role_assignment.workload) == ["cert-manager/zone"] && azurerm_role_assignment.workload["cert-manager/zone"].role_definition_name == "DNS Zone Contributor"
    error_message = "Nobody has a right that it is not given."
  }

  assert {
    condition     = azurerm_user_assigned_identity.workload["loki"].name == "id-loki-aks-test" && azurerm_user_assigned_identity.cluster.name == "id-aks-test"
    error_message = "Identities are called after what they are for."
  }
}

run "hub" {
  command = plan

  variables {
    hub = {
      principal_id = "77777777-7777-7777-7777-777777777777"
      cluster_id   = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.ContainerService/managedClusters/aks-test"
    }
  }

  assert {
    condition     = azurerm_role_assignment.hub[0].scope == var.hub.cluster_id && azurerm_role_assignment.hub[0].principal_id == var.hub.principal_id
    error_message = "A hub deploys into this cluster, and has rights over nothing else."
  }
}

run "names_stay" {
  command = plan

  assert {
    condition     = azurerm_role_assignment.control_plane["cluster_network"].name == uuidv5("url", "/subscriptions/33333333-3333-3333-3333-333333333333/resourcegroups/rg-test/aks-test/cluster_network")
    error_message = "The name is made of what is known before anything exists."
  }

  assert {
    condition     = azurerm_role_assignment.cluster_made["registry_pull"].name == uuidv5("url", "/subscriptions/33333333-3333-3333-3333-333333333333/resourcegroups/rg-test/aks-test/registry_pull") && azurerm_role_assignment.cluster_made["registry_pull"].principal_type == "ServicePrincipal"
    error_message = "So is that of the nodes' right to pull."
  }
}

run "made_by_another_tool" {
  command = plan

  variables {
    cluster_identity = "shop-identity"
    role_assignments = { registry_pull = "99999999-9999-9999-9999-999999999999" }
  }

  assert {
    condition     = azurerm_user_assigned_identity.cluster.name == "shop-identity" && azurerm_user_assigned_identity.workload["loki"].name == "id-loki-aks-test"
    error_message = "The control plane keeps its identity, whatever it is called; those of workloads are ours."
  }

  assert {
    condition     = azurerm_role_assignment.cluster_made["registry_pull"].name == "99999999-9999-9999-9999-999999999999" && azurerm_role_assignment.control_plane["cluster_network"].name != "99999999-9999-9999-9999-999999999999"
    error_message = "An assignment that exists keeps its name, and no other one gets it."
  }
}

run "nobody" {
  command = plan

  variables {
    workloads = {}
  }

  assert {
    condition     = length(azurerm_user_assigned_identity.workload) + length(azurerm_role_assignment.workload) == 0
    error_message = "Nobody signs in."
  }
}

run "refused_service_account" {
  command = plan

  variables {
    workloads = { loki = { namespace = "Monitoring", service_account = "loki" } }
  }

  expect_failures = [var.workloads]
}
