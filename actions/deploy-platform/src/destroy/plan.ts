import type { Change, Check } from '@suite/change-report';
import { sentenceList } from '@suite/foundation';
import { type ObjectRef, titleOf } from '@suite/kubernetes';
import { allowKeyOf, describe } from '@suite/kubernetes/compare';
import type { EnvironmentScope } from '@suite/platform-file';
import type { Observed } from '../observe.ts';
import { type PlatformPlan, planReleases } from '../plan.ts';
import type { ReleaseRecord } from '../record.ts';
import { digestOf, intentOf, type ReviewedRelease, type ReviewedReleases } from '../review.ts';

export interface DestroyPlan {
  readonly plan: PlatformPlan;
  /** By name of the release, or by what people call the object. */
  readonly reviewed: ReviewedReleases;
  /** What stays, one sentence each. */
  readonly notes: readonly string[];
}

/** What the plan could not read it cannot show; the destroy reads it, and leaves alone what was not shown. */
export function unreadCheck({ message }: Error): Check {
  return {
    id: 'release/records',
    name: 'What runs in the cluster is known',
    status: 'unknown',
    message: `The plan identity may not read the cluster, so nothing is shown to go: ${message}`,
    remedy:
      'Right for a cluster that nothing was applied to. Where something was, apply the platform once more: that gives the rights. Destroy leaves alone what was not shown.',
  };
}

type Allowing = Pick<EnvironmentScope, 'scope' | 'allow'>;

/** Plans that every release goes which an apply has recorded, and before them what makes something outside of the cluster. Pure. */
export function planDestroy(
  { scope, allow }: Allowing,
  observed: Observed,
  outer: readonly (readonly ObjectRef[])[],
  key: string,
): DestroyPlan {
  const { data, needed } = stayingOf(observed.records, allow);
  const records = new Map([...observed.records].filter(([name]) => !data.has(name) && !needed.has(name)));
  const planned = planReleases({ rendered: [], observed: { ...observed, records }, asked: new Map(), key, checks: [] });
  const releases = planned.releases.map(one => ({
    ...one,
    changes: one.record?.isStateful === true ? one.changes : one.changes.map(withoutKey),
    // Held to its name alone: what is gone of it already, after a run that died, is nothing new.
    reviewed: going(one.name, one.namespace),
  }));
  const objects = outer.flat();
  const before = objects.flatMap(
    ref => describe({ ref, kind: 'delete', fields: [], reasons: [], kept: false }, 'applications') ?? [],
  );
  const reviewed = Object.fromEntries([
    ...objects.map(ref => [titleOf(ref), going(titleOf(ref), ref.namespace ?? '')] as const),
    ...releases.map(one => [one.name, one.reviewed] as const),
  ]);
  const plan: PlatformPlan = {
    releases,
    changes: [...before.map(withoutKey), ...releases.flatMap(({ changes }) => changes)],
    checks: [...planned.checks, ...lostChecks(data, { scope, allow })],
    digest: digestOf(reviewed),
  };
  return { plan, reviewed, notes: describeStaying(data, needed, scope) };
}

function going(name: string, namespace: string): ReviewedRelease {
  return { action: 'uninstall', intent: intentOf({ name, namespace, chart: '', values: {} }) };
}

/** Of a release that holds no data nothing has to be named: the typed name and the approval stand for it. */
function withoutKey({ allowKey: _, ...change }: Change): Change {
  return change;
}

function stayingOf(records: ReadonlyMap<string, ReleaseRecord>, allow: readonly string[]) {
  const data = new Set(
    [...records.values()]
      .filter(({ release, isStateful }) => isStateful && !allow.includes(allowKeyOf(release)))
      .map(({ release }) => release),
  );
  const needed = new Set<string>();
  const visit = (name: string) => {
    for (const need of records.get(name)?.needs ?? []) {
      if (data.has(need) || needed.has(need) || !records.has(need)) continue;
      needed.add(need);
      visit(need);
    }
  };
  for (const name of data) visit(name);
  return { data, needed };
}

function describeStaying(data: ReadonlySet<string>, needed: ReadonlySet<string>, scope: string): string[] {
  return [
    ...[...data].map(
      name => `${name} stays: it holds data, and \`allow:\` of ${scope} does not name \`${allowKeyOf(name)}\`.`,
    ),
    ...(needed.size === 0
      ? []
      : [`${sentenceList([...needed])} ${needed.size === 1 ? 'stays' : 'stay'}, because of what stays.`]),
  ];
}

/** Where the cluster is named, it goes after this, and nothing in it can stay. */
function lostChecks(data: ReadonlySet<string>, { scope, allow }: Allowing): Check[] {
  if (!allow.includes('cluster')) return [];
  return [...data].map(name => ({
    id: `allow/${allowKeyOf(name)}`,
    name: `What ${name} holds may go with the cluster`,
    status: 'blocked' as const,
    message: `\`allow:\` of ${scope} names \`cluster\`, so the cluster goes, and with it what ${name} holds.`,
    remedy: `Keep the cluster, or add \`${allowKeyOf(name)}\` as well if it is meant.`,
  }));
}
