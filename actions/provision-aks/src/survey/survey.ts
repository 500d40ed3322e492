import { readFile } from 'node:fs/promises';
import type { Check } from '@suite/change-report';
import { asObject, asString, describeProblem, type JsonObject, UserError } from '@suite/foundation';
import { parsePlatform, renderSettings, resolveEnvironment, writeSettings } from '@suite/platform-file';
import { type Outcome, plan } from '../commands.ts';
import type { SurveyRequest } from '../inputs.ts';
import type { Azure, Services } from '../ports.ts';
import { apiVersionOf } from '../resource-ids.ts';
import { hasOwnRoot } from '../sources/describe-sources.ts';
import type { Target } from '../target.ts';
import { hindrances } from './hindrances.ts';
import { allowFor, controlPlanePrincipal, propose } from './propose.ts';
import { readSurroundings } from './read-surroundings.ts';
import {
  type ClusterId,
  parseClusterId,
  requireLocation,
  requirePlace,
  type Surveyed,
  systemPoolOf,
} from './surveyed.ts';

/**
 * Reads a cluster that another tool has made, says it in the words of the platform file, and plans that: what would be imported,
 * and each difference that is left. Changes nothing.
 */
export async function survey(target: Target, services: Services, request: SurveyRequest): Promise<Outcome> {
  const { view, platform } = target;
  if (view.kind !== 'environment' || hasOwnRoot(view)) throw notHere(view.kind === 'environment');
  const id = parseClusterId(request.cluster) ?? notAnId(request.cluster);
  requirePlace(id, view);
  const surveyed = await read(id, request.cluster, [platform.source.shared.subscription], services.connect(target));
  requireLocation(id, asString(surveyed.body['location']), view);
  const problems = hindrances(surveyed);
  if (problems.length > 0) throw new UserError(problems);

  const proposal = propose(surveyed, view);
  const isOneRegion = platform.source.environments[view.scope]?.regions === undefined;
  const at = ['environments', view.scope];
  const before = await readFile(request.platformFile, 'utf8');
  const settings = { ...proposal.settings, ...(isOneRegion ? { allow: allowFor(view.allow) } : {}) };
  const after = isOneRegion
    ? writeSettings(before, at, settings)
    : writeSettings(writeSettings(before, [...at, 'regions', view.region], settings), at, {
        allow: allowFor(view.allow),
      });
  const proposed = parseProposed(after, platform.document.path, id);
  const resolved = resolveEnvironment(proposed.source, view.scope, view.region);
  const seen: Target = {
    ...target,
    platform: proposed,
    view: { ...resolved, identities: view.identities, state: view.state },
  };
  const workspace = await services.prepareWorkspace(seen);
  const planned = await plan(seen, services, workspace, {
    ...request,
    command: 'plan',
    planFile: undefined,
    destroy: false,
    store: false,
    reviewed: undefined,
    approval: true,
    failIfBlocked: false,
  });
  const checks = (planned.findings.checks ?? planned.findings.plan?.checks ?? []).map(asSurveyed(id));
  const file = await workspace.writeProposal(after);
  return {
    findings: { ...planned.findings, checks },
    proposal: {
      file,
      place: isOneRegion ? at.join('.') : [...at, 'regions', view.region].join('.'),
      lines: renderSettings(settings),
      notes: proposal.notes,
      changes: planned.findings.plan?.content.changes ?? [],
      cluster: id.name,
    },
  };
}

async function read(id: ClusterId, cluster: string, others: readonly string[], azure: Azure): Promise<Surveyed> {
  const api = apiVersionOf('azurerm_kubernetes_cluster');
  const [live, found] = await Promise.all([
    azure.readCluster(id.resourceGroup, id.name),
    azure.findResource(cluster, api),
  ]);
  if (live === undefined || found === undefined) {
    throw new UserError({
      message: `names ${cluster}, which is not there. Nothing was touched.`,
      location: { kind: 'input', name: 'cluster' },
      remedy: 'Copy its id: `az aks show --query id`.',
    });
  }
  const body = asObject(found);
  const subnet = systemPoolOf(live, asObject(body['properties']))?.subnet;
  const [surroundings, windows] = await Promise.all([
    readSurroundings(
      {
        subscription: id.subscription,
        others: others.filter(other => other !== id.subscription),
        controlPlane: controlPlanePrincipal(body),
        nodes: live.kubelet,
        secretsProvider: live.features.secretsProvider?.principal,
        subnet,
      },
      azure,
    ),
    azure.list(`${cluster}/maintenanceConfigurations`, api),
  ]);
  const maintenance = windows
    .map(asObject)
    .map((window): [string, JsonObject] => [asString(window['name']) ?? '', window]);
  return { id, live, body, surroundings, maintenance: Object.fromEntries(maintenance) };
}

/** A file that does not take what runs is a difference that a person has to put right on one side. */
function parseProposed(text: string, path: string, { name }: ClusterId) {
  try {
    return parsePlatform(text, path);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      error.problems.map(({ location: _, ...problem }) => ({
        message: `${name} cannot be adopted as it is, because a platform file would not say it: ${describeProblem({ message: problem.message })} Nothing was touched.`,
        ...(problem.remedy === undefined
          ? {}
          : { remedy: `Change the cluster first, then survey again. ${problem.remedy}` }),
      })),
      { cause: error },
    );
  }
}

/** Nothing that is adopted is lost by it: what a plan would replace is no matter of `allow:`. */
function asSurveyed({ name }: ClusterId): (check: Check) => Check {
  return check => {
    if (check.status !== 'blocked' || !check.id.startsWith('allow/')) return check;
    return {
      ...check,
      message: `${name} cannot be adopted as it is. ${check.message}`,
      remedy:
        'Change the cluster or the lines so that the attribute is alike on both sides, then survey again. Do not name it under `allow:`: what it holds would be lost.',
    };
  };
}

function notHere(isOwn: boolean): UserError {
  return new UserError({
    message: isOwn
      ? 'names an environment that is made by a root of your own. Nothing was touched.'
      : 'is `shared`, which has no cluster. Nothing was touched.',
    location: { kind: 'input', name: 'scope' },
    remedy: isOwn
      ? 'Its state already knows the cluster: move it with `moved` blocks, as the how-to on adoption shows.'
      : 'Name the environment that is to adopt the cluster.',
  });
}

function notAnId(text: string): never {
  throw new UserError({
    message: `is ${JSON.stringify(text)}, which is no id of a cluster. Nothing was touched.`,
    location: { kind: 'input', name: 'cluster' },
    remedy:
      'Use /subscriptions/…/resourceGroups/…/providers/Microsoft.ContainerService/managedClusters/…, as `az aks show --query id` prints it.',
  });
}
