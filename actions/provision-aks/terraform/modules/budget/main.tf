# Tells people; it stops nothing. Nodes and their disks, which are most of the costs, are in a group of their own, so one
# budget of the subscription looks at both.
resource "azurerm_consumption_budget_subscription" "this" {
  name            = var.name
  subscription_id = "/subscriptions/${var.subscription_id}"
  amount          = var.amount
  time_grain      = "Monthly"

  filter {
    dimension {
      name   = "ResourceGroupName"
      values = var.resource_group_names
    }
  }

  time_period {
    # Azure takes no month that is over. The month of the first plan stays.
    start_date = formatdate("YYYY-MM-01'T'00:00:00Z", plantimestamp())
  }

  dynamic "notification" {
    for_each = [
      { threshold = 80, type = "Actual" },
      { threshold = 100, type = "Actual" },
      { threshold = 100, type = "Forecasted" },
    ]
    content {
      operator       = "GreaterThanOrEqualTo"
      threshold      = notification.value.threshold
      threshold_type = notification.value.type
      contact_emails = var.notify
    }
  }

  lifecycle {
    ignore_changes = [time_period]
  }
}
