import type { Path } from '../position.ts';
import { checkRegistryChart } from './chart.ts';
import type { Checker } from './checker.ts';

/** Charts of applications: that each says which one it is, in full. */
export function checkCharts(checker: Checker): void {
  const { merged, report, isSound } = checker;
  for (const [name, said] of Object.entries(merged.charts ?? {})) {
    if (said === false) continue;
    const setting: Path = ['charts', name];
    const { chart } = said;
    if (chart !== undefined) checkRegistryChart(checker, setting, name, { ...said, chart });
    else if (isSound([...setting, 'chart'])) {
      report(
        setting,
        `Nothing says which chart \`${name}\` is.`,
        'Name it: `chart: oci://…`, or `chart` with its `repository`.',
      );
    }
  }
}
