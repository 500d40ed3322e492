import {
  byRisk,
  type Change,
  type ChartDifference,
  type ChartRow,
  isOfApplications,
  proposedVersion,
} from '@suite/change-report';
import { mapInParallel, UserError } from '@suite/foundation';
import { identityOf, type KubernetesObject, refOf } from '@suite/kubernetes';
import { compareRendered, createDefinitions, describe } from '@suite/kubernetes/compare';
import { type EnvironmentScope, type Platform, resolveUnlocked } from '@suite/platform-file';
import { allNeeds } from '../graph.ts';
import { runsOnApply } from '../hooks.ts';
import { withLiveMadeUp } from '../made-up.ts';
import type { Helm } from '../ports.ts';
import { capabilitiesWithout } from '../prepare.ts';
import type { Release } from '../release.ts';
import { resolveReleases } from '../releases/index.ts';
import { type RenderedRelease, renderReleases } from '../render.ts';

/** Where charts that have no registry lie. */
export interface ChartFolders {
  /** Charts that come with the action. Absolute. */
  readonly chartsFolder: string;
  /** Where the platform file lies. Absolute. */
  readonly platformFolder: string;
}

const atOnce = 2;

/**
 * What each proposed chart renders otherwise than the one that runs, with our values, in each environment that uses it. No cluster is asked:
 * both are rendered for one that has just what the release needs. What cannot be rendered is told, and hides nothing of the others.
 */
export async function compareCharts(
  platform: Platform,
  rows: readonly ChartRow[],
  helm: Pick<Helm, 'pull' | 'render'>,
  folders: ChartFolders,
): Promise<readonly ChartDifference[]> {
  const views = firstRegions(platform);
  const remembering = remember(helm);
  const asked = rows.flatMap(row => {
    const to = proposedVersion(row);
    return to === undefined || isOfApplications(row)
      ? []
      : row.environments.map(environment => ({ row, to, environment }));
  });
  return mapInParallel(asked, atOnce, async ({ row, to, environment }) => {
    const { release: name, version: from } = row;
    const about = { release: name, from, to: to.version, environment };
    try {
      const view = views.get(environment);
      if (view === undefined) throw new Error(`${environment} is no environment of the platform.`);
      const releases = resolveReleases({ view, outputs: undefined, ...folders });
      const release = releases.find(one => one.name === name);
      if (release === undefined) throw new Error(`${name} is no release of ${environment}.`);
      const needs = allNeeds(name, releases);
      const rendering = async (wanted: Release) => {
        const all = releases.flatMap(one => (one.name === name ? wanted : needs.has(one.name) ? one : []));
        const rendered = await renderReleases(
          all,
          capabilitiesWithout(view.cluster.version),
          remembering,
          new Set([name]),
        );
        return rendered.filter(one => one.release.name === name);
      };
      const before = await rendering(release);
      const { version, digest } = to;
      const after = await rendering({ ...release, chart: { ...release.chart, version, digest } as Release['chart'] });
      return { ...about, ...capped(changesOf(before, after)) };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { ...about, changes: [], omitted: 0, problem: error.message };
    }
  });
}

/** What releases need is needed again and again. */
function remember({ pull, render }: Pick<Helm, 'pull' | 'render'>): Pick<Helm, 'pull' | 'render'> {
  const [pulled, rendered] = [new Map<string, ReturnType<typeof pull>>(), new Map<string, ReturnType<typeof render>>()];
  const once = <K, V>(known: Map<string, V>, request: K, ask: (request: K) => V): V => {
    const key = JSON.stringify(request);
    const found = known.get(key) ?? ask(request);
    known.set(key, found);
    return found;
  };
  return { pull: chart => once(pulled, chart, pull), render: request => once(rendered, request, render) };
}

/** Regions of an environment differ in names alone. */
function firstRegions(platform: Platform): ReadonlyMap<string, EnvironmentScope> {
  const views = resolveUnlocked(platform).flatMap(view =>
    view.kind === 'environment' ? [view as EnvironmentScope] : [],
  );
  return new Map(views.toReversed().map(view => [view.scope, view]));
}

function changesOf(before: readonly RenderedRelease[], after: readonly RenderedRelease[]): readonly Change[] {
  const [was, is] = [objectsOf(before), objectsOf(after)];
  const definitionOf = createDefinitions([...was.values(), ...is.values()]);
  const [rendered] = after;
  return [...new Set([...was.keys(), ...is.keys()])].flatMap(identity => {
    const [old, now] = [was.get(identity), is.get(identity)];
    const change = compareRendered({
      before: old,
      after: now === undefined ? undefined : withLiveMadeUp(now, old, rendered?.release.madeUp),
      definition: definitionOf(now ?? (old as KubernetesObject)),
    });
    return describe(change, rendered?.release.name ?? '') ?? [];
  });
}

function objectsOf(rendered: readonly RenderedRelease[]): ReadonlyMap<string, KubernetesObject> {
  const objects = rendered.flatMap(({ objects, hooks }) => [
    ...objects.map(({ object }) => object),
    ...hooks.filter(runsOnApply).map(({ object }) => object),
  ]);
  return new Map(objects.map(object => [identityOf(refOf(object)), object]));
}

/** Fields that are handed over at the most: a description of a pull request has room for fewer. */
const mostFields = 3000;

/** The most dangerous first. */
function capped(changes: readonly Change[]): Pick<ChartDifference, 'changes' | 'omitted'> {
  let fields = 0;
  const kept = changes.toSorted(byRisk).filter(({ attributes, reasons }) => {
    fields += 1 + attributes.length + reasons.length;
    return fields <= mostFields;
  });
  return { changes: kept, omitted: changes.length - kept.length };
}
