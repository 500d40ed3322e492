# Keeps what holds data from being deleted by a mistake, whoever makes it. Whoever wants to delete it removes `protect`
# first, which is a change of its own that somebody reviews.
#
# A lock holds for everything below it as well: replicas, containers, role assignments and diagnostic settings of what
# is locked cannot be deleted either. To take one of those away, take `protect` away before it.
resource "azurerm_management_lock" "this" {
  for_each = var.scopes

  name       = "do-not-delete"
  scope      = each.value
  lock_level = "CanNotDelete"
  notes      = "Holds data. Remove `protect` from the platform file to delete it."
}
