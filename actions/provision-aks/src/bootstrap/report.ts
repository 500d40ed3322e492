import { cell, escapeText, fence, prose, table } from '@suite/change-report';
import { count } from '@suite/foundation';
import type { ApplicationStep } from './applications.ts';
import type { Step } from './plan.ts';

export interface Result {
  readonly platform: string;
  readonly isDryRun: boolean;
  readonly steps: readonly Step[];
  readonly applications: readonly ApplicationStep[];
  /** The platform lock, where it is different from what is in the repository. */
  readonly lock: { readonly text: string; readonly path: string } | undefined;
  /** Number of the run, and `owner/name` of the repository. */
  readonly run: { readonly id: string; readonly repository: string };
  readonly warnings: readonly string[];
  /** Commands for a person, where Graph refused. */
  readonly commands: readonly string[];
}

/** What of the plan is no rest: everything that is made, changed or removed. */
export function changesOf({ steps, applications }: Pick<Result, 'steps' | 'applications'>): number {
  return [...steps, ...applications].filter(({ change }) => change !== 'none').length;
}

/** `Bootstrap of contoso: 3 to make, 40 there already.` */
export function headlineOf(result: Pick<Result, 'platform' | 'isDryRun' | 'steps' | 'applications'>): string {
  const changes = changesOf(result);
  const rest = count(result.steps.length + result.applications.length - changes, 'thing');
  if (changes === 0) return `Bootstrap of ${result.platform}: nothing to do, ${rest} there already.`;
  const verb = result.isDryRun ? 'would be made or put right' : 'made or put right';
  return `Bootstrap of ${result.platform}: ${count(changes, 'thing')} ${verb}, ${rest} there already.`;
}

/** Where the workflow keeps the lock, for the command in the summary. */
const lockArtifact = 'platform-lock';

export function renderBootstrap(result: Result): string[] {
  const { steps, applications, lock, run, warnings, commands } = result;
  const rows = [
    ...steps.map(({ place, what, change, differing }) => ({ place, what, change, differing })),
    ...applications.map(({ wanted, change, differing }) => ({
      place: wanted.place,
      what: `Entra application ${wanted.name}`,
      change,
      differing,
    })),
  ].filter(({ change }) => change !== 'none');
  return [
    `### ${prose(headlineOf(result))}`,
    ...warnings.map(warning => `> [!WARNING]\n> ${prose(warning)}`),
    ...(rows.length === 0
      ? []
      : [
          table(
            ['Scope', 'What', 'Change'],
            rows.map(({ place, what, change, differing }) => [
              escapeText(place),
              escapeText(what),
              [escapeText(change), ...differing.map(cell)].join(' '),
            ]),
          ),
        ]),
    ...(commands.length === 0
      ? []
      : ['Somebody who may make applications in the tenant runs:', fence('text', commands)]),
    ...(lock === undefined
      ? []
      : [
          `#### ${prose(`\`${lock.path}\` to commit`)}`,
          fence('text', lock.text.trimEnd().split('\n')),
          'One command puts it into a checkout of the repository, on a branch for a pull request:',
          fence('text', [commandToCommit(lock.path, run)]),
        ]),
  ];
}

function commandToCommit(path: string, { id, repository }: Result['run']): string {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
  return `git switch -c bootstrap && rm -f ${path} && gh run download ${id} --repo ${repository} --name ${lockArtifact} --dir ${folder} && git add ${path} && git commit -m "Platform lock"`;
}
