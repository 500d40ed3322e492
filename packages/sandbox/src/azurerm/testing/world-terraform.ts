import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWorld, type World } from '../../world/index.ts';
import { grantedJob, platformJob, seedSubscription, subscription } from '../../world/testing.ts';
import { installMirror } from '../mirror.ts';
import { mirrorFromSource, type Outcome, terraform } from './terraform.ts';
import type { Plan, PlannedResource } from './workspace.ts';

/** Terraform with the stand-in provider (or a real azurerm) against the sandbox's own Azure, as somebody who owns the subscription. */
export interface WorldTerraform {
  readonly world: World;
  open(name: string, configuration: string): Promise<WorldDirectory>;
  close(): Promise<void>;
}

export interface WorldDirectory {
  write(configuration: string): Promise<void>;
  run(...args: readonly string[]): Promise<Outcome>;
  /** The changes that a plan would make, refreshed; throws when it cannot be made. */
  plan(...options: readonly string[]): Promise<readonly PlannedResource[]>;
  /** Throws with all that Terraform said when it fails. */
  apply(...options: readonly string[]): Promise<void>;
  destroy(): Promise<void>;
}

const preamble = `
terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "5.2.0"
    }
  }
}
provider "azurerm" {
  features {}
  resource_provider_registrations = "none"
}
`;

export async function openWorldTerraform(providerExecutable?: string): Promise<WorldTerraform> {
  const root = await mkdtemp(join(tmpdir(), 'world-terraform-'));
  const world = await startWorld({ directory: join(root, 'world'), subscriptions: [subscription], operationMs: 20 });
  seedSubscription(world);
  const cliConfigFile =
    providerExecutable === undefined
      ? await mirrorFromSource(join(root, 'provider'))
      : (await installMirror({ directory: join(root, 'provider'), providerExecutable })).cliConfigFile;

  const environment = () => {
    const job = world.jobEnvironment(platformJob);
    return {
      ...job,
      TF_CLI_CONFIG_FILE: cliConfigFile,
      ARM_USE_OIDC: 'true',
      ARM_TENANT_ID: world.azure.tenant,
      ARM_SUBSCRIPTION_ID: subscription,
      ARM_CLIENT_ID: grantedJob.clientId,
      ARM_OIDC_REQUEST_URL: job['ACTIONS_ID_TOKEN_REQUEST_URL'],
      ARM_OIDC_REQUEST_TOKEN: job['ACTIONS_ID_TOKEN_REQUEST_TOKEN'],
    };
  };

  return {
    world,
    open: async (name, configuration) => {
      const path = join(root, name);
      const write = (text: string) => writeFile(join(path, 'main.tf'), preamble + text);
      const run = (...args: readonly string[]) => terraform(path, args, environment());
      const succeed = async (...args: readonly string[]) => {
        const { code, stdout, stderr } = await run(...args);
        if (code !== 0) throw new Error(`terraform ${args.join(' ')}:\n${stderr}\n${stdout}`);
        return stdout;
      };
      await mkdir(path);
      await write(configuration);
      await succeed('init', '-input=false', '-no-color');
      return {
        write,
        run,
        plan: async (...options) => {
          await succeed('plan', '-input=false', '-no-color', '-lock=false', '-out=plan', ...options);
          const plan = JSON.parse(await succeed('show', '-json', 'plan')) as Plan;
          return (plan.resource_changes ?? []).filter(({ change }) =>
            change.actions.some(action => action !== 'no-op'),
          );
        },
        apply: async (...options) =>
          void (await succeed('apply', '-input=false', '-no-color', '-auto-approve', '-lock=false', ...options)),
        destroy: async () =>
          void (await succeed('apply', '-destroy', '-input=false', '-no-color', '-auto-approve', '-lock=false')),
      };
    },
    close: async () => {
      await world.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** `address: what, and for an update or replacement which top-level attributes`, sorted: how a test writes down a plan. */
export function summarise(changes: readonly PlannedResource[]): readonly string[] {
  return changes
    .map(({ address, change }) => {
      const before = (change.before ?? {}) as { readonly [name: string]: unknown };
      const after = (change.after ?? {}) as { readonly [name: string]: unknown };
      const differing = Object.keys(after).filter(
        name => JSON.stringify(before[name]) !== JSON.stringify(after[name]) && change.before !== null,
      );
      const paths = (change.replace_paths ?? []) as readonly (readonly (string | number)[])[];
      const forced = paths.map(path => path.join('.'));
      return [`${address}: ${change.actions.join(' ')}`, ...(forced.length > 0 ? forced : differing).toSorted()].join(
        ' ',
      );
    })
    .toSorted();
}
