mock_provider "azurerm" {}

variables {
  resource_group_id     = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test"
  cluster_id            = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-test/providers/Microsoft.ContainerService/managedClusters/aks-test"
  platform_namespaces   = ["argocd"]
  privileged_namespaces = ["gpu-operator"]
}

run "defaults" {
  command = plan

  assert {
    condition     = endswith(azurerm_resource_group_policy_assignment.pod_security[0].policy_definition_id, "/policySetDefinitions/a8640138-9b0a-4a28-b8cb-1666c838647d")
    error_message = "The baseline is reported."
  }

  assert {
    condition     = jsondecode(azurerm_resource_group_policy_assignment.pod_security[0].parameters).effect.value == "Audit"
    error_message = "Nothing is denied."
  }

  assert {
    condition     = contains(jsondecode(azurerm_resource_group_policy_assignment.pod_security[0].parameters).excludedNamespaces.value, "kube-system") && contains(jsondecode(azurerm_resource_group_policy_assignment.pod_security[0].parameters).excludedNamespaces.value, "gpu-operator")
    error_message = "Pods that need the node are left out."
  }

  assert {
    condition     = azurerm_kubernetes_cluster_deployment_safeguard.this[0].level == "Warn" && azurerm_kubernetes_cluster_deployment_safeguard.this[0].excluded_namespaces == tolist(["argocd"])
    error_message = "Safeguards warn, except about the platform."
  }

  assert {
    condition     = length(azurerm_security_center_subscription_pricing.containers) == 0
    error_message = "The plan of the subscription is left alone."
  }
}

run "strict" {
  command = plan

  variables {
    pod_security  = "restricted"
    safeguards    = "Enforce"
    defender_plan = true
  }

  assert {
    condition     = endswith(azurerm_resource_group_policy_assignment.pod_security[0].policy_definition_id, "/42b8ef37-b724-4e24-bbc8-7a7708edfe00")
    error_message = "The restricted standard is reported."
  }

  assert {
    condition     = azurerm_kubernetes_cluster_deployment_safeguard.this[0].level == "Enforce"
    error_message = "Safeguards are enforced."
  }

  assert {
    condition     = azurerm_security_center_subscription_pricing.containers[0].resource_type == "Containers" && azurerm_security_center_subscription_pricing.containers[0].tier == "Standard" && contains([for extension in azurerm_security_center_subscription_pricing.containers[0].extension : extension.name], "ContainerRegistriesVulnerabilityAssessments")
    error_message = "Images are scanned."
  }
}

run "off" {
  command = plan

  variables {
    pod_security = null
    safeguards   = null
  }

  assert {
    condition     = length(azurerm_resource_group_policy_assignment.pod_security) + length(azurerm_kubernetes_cluster_deployment_safeguard.this) == 0
    error_message = "Nobody looks."
  }
}

run "refused_standard" {
  command = plan

  variables {
    pod_security = "privileged"
  }

  expect_failures = [var.pod_security]
}

run "refused_safeguards" {
  command = plan

  variables {
    safeguards = "Deny"
  }

  expect_failures = [var.safeguards]
}
