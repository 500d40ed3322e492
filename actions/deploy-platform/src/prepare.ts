import { dirname, join } from 'node:path';
import type { Check } from '@suite/change-report';
import { count, UserError } from '@suite/foundation';
import type { Cluster } from '@suite/kubernetes';
import { withAllowance } from './allowance.ts';
import { checkReleases } from './checks/index.ts';
import { nothingObserved, type Observed, observe, readRecords } from './observe.ts';
import { type PlatformPlan, planReleases } from './plan.ts';
import type { Connected, Services } from './ports.ts';
import type { Release } from './release.ts';
import { resolveReleases } from './releases/index.ts';
import { type Capabilities, type RenderedRelease, renderReleases } from './render.ts';
import type { Target } from './target.ts';

/** Everything that is known before anything is changed. */
export interface Prepared {
  readonly releases: readonly Release[];
  readonly rendered: readonly RenderedRelease[];
  readonly observed: Observed;
  readonly plan: PlatformPlan;
}

/** Resolves, renders and compares all releases of an environment. Writes nothing anywhere but in the runner's folder. */
export async function prepare(target: Target, services: Services, connected: Connected): Promise<Prepared> {
  const { view } = target;
  const { cluster, helm, state } = connected;
  const { log } = services;
  const releases = resolveReleases({
    view,
    outputs: state?.outputs,
    chartsFolder: services.chartsFolder,
    platformFolder: dirname(join(services.context.workspace, target.platform.document.path)),
  });
  const [capabilities, found] = await Promise.all([
    capabilitiesOf(view.cluster.version, cluster),
    cluster === undefined ? { records: new Map(), refused: undefined } : readRecords(cluster),
  ]);
  const began = services.clock.now();
  const rendered = await renderReleases(releases, capabilities, helm, new Set(found.records.keys()));
  const renderedAt = services.clock.now();
  // Who may not even read the records has no rights there yet: the first apply gives them.
  const observed =
    cluster === undefined || found.refused !== undefined
      ? nothingObserved
      : await observe(rendered, found.records, cluster);
  log.info(
    `Rendered ${count(rendered.length, 'release')} in ${((renderedAt - began) / 1000).toFixed(1)} s, compared in ${((services.clock.now() - renderedAt) / 1000).toFixed(1)} s`,
  );
  const checks = [
    ...clusterChecks(cluster, found.refused),
    ...unknownChecks(releases),
    ...checkReleases({
      releases: rendered.map(({ release, objects }) => ({ release, objects: objects.map(({ object }) => object) })),
      view,
      kubernetesVersion: capabilities.kubeVersion,
      outputs: state?.outputs,
    }),
  ];
  // Where there is no state yet, nothing secret is known either.
  const key = state?.lineage || `${view.platform}/${view.scope}/${view.region}`;
  const plan = planReleases(rendered, observed, key, checks);
  return { releases, rendered, observed, plan: withAllowance(plan, view, target.platform.document.path) };
}

async function capabilitiesOf(minor: string, cluster: Cluster | undefined): Promise<Capabilities> {
  if (cluster === undefined) {
    // A patch, because charts compare versions.
    return {
      kubeVersion: `${/^\d+\.\d+/.exec(minor)?.[0] ?? minor}.0`,
      apiVersions: [],
      isNamespaced: () => undefined,
    };
  }
  const [kubeVersion, discovery] = await Promise.all([cluster.version(), cluster.discovery()]);
  if (kubeVersion === '') throw new UserError({ message: `${cluster.host} does not say its version.` });
  return {
    kubeVersion,
    apiVersions: discovery.apiVersions,
    isNamespaced: (apiVersion, kind) => discovery.find(apiVersion, kind)?.isNamespaced,
  };
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
function unknownChecks(releases: readonly Release[]): Check[] {
  return releases
    .filter(({ unknownValues }) => unknownValues.length > 0)
    .map(({ name, unknownValues, setting }) => ({
      id: `release/${name}/unknown`,
      name: `All values of ${name} are known`,
      status: 'later',
      message: `${count(unknownValues.length, 'value')} of ${name} are known after the infrastructure was applied: ${unknownValues.slice(0, 5).join(', ')}. The digest does not cover them.`,
      setting,
    }));
}
