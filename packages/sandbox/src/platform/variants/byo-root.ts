import { pullRequestRun } from '../run-requests.ts';
import { create } from '../story/create.ts';
import { mergeAndPromote } from '../story/promote.ts';
import { developer, type Stage } from '../story/stage.ts';
import { onlyDev } from './smaller.ts';
import type { Variant } from './variant.ts';

const file = 'infra/hub/main.tf';
const workspace =
  '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-hub/providers/Microsoft.OperationalInsights/workspaces/log-hub';

/** The shared scope is made by Terraform of the team's own; dev, by the suite's, uses what it makes. */
export const byoRoot: Variant = {
  name: 'byo-root',
  tells:
    'Terraform of the team’s own makes the shared scope, through the same plan, comment, approval and stages as everything else',
  changes: {
    'platform.yaml': text =>
      onlyDev(text)
        .replace(/^domain: .*\n/m, `existing:\n  logs: ${workspace}\n`)
        // Else the shared scope would have one, which the suite's root makes.
        .replace(/^ {2}dev:\n/m, '$&    key-vault: { own: true }\n')
        .replace(/^shared:.*\n/m, '$&  terraform: { working-directory: infra/hub }\n'),
    [file]: () => hub(30),
  },
  chapters: [
    {
      ...create,
      title: 'A root of the team’s own comes first',
      tells:
        'The team has Terraform that makes a hub: a resource group and a log workspace. platform.yaml names its folder in the place of the ' +
        'suite’s own root for the shared scope. The first commit on main plans and applies it like everything else, with its state where the ' +
        'platform lock says; dev follows and uses the workspace.',
    },
    {
      number: 2,
      title: 'It is changed like everything else',
      tells:
        'A pull request changes the team’s Terraform, and nothing of the platform file. Its comment shows what that means; merged, exactly ' +
        'that is applied.',
      after: [1],
      play: async stage => {
        const { repository, world, run, see } = stage;
        await repository.commit({
          branch: 'keep-logs',
          message: 'Logs are kept for 90 days',
          author: developer,
          files: { [file]: hub(90) },
        });
        const { number } = await repository.openPull({
          title: 'Logs are kept for 90 days',
          branch: 'keep-logs',
          author: developer,
        });
        await run(`Pull request ${number} is opened`, pullRequestRun(repository, number, 'opened'));
        see(
          'The comment says what the team’s Terraform would change',
          repository.pull(number).comments.some(({ body }) => body.includes('retention_in_days')),
          { pull: number },
        );
        await mergeAndPromote(stage, number);
        see('The workspace keeps logs for 90 days', retention(world) === 90);
      },
    },
  ],
};

function retention({ azure }: Stage['world']): unknown {
  return (azure.resource(workspace)?.['properties'] as { retentionInDays?: unknown } | undefined)?.retentionInDays;
}

function hub(days: number): string {
  return `terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 5.2"
    }
  }
  backend "azurerm" {}
}

provider "azurerm" {
  features {}
  resource_provider_registrations = "none"
}

resource "azurerm_resource_group" "hub" {
  name     = "rg-hub"
  location = "westeurope"
}

resource "azurerm_log_analytics_workspace" "hub" {
  name                = "log-hub"
  resource_group_name = azurerm_resource_group.hub.name
  location            = azurerm_resource_group.hub.location
  sku                 = "PerGB2018"
  retention_in_days   = ${days}
}
`;
}
