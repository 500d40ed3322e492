mock_provider "azurerm" {}

variables {
  scope = jsondecode(file("tests/minimal-shared.json")).scope
  logs  = jsondecode(file("tests/minimal-shared.json")).logs
  dns   = jsondecode(file("tests/minimal-shared.json")).dns
  vault = jsondecode(file("tests/minimal-shared.json")).vault
}

run "workspace_and_vault" {
  command = plan

  assert {
    condition     = length(module.logs) == 1 && length(module.vault) == 1 && length(module.dns) == 0
    error_message = "Without a domain there is no zone."
  }

  assert {
    condition     = toset(keys(module.locks.ids)) == toset(["logs"])
    error_message = "The workspace is locked; the vault comes back by itself."
  }

  assert {
    condition     = toset(keys(module.diagnostics.ids)) == toset(["vault"])
    error_message = "The vault is watched."
  }
}

run "all_have_their_own_vault" {
  command = plan

  variables {
    vault = null
  }

  assert {
    condition     = length(module.vault) == 0 && output.vault_id == null && length(module.diagnostics.ids) == 0
    error_message = "Where all environments have a vault, none is shared."
  }
}

run "refused_no_workspace" {
  command = plan

  variables {
    logs = {}
  }

  expect_failures = [var.logs]
}

run "refused_retention" {
  command = plan

  variables {
    logs = { created = { name = "log-test", retention_days = 20 } }
  }

  expect_failures = [var.logs]
}

run "refused_no_zone" {
  command = plan

  variables {
    dns = {}
  }

  expect_failures = [var.dns]
}

run "refused_no_vault" {
  command = plan

  variables {
    vault = {}
  }

  expect_failures = [var.vault]
}

run "refused_subscription" {
  command = plan

  variables {
    scope = merge(jsondecode(file("tests/minimal-shared.json")).scope, { subscription_id = "shared" })
  }

  expect_failures = [var.scope]
}
