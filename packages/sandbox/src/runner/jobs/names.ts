import type { Scope } from '../expressions/evaluate.ts';
import { resolveText } from '../expressions/template.ts';
import type { Job } from '../workflow/model.ts';

const longest = 100;

/** The name of a job that runs: its own when it holds an expression, else followed by the matrix values in brackets. */
export function runningName(job: Job, segments: readonly string[], scope: Scope): string {
  const given = job.name === undefined ? '' : resolveText(job.name, scope);
  const name = given === '' ? job.id : given;
  if (segments.length === 0 || job.name?.kind === 'expression') return name;
  const full = `${name} (${segments.join(', ')})`;
  return full.length > longest ? `${full.slice(0, longest - 3)}...` : full;
}

/** The name of a job that was skipped before its matrix was looked at: GitHub shows an expression as it is written. */
export function skippedName({ id, name }: Job): string {
  if (name?.kind === 'expression') return name.source;
  return name?.kind === 'literal' && name.value !== null && name.value !== '' ? String(name.value) : id;
}
