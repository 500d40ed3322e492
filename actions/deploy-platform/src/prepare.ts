import { dirname, join } from 'node:path';
import type { Check } from '@suite/change-report';
import { count, UserError } from '@suite/foundation';
import type { Cluster } from '@suite/kubernetes';
import { locateSetting } from '@suite/platform-file';
import { withAllowance } from './allowance.ts';
import { ChartRefusal } from './chart-refusal.ts';
import { checkReleases } from './checks/index.ts';
import { gatewayOwnerChecks, observeGatewayOwners } from './gateway-owners.ts';
import { type Hold, holdCharts } from './held-charts.ts';
import { runsOnApply } from './hooks.ts';
import { type MirrorPlan, renderMirrored } from './mirror/index.ts';
import { noRecords, nothingObserved, type Observed, observe, readRecords, unparsedChecks } from './observe.ts';
import { type PlatformPlan, planReleases } from './plan.ts';
import type { Connected, Services } from './ports.ts';
import type { Release, TerraformOutputs } from './release.ts';
import { resolveReleases } from './releases/index.ts';
import { merge } from './releases/values.ts';
import { type Capabilities, type RenderedRelease, renderReleases } from './render.ts';
import type { Target } from './target.ts';

/** Everything that is known before anything is changed. */
export interface Prepared {
  readonly releases: readonly Release[];
  readonly rendered: readonly RenderedRelease[];
  readonly observed: Observed;
  readonly plan: PlatformPlan;
  /** Undefined where nothing is mirrored. */
  readonly mirror: MirrorPlan | undefined;
}

/** Why it is asked. */
export interface Circumstances {
  /** The infrastructure is there by then: what is not known now never will be. */
  readonly isApply: boolean;
  /** Outputs of Terraform that an apply of the infrastructure changes before the releases are applied. */
  readonly changing: ReadonlySet<string>;
  readonly hold?: Hold;
}

/** Resolves, renders and compares all releases of an environment. Writes nothing anywhere but in the runner's folder. */
export async function prepare(
  target: Target,
  services: Services,
  connected: Connected,
  { isApply, changing, hold }: Circumstances,
): Promise<Prepared> {
  const { view } = target;
  const { cluster, helm, state, mirror } = connected;
  const { log } = services;
  const outputs =
    state === undefined
      ? undefined
      : Object.fromEntries(Object.entries(state.outputs).filter(([name]) => !changing.has(name)));
  const resolve = (known: TerraformOutputs) =>
    resolveReleases({
      view,
      outputs: known,
      chartsFolder: services.chartsFolder,
      platformFolder: dirname(join(services.context.workspace, target.platform.document.path)),
    });
  const [capabilities, found] = await Promise.all([
    capabilitiesOf(view.cluster.version, cluster),
    cluster === undefined ? noRecords : readRecords(cluster),
  ]);
  const { releases, checks: heldChecks } = holdCharts(resolve(outputs), hold, found.records);
  // A plan shows what it can. Whoever applies or verifies cannot do without.
  if (isApply && found.refused !== undefined) throw found.refused;
  const began = services.clock.now();
  const installed = new Set(found.records.keys());
  const locate = locateRefusal(target);
  const mirrored =
    mirror === undefined
      ? undefined
      : await renderMirrored(releases, capabilities, helm, installed, { mirror, view, isApply }).catch(locate);
  const rendered = mirrored?.rendered ?? (await renderReleases(releases, capabilities, helm, installed).catch(locate));
  const asked = new Map(
    resolve(undefined).map(({ name, values }) => [name, merge(values, mirrored?.over.get(name) ?? {})]),
  );
  const renderedAt = services.clock.now();
  // Who may not even read the records has no rights there yet: the first apply gives them.
  const observed =
    cluster === undefined || found.refused !== undefined
      ? nothingObserved
      : await observe(rendered, found.records, cluster);
  const owners =
    cluster === undefined || found.refused !== undefined ? undefined : await observeGatewayOwners(view, cluster);
  log.info(
    `Rendered ${count(rendered.length, 'release')} in ${((renderedAt - began) / 1000).toFixed(1)} s, compared in ${((services.clock.now() - renderedAt) / 1000).toFixed(1)} s`,
  );
  const checks = [
    ...clusterChecks(cluster, found.refused?.problems[0]?.message),
    ...unparsedChecks(found.unparsed, 'unknown'),
    ...unknownChecks(releases, isApply),
    ...heldChecks,
    ...(mirrored?.plan.checks ?? []),
    ...gatewayOwnerChecks(view, owners, installed),
    ...checkReleases({
      releases: rendered.map(({ release, chart, objects, hooks }) => ({
        release,
        objects: objects.map(({ object }) => object),
        hooks: hooks.filter(runsOnApply).map(({ object }) => object),
        ...(chart.appVersion === undefined ? {} : { appVersion: chart.appVersion }),
        ...(chart.defaults === undefined ? {} : { defaults: chart.defaults }),
      })),
      view,
      kubernetesVersion: capabilities.kubeVersion,
      outputs,
      today: new Date(services.clock.now()).toISOString().slice(0, 10),
    }),
  ];
  // Where there is no state yet, nothing secret is known either.
  const key = state?.lineage || `${view.platform}/${view.scope}/${view.region}`;
  const planned = planReleases({ rendered, observed, asked, key, checks });
  // Its digests are in the values of the releases, and so in the digest of the plan.
  const plan = { ...planned, changes: [...(mirrored?.plan.changes ?? []), ...planned.changes] };
  return {
    releases,
    rendered,
    observed,
    plan: withAllowance(plan, view, target.platform.document.path),
    mirror: mirrored?.plan,
  };
}

