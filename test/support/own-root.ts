import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rememberResources, type StepResult } from '@suite/sandbox';
import { type BundleWorld, openBundleWorld, type RunOptions, reportOf, succeeded } from './bundle.ts';
import { finishRun } from './finished-run.ts';

/** A small platform in a root of a team's own, which makes dev: what Terraform does is all that is looked at. */
export interface OwnRoot extends BundleWorld {
  write(configuration: string): Promise<void>;
  plan(options?: RunOptions): Promise<StepResult>;
  /** Applies what a plan showed, as two jobs do it. */
  apply(planned: StepResult, options?: RunOptions): Promise<StepResult>;
  /** Plans and applies, and gives what was changed: `create azurerm_virtual_network.main`. */
  converge(): Promise<readonly string[]>;
  /** Addresses that the state holds. */
  recorded(): readonly string[];
  /** The blob of the state: as it is written, and who holds it. */
  state(): { readonly content: string; readonly isHeld: boolean };
  /** What is there now; the answer puts it back, with nobody holding anything. */
  remember(): () => void;
  /** GitHub has heard of the end of the run, and a minute passes in which nobody renews its lease. */
  runIsOver(): void;
  /** In a later run. */
  unlock(): Promise<StepResult>;
}

const folder = 'infra/dev';

export async function openOwnRoot(configuration: string, allow: readonly string[] = []): Promise<OwnRoot> {
  const sandbox = await openBundleWorld(undefined, {
    'platform.yaml': text =>
      text.replace(
        '    cluster:\n      tier: free',
        `    terraform: { working-directory: ${folder} }\n    allow: [${allow.join(', ')}]`,
      ),
  });
  const { world } = sandbox;
  world.settings.operationMs = 0;
  const view = sandbox.views.find(({ scope }) => scope === 'dev');
  if (view === undefined) throw new Error('The example has no dev.');
  const blob = () => {
    const found = world.azure.readBlob(view.state.account, view.state.container, view.state.key);
    if (found === undefined) throw new Error('dev has no state.');
    return found;
  };
  const write = async (text: string) => {
    const path = join(sandbox.checkout, folder);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'main.tf'), `${head}${text}`);
  };
  await write(configuration);
  const plan: OwnRoot['plan'] = options => sandbox.run({ command: 'plan', scope: 'dev' }, options);
  const apply: OwnRoot['apply'] = ({ outputs }, options) =>
    sandbox.run(
      {
        command: 'apply',
        scope: 'dev',
        'plan-file': outputs['plan-file'] ?? '',
        'expected-digest': outputs['digest'] ?? '',
      },
      options,
    );
  return {
    ...sandbox,
    write,
    plan,
    apply,
    converge: async () => {
      const planned = succeeded(await plan());
      const { changes } = await reportOf(planned);
      succeeded(await apply(planned));
      return changes.map(({ kind, address }) => `${kind} ${address}`);
    },
    recorded: () => {
      const { resources } = JSON.parse(blob().content.toString('utf8')) as {
        readonly resources: readonly { readonly mode: string; readonly type: string; readonly name: string }[];
      };
      return resources.filter(({ mode }) => mode === 'managed').map(({ type, name }) => `${type}.${name}`);
    },
    state: () => ({ content: blob().content.toString('utf8'), isHeld: blob().lease.state === 'leased' }),
    remember: () => {
      const { account, container, key } = view.state;
      const resources = rememberResources(world.azure);
      const { content } = blob();
      return () => {
        resources();
        // A lease would outlive a write.
        for (const name of [key, `${key}.run`]) world.azure.deleteBlob(account, container, name);
        world.azure.writeBlob(account, container, key, content);
      };
    },
    runIsOver: () => {
      const { account, container, key } = view.state;
      if (world.azure.readBlob(account, container, `${key}.run`) !== undefined) {
        world.azure.breakLease(account, container, `${key}.run`);
      }
      finishRun(sandbox);
    },
    unlock: () => {
      const token = world.github.issueToken({ repository: sandbox.repository.name, permissions: { actions: 'read' } });
      return sandbox.run(
        { command: 'unlock', scope: 'dev', 'github-token': token },
        { environment: { GITHUB_RUN_ID: '4712', GITHUB_ACTOR: 'hubot' } },
      );
    },
  };
}

const head = `terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "5.2.0"
    }
  }
  backend "azurerm" {}
}

provider "azurerm" {
  features {}
  resource_provider_registrations = "none"
}

`;
