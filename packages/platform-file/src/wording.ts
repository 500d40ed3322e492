import { type Problem, printable, shorten } from '@suite/foundation';
import type { Path } from './position.ts';

/** Words of the file inside of a message: one line, of bearable length, harmless wherever it is shown. */
export function quote(text: string): string {
  return `\`${shorten(printable(text).replaceAll(/[\n\t`]/g, ' '), 80)}\``;
}

/** `environments.dev.cluster.pools.system.zones[0]`. */
export function showPath(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('');
}

const most = 100;

/** Problems in the order of the file, each once. A file that is wrong everywhere is not worth more than a hundred. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  const distinct = problems.filter(({ message, location }) => {
    const key = JSON.stringify([message, location]);
    return !seen.has(key) && seen.add(key);
  });
  const sorted = distinct.toSorted((a, b) => line(a) - line(b) || column(a) - column(b));
  const [next] = sorted.slice(most);
  if (next === undefined) return sorted;
  const rest: Problem = { message: `There are ${sorted.length - most} more problems.` };
  return [...sorted.slice(0, most), next.location === undefined ? rest : { ...rest, location: next.location }];
}

function line({ location }: Problem): number {
  return location?.kind === 'file' ? location.line : 0;
}

function column({ location }: Problem): number {
  return location?.kind === 'file' ? location.column : 0;
}
