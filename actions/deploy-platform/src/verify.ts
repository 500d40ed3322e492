import type { ChangeReport, Check } from '@suite/change-report';
import { count, mapInParallel } from '@suite/foundation';
import { type Cluster, KubernetesFailure } from '@suite/kubernetes';
import type { EnvironmentScope } from '@suite/platform-file';
import { checkMonitors } from './checks/monitors.ts';
import { NotReady } from './not-ready.ts';
import { askAll, usualPatienceMs } from './observability/ask.ts';
import { askedOf } from './observability/asked.ts';
import type { Services } from './ports.ts';
import type { Prepared } from './prepare.ts';
import { waitUntilReady } from './ready.ts';

/** How long a platform that runs may take to show that it does. */
const patienceSeconds = 60;

export interface Verified {
  readonly differences: ChangeReport['differences'];
  readonly warnings: readonly string[];
  /** What the parts say of one another: a row for each target, data source and canary. */
  readonly checks: readonly Check[];
}

/**
 * Where what runs is not what the platform file says: objects that differ, releases that are not ready, and what is not seen by
 * what should see it.
 */
export async function verifyReleases(
  { rendered, plan }: Prepared,
  cluster: Cluster,
  view: EnvironmentScope,
  { clock, signal }: Pick<Services, 'clock' | 'signal'>,
): Promise<Verified> {
  const drifted = plan.changes.flatMap(({ title, kind, attributes }): ChangeReport['differences'] => {
    if (kind === 'create') return [{ what: title, path: '', expected: 'there', actual: 'absent' }];
    if (kind === 'delete') return [{ what: title, path: '', expected: 'absent', actual: 'there' }];
    return attributes.map(({ path, before, after }) => ({
      what: title,
      path,
      expected: textOf(after),
      actual: textOf(before),
    }));
  });
  const unfinished = plan.releases
    .filter(({ action, changes }) => action !== 'none' && changes.length === 0)
    .map(({ name, record }) => ({
      what: `release ${name}`,
      path: '',
      expected: 'applied to its end',
      actual: record === undefined ? 'not applied' : record.status,
    }));
  // A plan says so once; nothing of it shows in the cluster.
  const unwatched = checkMonitors({
    releases: rendered.map(({ release, objects }) => ({ release, objects: objects.map(({ object }) => object) })),
  });
  const warnings = unwatched.map(({ message }) => message);
  const unready = await mapInParallel(rendered, 6, async one => {
    const { name } = one.release;
    try {
      const release = {
        ...one.release,
        timeoutSeconds: Math.min(one.release.timeoutSeconds, patienceSeconds),
        // A dry run takes the rights of whoever writes.
        readiness: one.release.readiness.filter(({ kind }) => kind !== 'dry-run'),
      };
      const notes = await waitUntilReady({ ...one, release }, { cluster, clock, signal });
      warnings.push(...notes.map(note => `${name}: ${note}`));
      return [];
    } catch (error) {
      // Of a kind that is gone nothing is ready, and all else is still to be told.
      const isGone = error instanceof KubernetesFailure && error.kind === 'absent';
      if (!(error instanceof NotReady || isGone)) throw error;
      const actual = error.problems[0]?.message ?? 'not ready';
      return [{ what: `release ${name}`, path: '', expected: 'ready', actual }];
    }
  });
  // What is not ready says nothing of others.
  const asked = unready.flat().length > 0 ? [] : askedOf(rendered, view);
  // Nor is anything waited for that differs already.
  const patienceMs = drifted.length + unfinished.length > 0 ? 0 : usualPatienceMs;
  const checks = await askAll(asked, cluster, { clock, signal, patienceMs });
  const unseen = checks
    .filter(({ status }) => status === 'failed')
    .map(({ name, message }) => ({ what: name, path: '', expected: 'seen', actual: message }));
  const unknown = checks.filter(({ status }) => status === 'unknown').length;
  if (unknown > 0)
    warnings.push(`Of ${unknown} of ${count(checks.length, 'check')} nobody could say whether it holds.`);
  return { differences: [...drifted, ...unfinished, ...unready.flat(), ...unseen], warnings, checks };
}

function textOf(value: ChangeReport['changes'][number]['attributes'][number]['before']): string {
  switch (value.is) {
    case 'shown':
      return value.text;
    case 'absent':
      return 'absent';
    case 'sensitive':
      return 'a secret value';
    case 'unknown':
      return 'not known yet';
  }
}
