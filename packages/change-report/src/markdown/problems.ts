import { count, describeProblem, type Problem } from '@suite/foundation';
import { prose } from './escape.ts';

const shown = 100;

/** Where there is nothing to report on, a summary says what the log says. */
export function problemSections(problems: readonly Problem[]): string[] {
  const lines = problems.slice(0, shown).map(problem => `- ${prose(describeProblem(problem))}`);
  if (problems.length > shown) lines.push(`- ${count(problems.length - shown, 'more problem')}`);
  return [`### ${count(problems.length, 'problem')}`, lines.join('\n')];
}
