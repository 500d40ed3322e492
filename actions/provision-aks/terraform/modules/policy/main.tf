locals {
  # Azure's built-in initiatives: "Kubernetes cluster pod security baseline" and "restricted standards for Linux-based
  # workloads".
  initiatives = {
    baseline   = "a8640138-9b0a-4a28-b8cb-1666c838647d"
    restricted = "42b8ef37-b724-4e24-bbc8-7a7708edfe00"
  }

  # Azure's own namespaces, which its initiatives leave out by default too.
  azure_namespaces = ["kube-system", "gatekeeper-system", "azure-arc", "azure-extensions-usage-system"]
}

# Reports pods that break the standard and denies nothing: what is denied is said by the labels of each namespace.
resource "azurerm_resource_group_policy_assignment" "pod_security" {
  count = var.pod_security == null ? 0 : 1

  name                 = "pod-security-${var.pod_security}"
  display_name         = "Pod security standard: ${var.pod_security}"
  resource_group_id    = var.resource_group_id
  policy_definition_id = "/providers/Microsoft.Authorization/policySetDefinitions/${local.initiatives[var.pod_security]}"

  parameters = jsonencode({
    effect             = { value = "Audit" }
    excludedNamespaces = { value = concat(local.azure_namespaces, var.privileged_namespaces) }
  })
}

# Good practice for workloads: requests and limits, probes, spread over zones. `Enforce` denies, and also adds to pods
# what they lack.
resource "azurerm_kubernetes_cluster_deployment_safeguard" "this" {
  count = var.safeguards == null ? 0 : 1

  kubernetes_cluster_id = var.cluster_id
  level                 = var.safeguards

  # The platform's own charts are judged where they are made. AKS leaves its own namespaces out by itself.
  excluded_namespaces = var.platform_namespaces

  # The initiative above reports it already.
  pod_security_standards_level = "Privileged"
}

# The whole subscription's plan, which costs by the vCPU: the scan of images and the look at the cluster from outside.
# The sensor in the nodes is the cluster's.
resource "azurerm_security_center_subscription_pricing" "containers" {
  count = var.defender_plan ? 1 : 0

  resource_type = "Containers"
  tier          = "Standard"

  extension {
    name = "ContainerRegistriesVulnerabilityAssessments"
  }

  extension {
    name = "AgentlessDiscoveryForKubernetes"
  }
}
