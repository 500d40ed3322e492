# Reaches machines of the management zone without public addresses on them. Costs by the hour, used or not.
resource "azurerm_public_ip" "bastion" {
  count = var.subnets.bastion == null ? 0 : 1

  name                = "pip-bas-${local.suffix}"
  location            = var.location
  resource_group_name = var.resource_group_name
  sku                 = "Standard"
  allocation_method   = "Static"
  tags                = var.tags
}

resource "azurerm_bastion_host" "this" {
  count = var.subnets.bastion == null ? 0 : 1

  name                = "bas-${local.suffix}"
  location            = var.location
  resource_group_name = var.resource_group_name

  # The least that lets `az network bastion tunnel` and `ssh` through.
  sku               = "Standard"
  tunneling_enabled = true

  ip_configuration {
    name                 = "bastion"
    subnet_id            = azurerm_subnet.this["bastion"].id
    public_ip_address_id = azurerm_public_ip.bastion[0].id
  }

  tags = var.tags

  # Bastion looks at the rules while it is made, and refuses a group that lacks one of its own.
  depends_on = [azurerm_subnet_network_security_group_association.this]
}
