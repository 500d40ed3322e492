import { type CommentContent, isKnown } from '@suite/change-report';

export type Verdict = 'no-changes' | 'changes' | 'blocked' | 'incomplete';

/** Over all scopes; what nobody knows weighs most. */
export function verdictOf({ rows }: Pick<CommentContent, 'rows'>): Verdict {
  if (rows.length === 0 || !rows.every(isKnown)) return 'incomplete';
  const verdicts = new Set(rows.flatMap(({ reports }) => reports.map(({ verdict }) => verdict)));
  if (verdicts.has('blocked')) return 'blocked';
  return verdicts.has('changes') ? 'changes' : 'no-changes';
}
