# One identity for each service account that signs in to Azure: no workload can do what another one may.
resource "azurerm_user_assigned_identity" "workload" {
  for_each = var.workloads

  name                = "id-${each.key}-${var.cluster_name}"
  location            = var.location
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

# One for each identity: Azure takes changes of an identity's credentials one by one.
resource "azurerm_federated_identity_credential" "workload" {
  for_each = var.workloads

  name                      = "kubernetes"
  user_assigned_identity_id = azurerm_user_assigned_identity.workload[each.key].id
  issuer                    = var.issuer_url
  subject                   = "system:serviceaccount:${each.value.namespace}:${each.value.service_account}"
  audience                  = ["api://AzureADTokenExchange"]
}

resource "azurerm_role_assignment" "workload" {
  for_each = local.workload_grants

  name                 = uuidv5("url", lower("${local.seed}/${each.key}"))
  scope                = each.value.scope
  role_definition_name = each.value.role
  principal_id         = azurerm_user_assigned_identity.workload[each.value.workload].principal_id
  principal_type       = "ServicePrincipal"
}

locals {
  workload_grants = merge([
    for workload, wanted in var.workloads : {
      for purpose, grant in wanted.grants : "${workload}/${purpose}" => merge(grant, { workload = workload })
    }
  ]...)
}
