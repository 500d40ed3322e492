import { type Check, createDigest } from '@suite/change-report';
import { type Problem, sentenceList, UserError } from '@suite/foundation';
import type { StateBlob } from '@suite/lease';
import type { EnvironmentScope } from '@suite/platform-file';
import { configuredProviders, digestPlan, type PlanContent, readPlan, type Terraform } from '@suite/terraform';
import { adoptKey, importBlocks, type Unrecorded, whyNotAdopted } from './adopt.ts';
import { judgeDestroy } from './destroy/judge.ts';
import { planDestroy } from './destroy/make-plan.ts';
import { lookAround } from './destroy/surroundings.ts';
import { heldVersions } from './held-versions.ts';
import { type JudgedPlan, judgePlan, withChecks } from './plan.ts';
import { withPoolKeys } from './pool-keys.ts';
import type { Azure, Services } from './ports.ts';
import {
  apiVersionOf,
  predictId,
  predictResources,
  subscriptionsElsewhere,
  workspaceApi,
  workspaceId,
} from './resource-ids.ts';
import { requireNothingSaved } from './saved-state.ts';
import { describeSources, hasOwnRoot } from './sources/describe-sources.ts';
import { refuseProviders } from './sources/own-providers.ts';
import { requireState } from './state.ts';
import type { Target } from './target.ts';
import { describeApplied, findUnrecorded } from './unrecorded.ts';
import { terraformRoot, terraformVariables } from './variables.ts';
import type { Workspace } from './workspace.ts';

/** A scope whose state was found and whose configuration is initialised: ready for Terraform commands. */
export interface Prepared {
  readonly azure: Azure;
  readonly workspace: Workspace;
  readonly terraform: Terraform;
  readonly state: Extract<StateBlob, { exists: true }>;
  /** What Terraform is told about this scope now. */
  readonly variables: object;
  /** Files of variables, the later one over the earlier one. */
  readonly varFiles: readonly string[];
  /** What its plans are for: to make what the platform file says, or to take it away. */
  readonly purpose: 'build' | 'destroy';
}

/** Of Microsoft.ContainerService; the one that azurerm 5.2.0 uses itself. */
const clusterApi = '2025-10-01';

