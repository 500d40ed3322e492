import type { Check } from '@suite/change-report';
import { count } from '@suite/foundation';
import semver from 'semver';
import type { Release } from '../release.ts';
import { type Support, supportOf } from '../releases/pins.ts';
import { code, finding } from './finding.ts';
import type { CheckInput } from './input.ts';

/** Charts whose makers mend nothing of them any more. */
export function checkSupport({ releases, today }: CheckInput): Check[] {
  return releases.flatMap(({ release, appVersion }) => {
    const support = supportOf(release.chart);
    return support === undefined ? [] : supportEnded(release, appVersion, support, today);
  });
}

/** Of a release whose chart brings `appVersion`. */
export function supportEnded(
  release: Release,
  appVersion: string | undefined,
  { ends, policy, newest }: Support,
  today: string,
): Check[] {
  const brings = appVersion === undefined ? code(release.name) : `${code(release.name)} ${code(appVersion)}`;
  const ended = (message: string) => [
    finding(release, 'support', {
      name: `Its makers mend the version of ${release.name} that runs`,
      status: 'warning',
      message,
      remedy: `Take a newer chart: remove ${code(`${release.setting}.version`)} and \`digest\` where the platform file names an older one than the suite is tested with; else docs/how-to/update-charts.md tells what there is.`,
    }),
  ];
  // A day as text compares as days do.
  if (ends !== undefined && ends.day < today) {
    return ended(`The support of ${brings} ended on ${ends.day}, as its makers say: ${ends.source}`);
  }
  if (policy === undefined || appVersion === undefined || newest === undefined) return [];
  if (laterMinors(appVersion, newest) < policy.minors) return [];
  return ended(
    `The support of ${brings} has ended: its makers mend the newest ${count(policy.minors, 'minor version')}, and ${code(newest)} is out: ${policy.source}`,
  );
}

/** How many minors there are after `version` for certain once `newest` is out: which was the last of an older major, nobody here knows. */
function laterMinors(version: string, newest: string): number {
  const [one, other] = [semver.parse(version), semver.parse(newest)];
  if (one === null || other === null || other.major < one.major) return 0;
  return other.major === one.major ? other.minor - one.minor : other.minor + 1;
}
