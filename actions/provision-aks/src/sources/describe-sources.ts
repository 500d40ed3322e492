import type { ScopeView } from '@suite/platform-file';
import { type Sources, shownFolder, shownLock } from './sources.ts';

/** Whether a root of the team's own makes the scope, of which nothing here knows what it is to be. */
export function hasOwnRoot({ terraform }: Pick<ScopeView, 'terraform'>): boolean {
  return terraform?.kind === 'root';
}

/** One line for the log: what Terraform reads, and whether its providers are locked. */
export function describeSources(sources: Sources): string {
  const folder = shownFolder(sources);
  const what = {
    suite: "The suite's own root",
    extension: `The suite's own root, extended by ${folder}`,
    root: `The root ${folder}`,
  }[sources.kind];
  return sources.lockFile === undefined
    ? `${what}. Its providers are not locked: there is no ${shownLock(sources)}.`
    : `${what}. Its providers are locked by ${shownLock(sources)}.`;
}

/** What is not done for a root of the team's own, as every report of it says. */
export function describeOwnRoot({ terraform }: Pick<ScopeView, 'terraform'>): string[] {
  if (terraform?.kind !== 'root') return [];
  return [
    `\`${terraform.folder}\` is a root of your own: Azure is not asked beforehand whether its plan will succeed, and what runs is not compared with the platform file.`,
  ];
}
