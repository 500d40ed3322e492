import type { Check } from '@suite/change-report';
import { supportOf } from '../releases/pins.ts';
import { supportState } from '../support.ts';
import { code, finding } from './finding.ts';
import type { CheckInput } from './input.ts';

/** Charts whose makers mend nothing of them any more. */
export function checkSupport({ releases, today }: CheckInput): Check[] {
  return releases.flatMap(({ release, appVersion }) => {
    const support = supportOf(release.chart);
    const state = support === undefined ? undefined : supportState(release.name, appVersion, support, today);
    if (state?.isOver !== true) return [];
    return finding(release, 'support', {
      name: `Its makers mend the version of ${release.name} that runs`,
      status: 'warning',
      message: `${state.says}, as its makers say: ${state.source}`,
      remedy: `Take a newer chart: remove ${code(`${release.setting}.version`)} and \`digest\` where the platform file names an older one than the suite is tested with; else docs/how-to/update-charts.md tells what there is.`,
    });
  });
}
