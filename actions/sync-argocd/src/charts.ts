import type { Change, Check } from '@suite/change-report';
import { mapInParallel, UserError } from '@suite/foundation';
import { helmFailureOf } from '@suite/helm';
import { chartAddress, chartsOfApps, type EnvironmentScope } from '@suite/platform-file';
import { chartName } from './chart-address.ts';
import { type Edits, noVersion, type PlacedChart } from './deliver/index.ts';
import type { HelmRenderer } from './render/index.ts';
import type { Target } from './target.ts';

/** The charts of an environment's applications. Unlike images they stay where they are: Argo CD pulls them from there. */
export function placedCharts({ charts }: Pick<EnvironmentScope, 'charts'>): readonly PlacedChart[] {
  return charts.map(({ name, source }) => {
    const { version, digest } = source;
    return { name, address: chartAddress(source), version, digest };
  });
}

/** In records: `oci://ghcr.io/contoso/charts/redis:1.2.3@sha256:…`. */
export function chartText({ address, version, digest }: PlacedChart): string {
  return `${address}:${version}@${digest}`;
}

/** Undefined for what is no such text. */
export function readChartText(name: string, text: string): PlacedChart | undefined {
  const { address, version, digest } =
    /^(?<address>.+):(?<version>[^:/@]+)@(?<digest>sha256:[0-9a-f]{64})$/.exec(text)?.groups ?? {};
  return address === undefined || version === undefined || digest === undefined
    ? undefined
    : { name, address, version, digest };
}

/** Addresses under which sources name the charts' repositories, as a project has to allow them: Argo CD takes OCI with and without its scheme. */
export function chartRepositories(charts: readonly PlacedChart[]): readonly string[] {
  const all = charts.flatMap(({ address }) => {
    const base = address.slice(0, -chartName(address).length - 1);
    return address.startsWith('oci://') ? [base.slice('oci://'.length), base, address] : [base, `${base}/`];
  });
  return [...new Set(all)];
}

const asksAtOnce = 4;

/**
 * Whether the version of each chart is the one that its digest says. Argo CD asks for versions and knows nothing of digests: a version that was
 * published anew would be another chart in the next environment.
 */
export async function chartChecks(
  { view, chosen }: Pick<Target, 'view' | 'chosen'>,
  helm: Pick<HelmRenderer, 'pull'>,
): Promise<readonly Check[]> {
  const checks = await mapInParallel(
    chartsOfApps(view, chosen),
    asksAtOnce,
    async ({ name, source, setting }): Promise<readonly Check[]> => {
      const about = { id: `chart/${name}`, name: `The chart ${name} is the one that its digest says`, setting };
      const title = `${chartAddress(source)} in the version ${source.version}`;
      try {
        const { digest } = await helm.pull({ ...source, digest: undefined });
        if (digest === source.digest) return [];
        return [
          {
            ...about,
            status: 'blocked',
            message: `${title} has the digest ${digest ?? '(none)'} now, and the platform file says ${source.digest}.`,
            remedy:
              'If it was published anew and that is meant, name a new version, or the new digest; what runs elsewhere is the chart of before.',
          },
        ];
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        const isAbsent = helmFailureOf(error)?.kind === 'chart-not-found';
        const [problem] = error.problems;
        return [
          {
            ...about,
            status: isAbsent ? 'blocked' : 'unknown',
            message: isAbsent
              ? `There is no ${title}.`
              : `${title} could not be held against its digest: ${problem?.message ?? error.message}`,
            remedy: isAbsent
              ? 'Correct its `version`, or publish that version first.'
              : (problem?.remedy ?? 'Let the runner reach that registry, or plan again once it answers.'),
          },
        ];
      }
    },
  );
  return checks.flat();
}

/** What a delivery changes of versions: it counts also where the new version renders to the same objects, or cannot be rendered here. */
export function chartChanges({ places }: Pick<Edits, 'places'>): readonly Change[] {
  const changing = places.filter(({ kind, before, after }) => kind === 'chart' && before !== after);
  return [...Map.groupBy(changing, ({ app, item }) => `${app}/${item}`)].flatMap(
    ([key, [first]]): readonly Change[] => {
      if (first === undefined) return [];
      const { app, item, before, after } = first;
      return [
        {
          address: `chart/${key}`,
          type: 'Chart',
          title: `chart ${item} of ${app}`,
          kind: 'update',
          reasons: [],
          attributes: [
            {
              path: 'version',
              before: before === noVersion ? { is: 'absent' } : { is: 'shown', text: before },
              after: { is: 'shown', text: after },
              setting: `charts.${item}.version`,
            },
          ],
          reach: 'stateless',
          risk: 'low',
        },
      ];
    },
  );
}
