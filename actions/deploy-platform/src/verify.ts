import type { ChangeReport } from '@suite/change-report';
import { mapInParallel } from '@suite/foundation';
import type { Cluster } from '@suite/kubernetes';
import { NotReady } from './not-ready.ts';
import type { Services } from './ports.ts';
import type { Prepared } from './prepare.ts';
import { waitUntilReady } from './ready.ts';

/** How long a platform that runs may take to show that it does. */
const patienceSeconds = 60;

/** Where what runs is not what the platform file says: objects that differ, and releases that are not ready. */
export async function verifyReleases(
  { rendered, plan }: Prepared,
  cluster: Cluster,
  { clock, signal }: Pick<Services, 'clock' | 'signal'>,
): Promise<{ readonly differences: ChangeReport['differences']; readonly warnings: readonly string[] }> {
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
  const warnings: string[] = [];
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
      if (!(error instanceof NotReady)) throw error;
      const actual = error.problems[0]?.message ?? 'not ready';
      return [{ what: `release ${name}`, path: '', expected: 'ready', actual }];
    }
  });
  return { differences: [...drifted, ...unfinished, ...unready.flat()], warnings };
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
