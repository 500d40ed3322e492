import type { ChartSupport } from '@suite/change-report';
import { count } from '@suite/foundation';
import semver from 'semver';
import { code } from './checks/finding.ts';
import type { Support, SupportPolicy } from './releases/pins.ts';

/** Of a release whose chart brings `appVersion`. Undefined where its makers say nothing that would decide it. */
export function supportState(
  release: string,
  appVersion: string | undefined,
  { ends, policy, newest }: Support,
  today: string,
): ChartSupport | undefined {
  const brings = appVersion === undefined ? code(release) : `${code(release)} ${code(appVersion)}`;
  const past = policy === undefined || appVersion === undefined ? undefined : pastPolicy(appVersion, policy, newest);
  if (policy !== undefined && past !== undefined) {
    return { isOver: true, says: `The support of ${brings} has ended: ${past}`, source: policy.source };
  }
  if (ends === undefined) return undefined;
  // A day as text compares as days do.
  const isOver = ends.day < today;
  const what = ends.of === undefined ? brings : `${code(ends.of)} in ${code(release)}`;
  return {
    isOver,
    until: ends.day,
    says: `The support of ${what} ${isOver ? 'ended' : 'ends'} on ${ends.day}`,
    source: ends.source,
  };
}

function pastPolicy(appVersion: string, policy: SupportPolicy, newest: string | undefined): string | undefined {
  if ('oldest' in policy) {
    if (semver.valid(appVersion) === null || !semver.ltr(appVersion, policy.oldest)) return undefined;
    return `its makers mend ${code(policy.oldest)} and newer ones`;
  }
  if (newest === undefined || laterMinors(appVersion, newest) < policy.minors) return undefined;
  const mended = policy.minors === 1 ? 'minor version' : count(policy.minors, 'minor version');
  return `its makers mend the newest ${mended}, and ${code(newest)} is out`;
}

/** How many minors there are after `version` for certain once `newest` is out: which was the last of an older major, nobody here knows. */
function laterMinors(version: string, newest: string): number {
  const [one, other] = [semver.parse(version), semver.parse(newest)];
  if (one === null || other === null || other.major < one.major) return 0;
  return other.major === one.major ? other.minor - one.minor : other.minor + 1;
}
