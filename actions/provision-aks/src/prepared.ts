import { createDigest } from '@suite/change-report';
import { sentenceList, UserError } from '@suite/foundation';
import type { EnvironmentScope } from '@suite/platform-file';
import { digestPlan, type PlanContent, readPlan, type Terraform } from '@suite/terraform';
import { heldVersions } from './held-versions.ts';
import { type JudgedPlan, judgePlan } from './plan.ts';
import type { Azure, Services, StateBlob } from './ports.ts';
import {
  apiVersionOf,
  predictId,
  predictResources,
  subscriptionsElsewhere,
  workspaceApi,
  workspaceId,
} from './resource-ids.ts';
import { requireState } from './state.ts';
import type { Target } from './target.ts';
import { findUnrecorded } from './unrecorded.ts';
import { terraformVariables } from './variables.ts';
import type { Workspace } from './workspace.ts';

/** A scope whose state was found and whose configuration is initialised: ready for Terraform commands. */
export interface Prepared {
  readonly azure: Azure;
  readonly workspace: Workspace;
  readonly terraform: Terraform;
  readonly state: Extract<StateBlob, { exists: true }>;
  /** What Terraform is told about this scope now. */
  readonly variables: object;
  readonly variablesFile: string;
}

/** Of Microsoft.ContainerService; the one that azurerm 5.2.0 uses itself. */
const clusterApi = '2025-10-01';

/** Reads what is there, before anything is decided: state, lock, running versions. Writes nothing in Azure. */
export async function prepare(
  target: Target,
  services: Services,
  azure: Azure,
  workspace: Workspace,
  stop?: AbortSignal,
): Promise<Prepared> {
  const { view } = target;
  const [state, cluster] = await Promise.all([
    requireState(azure, view),
    findCluster(target, azure),
    requireShared(target, azure),
  ]);
  await workspace.copyConfiguration();
  const variables = terraformVariables(view, heldVersions(cluster));
  const variablesFile = await workspace.writeVariables(variables);
  const terraform = await services.openTerraform(target, workspace, azure, stop);
  await services.log.group('terraform init', () => terraform.init({ lockFile: 'write' }));
  return { azure, workspace, terraform, state, variables, variablesFile };
}

/** What ARM holds of the cluster: a plan for it starts from the versions that Azure has moved it to. */
function findCluster({ view }: Target, azure: Azure): Promise<unknown> {
  if (view.kind === 'shared') return Promise.resolve(undefined);
  const id = predictId(
    'azurerm_kubernetes_cluster',
    { resource_group_name: view.resourceGroup, name: view.cluster.name },
    view.subscription,
  );
  return id === undefined ? Promise.resolve(undefined) : azure.findResource(id, clusterApi);
}

/** What an environment uses of the shared scope has to be there: that scope comes first. */
async function requireShared({ view }: Target, azure: Azure): Promise<void> {
  if (view.kind === 'shared') return;
  const found = await Promise.all(
    sharedThings(view).map(async ({ what, id, api }) =>
      (await azure.findResource(id, api)) === undefined ? [what] : [],
    ),
  );
  const missing = found.flat();
  if (missing.length === 0) return;
  throw new UserError({
    message: `The shared scope has no ${sentenceList(missing)} yet.`,
    remedy: 'Apply the scope `shared` first, or name what exists already under `existing:`.',
  });
}

function sharedThings(view: EnvironmentScope): { readonly what: string; readonly id: string; readonly api: string }[] {
  const { logs, dns, vault } = view;
  const things = [];
  if (!logs.existing) {
    const id = workspaceId(logs.resourceGroup, logs.name, logs.subscription);
    things.push({ what: `log workspace ${logs.name}`, id, api: workspaceApi });
  }
  if (dns !== undefined && !dns.existing) {
    const { name, resourceGroup, subscription } = dns.parent;
    const id = predictId('azurerm_dns_zone', { resource_group_name: resourceGroup, name }, subscription) ?? '';
    things.push({ what: `DNS zone ${name}`, id, api: apiVersionOf('azurerm_dns_zone') });
  }
  if (vault.existing && vault.shared) {
    things.push({ what: `vault ${vault.id.split('/').at(-1)}`, id: vault.id, api: apiVersionOf('azurerm_key_vault') });
  }
  return things;
}

/** A plan, and the state as it is now. */
export interface ReadPlan extends JudgedPlan {
  /** How often the state has been written. */
  readonly serial: number | undefined;
}

/** Makes a plan into `planFile` and judges it. */
export async function makePlan(
  target: Target,
  services: Services,
  prepared: Prepared,
  planFile: string,
): Promise<ReadPlan> {
  const { terraform, variablesFile } = prepared;
  await services.log.group('terraform plan', () => terraform.plan({ out: planFile, varFiles: [variablesFile] }));
  return readPlanFile(target, prepared, planFile);
}

/** Reads and judges a plan file. Its JSON holds secrets in clear and does not leave this function. */
export async function readPlanFile(
  target: Target,
  { terraform, azure }: Prepared,
  planFile: string,
): Promise<ReadPlan> {
  const [json, revision] = await Promise.all([terraform.show(planFile), terraform.revision()]);
  const content = readPlan(json);
  if (content.errored) {
    throw new UserError({
      message: 'This plan failed when it was made and cannot be applied.',
      remedy: 'Plan again, and put right what that says.',
    });
  }
  const digest = digestPlan(json, revision?.lineage ?? '', createDigest);
  const predicted = predictResources(content.creates, target.view.subscription, subscriptionsElsewhere(target.view));
  const unrecorded = await findUnrecorded(predicted, azure.findResource);
  const judged = judgePlan(target.view, target.platform.document.path, content, digest, unrecorded);
  return { ...judged, serial: revision?.serial };
}

/** Whether a plan was made from the platform file as it is now; versions that Azure moved in between do not count. */
export function isMadeFor({ view }: Target, content: PlanContent): boolean {
  const planned = content.variables as Partial<ReturnType<typeof terraformVariables>> & {
    cluster?: { version?: string };
    pools?: { system?: { version?: string }; workers?: Record<string, { version?: string }> };
  };
  const named = Object.entries({ system: planned.pools?.system, ...planned.pools?.workers });
  const pools = named.map(([name, pool]) => [name, pool?.version]);
  const held = { cluster: planned.cluster?.version, pools: Object.fromEntries(pools) };
  return sameJson(terraformVariables(view, held), content.variables);
}

function sameJson(expected: unknown, actual: unknown): boolean {
  // Terraform leaves out what is null and writes objects in its own order.
  const compact = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(compact);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
    return Object.fromEntries(
      entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, compact(inner)]),
    );
  };
  return JSON.stringify(compact(expected)) === JSON.stringify(compact(actual));
}
