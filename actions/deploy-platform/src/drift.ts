import { type AttributeChange, type Change, rateChange } from '@suite/change-report';
import type { Problem } from '@suite/foundation';
import { titleOf } from '@suite/kubernetes';
import type { ReleasePlan } from './plan.ts';

/**
 * What others have changed of the releases, from what was applied to what is there. Of a release whose record is of the very same
 * manifest, all that a plan would change is that. Of one that waits for an apply only what can be told apart from it is: objects of
 * the last apply that are gone, and fields that another manager owns by now. Pure.
 */
export function driftOf(releases: readonly ReleasePlan[]): Change[] {
  return releases.flatMap(release =>
    (isAsRecorded(release) ? release.changes : apartFromWaiting(release)).flatMap(inverted),
  );
}

/** Releases of which an apply did not come to its end: what of them is drift and what is left of that apply nobody can tell. Pure. */
export function unfinishedOf(releases: readonly ReleasePlan[]): Problem[] {
  return releases.flatMap(({ name, record }) =>
    record === undefined || record.status === 'deployed'
      ? []
      : [
          {
            message: `An apply of ${name} ${record.status === 'failed' ? 'failed' : 'was begun and did not come to its end'}, so only a part of it could be looked at.`,
            remedy: 'Apply the platform once more, then look again.',
          },
        ],
  );
}

/** Whether the last apply came to its end with what would be applied now. */
function isAsRecorded({ record, manifest, rendered }: ReleasePlan): boolean {
  return (
    record !== undefined &&
    record.status === 'deployed' &&
    record.manifest === manifest &&
    record.chart.digest === rendered?.chart.digest
  );
}

function apartFromWaiting({ record, rendered, changes, takesBack }: ReleasePlan): Change[] {
  if (record === undefined || rendered === undefined) return [];
  const applied = new Set(record.objects.map(titleOf));
  return changes.flatMap(change => {
    if (change.kind === 'create') return applied.has(change.title) ? [change] : [];
    const theirs = new Set(takesBack.filter(({ title }) => title === change.title).map(({ path }) => path));
    const attributes = change.attributes.filter(({ path }) => theirs.has(path));
    return attributes.length === 0 ? [] : [{ ...change, attributes }];
  });
}

/** A plan goes from what is there to what is wanted, drift the other way. */
function inverted({ address, type, title, kind, attributes, reach, risk }: Change): Change[] {
  const about = { address, type, title, reasons: [], reach };
  switch (kind) {
    case 'create':
      return [
        {
          ...about,
          kind: 'delete',
          attributes: [],
          risk: rateChange({ kind: 'delete', reach, guarded: false, disruptive: false }),
        },
      ];
    case 'update':
    case 'rotate':
    case 'replace':
      return [{ ...about, kind: 'update', attributes: attributes.map(swapped), risk }];
    default:
      // What is to go waits for its apply.
      return [];
  }
}

function swapped({ before, after, ...attribute }: AttributeChange): AttributeChange {
  return { ...attribute, before: after, after: before };
}
