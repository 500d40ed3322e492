import type { Path } from '../position.ts';
import { quote } from '../wording.ts';
import type { Checker } from './checker.ts';

export const digestRemedy =
  'Name the digest beside it: `helm pull` prints that of an OCI chart, index.yaml has the others.';

interface SaidChart {
  readonly chart: string;
  readonly repository?: string | undefined;
  readonly version?: string | undefined;
  readonly digest?: string | undefined;
}

/** That a chart of a registry is named in full: where it is, and which one. `orElse`: what else may stand instead of `oci://…`. */
export function checkRegistryChart(
  { report, isSound }: Pick<Checker, 'report' | 'isSound'>,
  setting: Path,
  name: string,
  { chart, repository, version, digest }: SaidChart,
  orElse = '',
): void {
  const isOci = chart.startsWith('oci://');
  if (repository !== undefined && isOci) {
    report(
      [...setting, 'repository'],
      `${quote(chart)} says already where the chart is.`,
      'Remove `repository`, or name the chart in it.',
    );
  } else if (repository === undefined && !isOci && isSound([...setting, 'repository'])) {
    report(
      [...setting, 'chart'],
      `Nothing says where the chart ${quote(chart)} is.`,
      `Add \`repository: https://…\`, or write oci://…${orElse}.`,
    );
  }
  if (version === undefined && isSound([...setting, 'version'])) {
    report(setting, `\`${name}\` has no \`version\`.`, 'Name one version of the chart, in full.');
  } else if (digest === undefined && isSound([...setting, 'digest'])) {
    report([...setting, 'version'], `Of ${quote(version ?? '')} of \`${name}\` no digest is known.`, digestRemedy);
  }
}
