import { type Cluster, identityOf, refOf } from '@suite/kubernetes';
import { isKept } from '@suite/kubernetes/compare';
import { isOwnedBy } from './helm-owner.ts';
import type { ReleasePlan } from './plan.ts';

/**
 * Takes away what an apply has made that did not come to its end, and that is rendered no more. Helm compares with the last revision
 * that it calls deployed, and knows nothing of it; the plan has shown it.
 */
export async function removeLeftovers(
  { record, rendered, name, namespace }: Pick<ReleasePlan, 'record' | 'rendered' | 'name' | 'namespace'>,
  cluster: Pick<Cluster, 'listMetadata' | 'remove'>,
): Promise<void> {
  if (record === undefined || record.status === 'deployed') return;
  const wanted = new Set((rendered?.objects ?? []).map(({ object }) => identityOf(refOf(object))));
  for (const { keep, ...ref } of record.objects) {
    if (keep || wanted.has(identityOf(ref))) continue;
    const [found] = await cluster.listMetadata({ ...ref, fields: `metadata.name=${ref.name}` });
    // Another release may have it by now.
    if (found !== undefined && isOwnedBy(found, { name, namespace }) && !isKept(found)) await cluster.remove(ref);
  }
}