/** Says where the platform file decides the release that a chart refuses. */
function locateRefusal({ platform, view }: Target): (error: unknown) => never {
  return error => {
    if (!(error instanceof ChartRefusal)) throw error;
    const location = locateSetting(platform, view, error.setting.split('.'));
    throw new UserError(
      error.problems.map(problem => ({ location, ...problem })),
      { cause: error.cause },
    );
  };
}

/** Of a cluster that is not there, or that nobody asks. */
export function capabilitiesWithout(wanted: string): Capabilities {
  // A patch, because charts compare versions.
  const kubeVersion = `${/^\d+\.\d+/.exec(wanted)?.[0] ?? wanted}.0`;
  return { kubeVersion, apiVersions: [], isNamespaced: () => undefined };
}

async function capabilitiesOf(wanted: string, cluster: Cluster | undefined): Promise<Capabilities> {
  const without = capabilitiesWithout(wanted);
  if (cluster === undefined) return without;
  const asked = without.kubeVersion;
  const [live, discovery] = await Promise.all([cluster.version(), cluster.discovery()]);
  if (live === '') throw new UserError({ message: `${cluster.host} does not say its version.` });
  return {
    // The infrastructure comes first: by the time of the apply, the cluster has been upgraded.
    kubeVersion: minorOf(asked) > minorOf(live) ? asked : live,
    apiVersions: discovery.apiVersions,
    isNamespaced: (apiVersion, kind) => discovery.find(apiVersion, kind)?.isNamespaced,
  };
}

/** `34` of `1.34.4`. */
function minorOf(version: string): number {
  return Number(/^\d+\.(\d+)/.exec(version)?.[1] ?? 0);
}

function clusterChecks(cluster: Cluster | undefined, refused: string | undefined): Check[] {
  if (cluster === undefined) {
    return [
      {
        id: 'release/cluster',
        name: 'What runs in the cluster is known',
        status: 'later',
        message: 'There is no cluster yet: everything is new. The apply compares again once the cluster is there.',
      },
    ];
  }
  if (refused === undefined) return [];
  return [
    {
      id: 'release/records',
      name: 'What runs in the cluster is known',
      status: 'unknown',
      message: `The plan identity may not read the cluster yet, so everything is shown as new: ${refused}`,
      remedy:
        'Right for a cluster that nothing was applied to. Its first apply makes the role `aks-platform-plan-reader` for the plan identity.',
    },
  ];
}

/** Values that hang on outputs of Terraform that are not there yet. */
function unknownChecks(releases: readonly Release[], isApply: boolean): Check[] {
  return releases
    .filter(({ unknownValues }) => unknownValues.length > 0)
    .map(({ name, unknownValues, setting }) => {
      const about = { id: `release/${name}/unknown`, name: `All values of ${name} are known`, setting };
      const [values, paths] = [count(unknownValues.length, 'value'), unknownValues.slice(0, 5).join(', ')];
      return isApply
        ? {
            ...about,
            status: 'blocked',
            message: `${values} of ${name} come from outputs that the infrastructure does not have: ${paths}.`,
            remedy: 'Apply its infrastructure first, with `provision-aks`.',
          }
        : {
            ...about,
            status: 'later',
            message: `${values} of ${name} are known after the infrastructure was applied: ${paths}. The digest covers what is asked for, and not what comes of it.`,
          };
    });
}

/** With the infrastructure as it is. */
export const whenApplied = { isApply: true, changing: new Set<string>() };
