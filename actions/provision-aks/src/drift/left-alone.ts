import type { AttributeChange, Change } from '@suite/change-report';
import { sentenceList } from '@suite/foundation';

/**
 * What a plan that only refreshes saw and the plan proper leaves as it is, one sentence each: the platform file says the same by
 * now, or leaves it to Azure. Pure.
 */
export function describeLeftAlone(refreshed: readonly Change[], drift: readonly Change[]): string[] {
  const told = new Map(drift.map(change => [change.address, change]));
  return refreshed.flatMap(({ address, title, kind, attributes }) => {
    const known = told.get(address);
    if (kind !== 'update' || (known !== undefined && known.kind !== 'update')) return [];
    const paths = new Set(known?.attributes.map(({ path }) => path));
    const left = attributes.filter(({ path }) => !paths.has(path));
    if (left.length === 0) return [];
    return [
      `Of ${title} ${sentenceList(left.slice(0, 3).map(describe))} changed as well; the platform file says the same by now, or leaves it to Azure. The next apply records it.`,
    ];
  });
}

function describe({ path, after }: AttributeChange): string {
  return after.is === 'shown' ? `\`${path}\` (now \`${after.text}\`)` : `\`${path}\``;
}