/** Reads what is there, before anything is decided: state, lock, running versions. Writes nothing in Azure. */
export async function prepare(
  target: Target,
  services: Services,
  azure: Azure,
  workspace: Workspace,
  purpose: Prepared['purpose'] = 'build',
  stop?: AbortSignal,
): Promise<Prepared> {
  const { view } = target;
  const { sources } = workspace;
  const isOurs = !hasOwnRoot(view);
  const [state, cluster] = await Promise.all([
    requireState(azure, view),
    isOurs ? findCluster(target, azure) : undefined,
    isOurs ? requireShared(target, azure, purpose) : undefined,
    requireNothingSaved(view, azure),
  ]);
  await workspace.copyConfiguration();
  const variables = isOurs ? terraformVariables(view, heldVersions(cluster)) : {};
  // What the platform file says stands above what a team says for its own files.
  const varFiles = [...sources.variableFiles, ...(isOurs ? [await workspace.writeVariables(variables)] : [])];
  const terraform = await services.openTerraform(target, workspace, azure, stop);
  services.log.info(describeSources(sources));
  const lockFile = sources.lockFile === undefined ? 'write' : 'readonly';
  await services.log.group(`${terraform.engine.command} init`, () => terraform.init({ lockFile }));
  return { azure, workspace, terraform, state, variables, varFiles, purpose };
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
async function requireShared(
  { view }: Target,
  azure: Pick<Azure, 'findResource'>,
  purpose: Prepared['purpose'],
): Promise<void> {
  if (view.kind === 'shared') return;
  const found = await Promise.all(
    sharedThings(view).map(async ({ what, id, api }) =>
      (await azure.findResource(id, api)) === undefined ? [what] : [],
    ),
  );
  const missing = found.flat();
  if (missing.length === 0) return;
  throw new UserError(describeMissing(missing, purpose));
}

/** `missing`: what people call the things of the shared scope that are not there. Pure. */
export function describeMissing(missing: readonly string[], purpose: Prepared['purpose']): Problem {
  const what = sentenceList(missing);
  if (purpose === 'build') {
    return {
      message: `The shared scope has no ${what} yet.`,
      remedy: 'Apply the scope `shared` first, or name what exists already under `existing:`.',
    };
  }
  return {
    message: `The shared scope has no ${what} any more. The plan of the destroy reads ${missing.length === 1 ? 'it' : 'them'}, as every plan of this environment does. Nothing was destroyed.`,
    remedy:
      'What is shared goes last. Restore it or apply the scope `shared` once more, or name something that exists under `existing:`, then plan the destroy again.',
  };
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
  const { terraform, varFiles, purpose } = prepared;
  const options = { out: planFile, varFiles };
  if (purpose === 'destroy') {
    const notes = await services.log.group(`${terraform.engine.command} plan`, () =>
      planDestroy(target.view, terraform, options),
    );
    const made = await readPlanFile(target, prepared, planFile);
    return { ...made, content: { ...made.content, warnings: [...made.content.warnings, ...notes] } };
  }
  await services.log.group(`${terraform.engine.command} plan`, () => terraform.plan(options));
  if (target.view.allow.some(key => key === adoptKey)) await adopt(target, services, prepared, planFile);
  return readPlanFile(target, prepared, planFile);
}

/** Plans anew with import blocks for what exists and is not recorded, as far as it can be taken over. */
async function adopt(target: Target, services: Services, prepared: Prepared, planFile: string): Promise<void> {
  const { terraform, varFiles, workspace } = prepared;
  const adopted: Unrecorded[] = [];
  const isNew = ({ address }: Unrecorded) => !adopted.some(one => one.address === address);
  // A plan that takes something over knows its values, and with them the ids of what hangs on it: so it is looked again until nothing more is found.
  for (;;) {
    const found = await unrecordedIn(target, prepared, readPlan(await terraform.show(planFile)));
    const more = found.filter(resource => whyNotAdopted(resource, target.view) === undefined && isNew(resource));
    if (more.length === 0) return;
    for (const { id } of more) services.log.info(`Adopting ${id}`);
    adopted.push(...more);
    await workspace.writeImports(importBlocks(adopted));
    const options = { out: planFile, varFiles };
    await services.log.group(`${terraform.engine.command} plan with imports`, () => terraform.plan(options));
  }
}

function unrecordedIn({ view }: Target, { azure }: Prepared, { creates }: PlanContent): Promise<Unrecorded[]> {
  return findUnrecorded(predictResources(creates, view.subscription, subscriptionsElsewhere(view)), azure.findResource);
}

/** Reads and judges a plan file. Its JSON holds secrets in clear and does not leave this function. */
export async function readPlanFile(target: Target, prepared: Prepared, planFile: string): Promise<ReadPlan> {
  const { terraform, azure, purpose, workspace } = prepared;
  const [json, revision] = await Promise.all([terraform.show(planFile), terraform.revision()]);
  await refuseProviders(workspace.sources, terraformRoot(target.view), configuredProviders(json));
  const read = readPlan(json);
  const content = { ...read, changes: withPoolKeys(read.changes, target.view) };
  if (content.errored) {
    throw new UserError({
      message: 'This plan failed when it was made and cannot be applied.',
      remedy: 'Plan again, and fix what it reports.',
    });
  }
  const digest = digestPlan(json, revision?.lineage ?? '', createDigest, await workspace.hashOwnFiles());
  if (purpose === 'destroy') {
    const recorded = await terraform.recorded();
    const going = new Set(content.changes.filter(({ kind }) => kind === 'delete').map(({ address }) => address));
    const around = await lookAround(going, recorded, azure);
    const judged = judgeDestroy(target.view, target.platform.document.path, content, digest, around);
    return { ...judged, serial: revision?.serial };
  }
  const found = await unrecordedIn(target, prepared, content);
  const recorded = found.length === 0 ? [] : await terraform.recorded();
  const known = new Set(recorded.map(({ address }) => address));
  const unrecorded = found.filter(({ address }) => !known.has(address));
  const judged = judgePlan(target.view, target.platform.document.path, content, digest, unrecorded);
  const applied = found.filter(({ address }) => known.has(address)).map(({ address }) => address);
  return { ...withChecks(judged, applied.length === 0 ? [] : [isApplied(applied)]), serial: revision?.serial };
}

function isApplied(addresses: readonly string[]): Check {
  return {
    id: 'review/applied',
    name: 'The plan is still to be applied',
    status: 'blocked',
    ...describeApplied(addresses),
  };
}

/**
 * Whether a plan was made from the platform file as it is now; versions that Azure moved in between do not count. Of a root of somebody's own only
 * its digest tells.
 */
export function isMadeFor({ view }: Target, content: PlanContent): boolean {
  const planned = content.variables as Partial<ReturnType<typeof terraformVariables>> & {
    cluster?: { version?: string };
    pools?: { system?: PlannedPool; workers?: Record<string, PlannedPool> };
  };
  const { system, workers = {} } = planned.pools ?? {};
  const pools = [system, ...Object.values(workers)].flatMap(pool =>
    pool?.name === undefined ? [] : [[pool.name, pool.version]],
  );
  const held = { cluster: planned.cluster?.version, pools: Object.fromEntries(pools) };
  const said = terraformVariables(view, held);
  // A team's own files may have variables of their own.
  const names = view.terraform === undefined ? Object.keys(content.variables) : Object.keys(said);
  const told = Object.fromEntries(names.map(name => [name, content.variables[name]]));
  return sameJson(said, told);
}

interface PlannedPool {
  readonly name?: string;
  readonly version?: string;
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
