import type { Problem } from '@suite/foundation';
import { freezeProblem, isDay } from '../freeze.ts';
import type { Platform } from '../platform.ts';
import type { Path } from '../position.ts';
import type { Soundness } from '../salvage.ts';

/** Gates that cannot be met, or are not meant. */
export function checkGates({ source, document }: Platform, soundness: Soundness, problems: Problem[]): void {
  const report = (path: Path, message: string, remedy: string) =>
    problems.push({ message, location: document.locate(path), remedy });
  Object.entries(source.environments).forEach(([name, { gate }], order) => {
    const at: Path = ['environments', name, 'gate'];
    if (gate?.soak !== undefined && order === 0) {
      report(
        [...at, 'soak'],
        `\`${name}\` is the first environment: there is none before it in which a bundle could prove itself.`,
        'Remove `soak`, or give it to an environment after it.',
      );
    }
    gate?.freeze?.forEach((freeze, index) => {
      if (!soundness.isSound(name, ['gate', 'freeze', index])) return;
      const problem = freezeProblem({ ...freeze, zone: freeze.zone ?? 'UTC' });
      if (problem === undefined) return;
      report(
        [...at, 'freeze', index],
        problem,
        'Write `{ from: Fri 16:00, to: Mon 08:00, zone: Europe/Berlin }`, `{ from: 2026-12-20, to: 2027-01-04 }` or `{ cron: "0 16 * * 5", for: 64h }`.',
      );
    });
    const until = gate?.['break-glass']?.until;
    if (until !== undefined && !(isDay(until) && Date.parse(until) > 0)) {
      report([...at, 'break-glass', 'until'], `\`${until}\` is no time.`, 'Write it like 2026-12-20T18:00Z.');
    }
  });
}
