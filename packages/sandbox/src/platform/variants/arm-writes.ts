import type { World } from '../../world/index.ts';

/** How many times anybody has written in Azure. */
export function armWrites({ ledger }: World): number {
  return ledger
    .writes()
    .filter(({ host }) => host === 'management.azure.com')
    .reduce((sum, { count }) => sum + count, 0);
}
