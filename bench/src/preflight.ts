import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { count } from '@suite/foundation';
import { openSandbox, runAction, type SandboxWorld } from '@suite/sandbox';
import { type Case, type Measurement, median } from './measurement.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'out', 'bench', 'preflight');
const counts = [1, 3, 6];
const runs = 5;
/** Each answer takes as long as Azure's slowest list; the sandbox's own take milliseconds. */
const slowMs = 1000;

/**
 * How long a plan waits for preflight once Terraform is done, in platforms of one, three and six environments, with every answer
 * slow. Beside it the whole plan, from the start of the process to its end. The last environment is planned, from nothing.
 */
export async function measurePreflight(): Promise<Measurement> {
  const cases: Case[] = [];
  for (const environments of counts) {
    const sandbox = await openPlatform(environments);
    try {
      sandbox.world.faults.add({ match: isQuestion, answer: { delayMs: slowMs } });
      const waited: number[] = [];
      const whole: number[] = [];
      for (let run = 0; run < runs; run++) {
        const started = performance.now();
        waited.push(await planned(sandbox, `env${environments}`));
        whole.push(performance.now() - started);
      }
      cases.push({
        case: count(environments, 'environment'),
        metric: 'added',
        unit: 'ms',
        ours: median(waited),
        peers: { 'whole plan': median(whole) },
      });
    } finally {
      await sandbox.world.close();
    }
  }
  return { name: 'preflight', cases };
}

function isQuestion({ host, path }: { readonly host: string; readonly path: string }): boolean {
  return (
    host === 'management.azure.com' &&
    /\/(?:skus|usages|kubernetesversions|checknameavailability|deletedvaults|checkpolicyrestrictions|features|denyassignments|userassignedidentities|upgradeprofiles)(?:\/|$)|\/subscriptions\/[^/]+\/providers\/[^/]+$/i.test(
      path,
    )
  );
}

/** What is shared exists already, so that an environment can be planned where nothing was applied. */
async function openPlatform(environments: number): Promise<SandboxWorld> {
  const example = `${folder}-example`;
  await rm(example, { recursive: true, force: true });
  await cp(join(root, 'examples', 'platform-repository'), example, { recursive: true });
  await writeFile(join(example, 'platform.yaml'), platformFile(environments));
  await writeFile(join(example, 'platform.lock.yaml'), lockFile(environments));
  const bundle = join(root, 'out', 'sandbox', 'azurerm', 'index.js');
  const sandbox = await openSandbox({ example, folder, provider: { bundle } });
  const { azure } = sandbox.world;
  azure.putResource(workspace, { location: 'westeurope' });
  azure.putResource(vault, {
    location: 'westeurope',
    properties: { tenantId: guid(1), sku: { family: 'A', name: 'standard' }, enableRbacAuthorization: true },
  });
  return sandbox;
}

const guid = (digits: number) => `00000000-0000-4000-8000-${String(digits).padStart(12, '0')}`;
const hub = guid(9);
const workspace = `/subscriptions/${hub}/resourceGroups/rg-hub/providers/Microsoft.OperationalInsights/workspaces/log-hub`;
const vault = `/subscriptions/${hub}/resourceGroups/rg-hub/providers/Microsoft.KeyVault/vaults/kv-hub`;
const names = (environments: number) => Array.from({ length: environments }, (_, index) => `env${index + 1}`);

function platformFile(environments: number): string {
  const entries = names(environments).map(
    (name, index) =>
      `  ${name}:\n    subscription: ${guid(100 + index)}\n    location: westeurope\n    production: false\n`,
  );
  return `version: 1\nname: bench\ntenant: ${guid(1)}\nshared: { subscription: ${hub}, location: westeurope }\nexisting: { logs: ${workspace}, key-vault: ${vault} }\nenvironments:\n${entries.join('')}`;
}

function lockFile(environments: number): string {
  const scopes = ['shared', ...names(environments)].map(
    (scope, index) =>
      `  ${scope}: { westeurope: { identities: { plan: ${guid(200 + 2 * index)}, apply: ${guid(201 + 2 * index)} }, state: { account: stbench${index}, container: tfstate } } }\n`,
  );
  return `version: 1\nscopes:\n${scopes.join('')}`;
}

/** Milliseconds that the plan says it waited. */
async function planned(sandbox: SandboxWorld, scope: string): Promise<number> {
  const result = await runAction({
    name: 'plan',
    action: join(root, 'out', 'release', 'provision-aks'),
    inputs: { command: 'plan', scope },
    environment: {
      ...sandbox.environmentOf({}),
      GITHUB_REPOSITORY_ID: sandbox.repository.id,
      GITHUB_ACTION_REPOSITORY: 'org/actions',
      GITHUB_ACTION_REF: 'v1',
    },
    workspace: sandbox.checkout,
    temp: join(folder, 'temp'),
  });
  const waited = /Preflight: .* waited ([\d.]+) s /.exec(result.log.join('\n'))?.[1];
  if (waited === undefined)
    throw new Error(`The plan of ${scope} tells nothing of preflight:\n${result.log.join('\n')}`);
  return Number(waited) * 1000;
}
