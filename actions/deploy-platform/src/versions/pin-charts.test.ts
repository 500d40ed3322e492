import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parsePinnedCharts } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import { pinCharts } from './pin-charts.ts';
import type { UsedChart } from './used.ts';

const example = join(import.meta.dirname, '..', '..', '..', '..', 'examples', 'platform-repository', 'platform.yaml');
const argoCd = 'oci://ghcr.io/argoproj/argo-helm/argo-cd';
const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;
const addressOf = (source: UsedChart['source']) => (source.kind === 'oci' ? source.url : source.repository);

let workspace: string;
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'charts-'));
});
afterAll(() => rm(workspace, { recursive: true }));

async function pin(find: (source: UsedChart['source']) => Promise<string>, change = (text: string) => text) {
  const outputs: Record<string, string | undefined> = {};
  const platformFile = join(workspace, 'platform.yaml');
  await writeFile(platformFile, change(await readFile(example, 'utf8')));
  await pinCharts({ command: 'charts', platformFile }, {
    context: { workspace },
    log: { info: () => {} },
    setOutputs: (values: object) => void Object.assign(outputs, values),
    registries: { newest: () => Promise.reject(new Error('nobody asks')), digestOf: find },
  } as unknown as Parameters<typeof pinCharts>[1]);
  return parsePinnedCharts(outputs['charts'] ?? '') ?? [];
}

/** The example, with digests for Argo CD in some of its environments. */
function naming(digests: Readonly<Record<string, string>>) {
  return (text: string) =>
    Object.entries(digests).reduce((changed, [environment, digest]) => {
      const found = changed.replace(
        new RegExp(`^ {2}${environment}:\n`, 'm'),
        `$&    releases: { argo-cd: { digest: "${digest}" } }\n`,
      );
      if (found === changed) throw new Error(`The example has no ${environment}.`);
      return found;
    }, text);
}

describe('the charts of a bundle', () => {
  test('are all that some environment takes from a registry, each once, in an order of their own', async () => {
    const asked: string[] = [];
    const charts = await pin(async source => {
      asked.push(addressOf(source));
      return digestOf('a');
    });
    expect(new Set(asked).size).toBe(asked.length);
    expect(charts).toContainEqual({ from: argoCd, version: expect.any(String), digest: digestOf('a') });
    expect(charts.length).toBeGreaterThan(3);
    const places = charts.map(({ from, name }) => JSON.stringify([from, name]));
    expect(places).toEqual(places.toSorted());
  });

  test('are not asked for where the platform file names the digest, in whichever environment', async () => {
    const asked: string[] = [];
    const find = async (source: UsedChart['source']) => {
      asked.push(addressOf(source));
      return digestOf('a');
    };
    const charts = await pin(find, naming({ dev: digestOf('b') }));
    expect(asked).not.toContain(argoCd);
    expect(charts.find(({ from }) => from === argoCd)?.digest).toBe(digestOf('b'));
  });

  test('make no bundle where one has no digest, and all of those are said', async () => {
    const pinning = pin(async () => {
      throw new UserError({ message: 'It is down.' });
    });
    const error: unknown = await pinning.catch((thrown: unknown) => thrown);
    if (!(error instanceof UserError)) throw new Error('It did not fail.');
    expect(error.problems.length).toBeGreaterThan(3);
    expect(error.problems).toContainEqual({
      message: expect.stringMatching(
        /^The digest of argo-cd [\d.]+ cannot be found, so no bundle was made: It is down\.$/,
      ),
      remedy: expect.stringContaining(
        'name the `version` with its `digest` under `releases.argo-cd` in the platform file',
      ),
    });
  });

  test('are those of applications, too, which nobody is asked for', async () => {
    const asked: string[] = [];
    const from = 'oci://ghcr.io/contoso/charts/redis';
    const charts = await pin(
      async source => {
        asked.push(addressOf(source));
        return digestOf('a');
      },
      text => `${text}
charts:
  redis: { chart: "${from}", version: 1.2.3, digest: "${digestOf('d')}" }
  unused: { chart: "${from}-unused", version: 1.2.3, digest: "${digestOf('d')}" }
applications: { repository: contoso/gitops, apps: [{ name: shop, charts: [redis] }] }
`,
    );
    expect(charts).toContainEqual({ from, version: '1.2.3', digest: digestOf('d') });
    expect(charts.filter(chart => chart.from.startsWith(from))).toHaveLength(1);
    expect(asked).not.toContain(from);
  });

  test('have one digest each: environments that name different ones for one version are refused', async () => {
    const pinning = pin(async () => digestOf('a'), naming({ dev: digestOf('b'), prod: digestOf('c') }));
    await expect(pinning).rejects.toThrow(
      /^The platform file names more than one digest for argo-cd [\d.]+: sha256:b{64} and sha256:c{64}\./,
    );
  });
});
