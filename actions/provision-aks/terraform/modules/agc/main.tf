# Application Gateway for Containers: the one way from the Internet to workloads. The controller in the cluster
# programs it; what it is made of is made here. Load balancer, frontend and association cost by the hour each, and
# traffic by capacity units.
resource "azurerm_application_load_balancer" "this" {
  name                = var.name
  location            = var.location
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

resource "azurerm_application_load_balancer_frontend" "this" {
  name                         = var.frontend
  application_load_balancer_id = azurerm_application_load_balancer.this.id
  tags                         = var.tags
}

# One per load balancer and per subnet. The subnet cannot go before it has gone.
resource "azurerm_application_load_balancer_subnet_association" "this" {
  name                         = "dmz"
  application_load_balancer_id = azurerm_application_load_balancer.this.id
  subnet_id                    = var.subnet_id
  tags                         = var.tags
}
