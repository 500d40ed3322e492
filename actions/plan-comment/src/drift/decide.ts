import type { DriftVerdict } from '@suite/change-report';
import { isNewer, type PlanId } from '../decide.ts';
import type { Issue } from '../ports.ts';

/** An issue of ours about the same thing. `since`: ISO 8601. */
export interface OurIssue {
  readonly issue: Issue;
  readonly marker: PlanId & { readonly since: string };
}

export type Settlement =
  | { readonly is: 'nothing' }
  | { readonly is: 'open' }
  | { readonly is: 'update' | 'reopen'; readonly target: OurIssue }
  /** It stays as it is, and says that nobody could look. */
  | { readonly is: 'unread'; readonly target: OurIssue }
  | { readonly is: 'close'; readonly targets: readonly OurIssue[] }
  /** A newer run has been here. */
  | { readonly is: 'keep'; readonly target: OurIssue };

/** One issue for a scope, for ever: opened once, and opened again rather than doubled. */
export function settle(verdict: DriftVerdict, run: PlanId, ours: readonly OurIssue[]): Settlement {
  const newestRun = ours.find(({ marker }) => isNewer(marker, run));
  if (newestRun !== undefined) return { is: 'keep', target: newestRun };
  const inOrder = ours.toSorted((one, other) => other.issue.number - one.issue.number);
  const open = inOrder.filter(({ issue }) => issue.state === 'open');
  const [target] = open.length > 0 ? open : inOrder;
  switch (verdict) {
    case 'drifted':
      if (target === undefined) return { is: 'open' };
      return { is: open.length > 0 ? 'update' : 'reopen', target };
    case 'incomplete':
      return open.length > 0 && target !== undefined ? { is: 'unread', target } : { is: 'nothing' };
    case 'clean':
      return open.length > 0 ? { is: 'close', targets: open } : { is: 'nothing' };
  }
}
