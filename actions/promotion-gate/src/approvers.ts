import { cell } from '@suite/change-report';
import type { PromotionRecord } from './record.ts';

/** Who approved, as a table says it. Markdown. */
export function describeApprovers({ approvers }: Pick<PromotionRecord, 'approvers'>): string {
  return approvers.length === 0 ? 'nobody' : approvers.map(login => cell(login)).join(', ');
}
