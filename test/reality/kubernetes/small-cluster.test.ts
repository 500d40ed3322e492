import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asObject, type JsonObject } from '@suite/foundation';
import { type ManifestObject, parseManifests } from '@suite/helm';
import { createUpstream, type Upstream } from '@suite/sandbox';
import { type ApiCase, apiCases } from '../../../packages/sandbox/src/kubernetes/testing/cases.ts';
import { startTestCluster } from '../../../packages/sandbox/src/kubernetes/testing/cluster.ts';
import { ask, type Recorded } from '../../../packages/sandbox/src/kubernetes/testing/recorded.ts';
import { patienceSeconds } from '../../support/control-plane/api-client.ts';
import {
  controlPlaneNeeds,
  hasControlPlane,
  type RunningControlPlane,
  startControlPlane,
} from '../../support/control-plane.ts';
import { helmNeeds, helmOnPath, openHelm } from '../../support/helm.ts';

/**
 * What the sandbox's small cluster is held to: its unit test puts the same cases to it, and compares with the same record.
 * `RECORD=1` writes the record anew.
 */
const file = join(import.meta.dirname, '../../../packages/sandbox/src/kubernetes/fixtures/recorded-answers.json');

let control: RunningControlPlane;
let upstream: Upstream;

(hasControlPlane ? describe : describe.skip)(`the record of ${controlPlaneNeeds}`, () => {
  beforeAll(async () => {
    control = await startControlPlane({ nodes: [] });
    upstream = createUpstream({ url: control.url, ca: control.caCertificate, ...control.frontProxy });
  });
  afterAll(() => control?.stop());

  test('the real API server answers every case as the record says', async () => {
    const answers: Record<string, Recorded> = {};
    for (const one of apiCases) {
      const name = `${one.method} ${one.path.split('?')[0]}: ${one.name}`;
      if (one.name === 'until it is established') {
        await control.api.until(one.path, object => JSON.stringify(object).includes('"InitialNamesAccepted"'));
      }
      if (one.once !== undefined) await heard(one, one.once);
      answers[name] = await ask(upstream, one);
    }
    if (process.env['RECORD'] === '1') {
      const lines = Object.entries(answers).map(
        ([name, answer]) => `${JSON.stringify(name)}:${JSON.stringify(answer)}`,
      );
      await writeFile(file, `{\n${lines.join(',\n')}\n}\n`);
    }
    expect(answers).toEqual(JSON.parse(await readFile(file, 'utf8')));
  });

  async function heard(one: ApiCase, status: number) {
    const dry = { ...one, path: `${one.path}?dryRun=All` };
    // Whoever never hears of it is told by the record.
    const deadline = Date.now() + patienceSeconds * 1000;
    while (Date.now() < deadline && (await ask(upstream, dry)).status !== status) await setTimeout(25);
  }

  const withHelm = helmOnPath === undefined ? test.skip : test;
  withHelm(`what the sandbox's charts apply becomes the same objects on both: ${helmNeeds}`, async () => {
    const small = startTestCluster();
    const put = async (object: ManifestObject) => {
      await small.pass(1000);
      const one = applied(small.cluster, object);
      const answers = [await ask(upstream, one), await ask(small.answer, one)];
      if (object.kind === 'CustomResourceDefinition') {
        await control.api.until(one.path.split('?')[0] ?? '', found =>
          JSON.stringify(found).includes('"InitialNamesAccepted"'),
        );
      }
      return { name: `${object.kind} ${object.name}`, answers };
    };
    try {
      const objects = await renderCharts();
      expect(objects.length).toBeGreaterThan(100);
      for (const object of objects) {
        const { name, answers } = await put(object);
        const [real, ours] = answers.map(answer => ({ name, ...answer }));
        expect(ours).toEqual(real);
        expect(real?.status).toBe(201);
      }
    } finally {
      small.close();
    }
  });
});

const chartFolder = join(import.meta.dirname, '../../../packages/sandbox/charts');

/** Charts that have to be asked for something, as the real ones have to. */
const asked: Readonly<Record<string, JsonObject>> = {
  'cert-manager': { crds: { enabled: true } },
  loki: {
    loki: { useTestSchema: true, storage: { type: 'filesystem' } },
    singleBinary: { replicas: 1 },
    ...Object.fromEntries(['write', 'read', 'backend'].map(part => [part, { replicas: 0 }])),
  },
};

/** Every object of the small charts; those that have definitions come first. */
async function renderCharts(): Promise<readonly ManifestObject[]> {
  const folder = await mkdtemp(join(tmpdir(), 'small-cluster-'));
  try {
    const helm = openHelm(folder);
    const names = (await readdir(chartFolder)).sort(
      (one, other) => Number(one.includes('stack')) - Number(other.includes('stack')),
    );
    const rendered: ManifestObject[] = [];
    for (const name of names) {
      const text = await helm.template({
        chart: await helm.pull({ kind: 'folder', path: join(chartFolder, name) }),
        release: name,
        namespace: 'default',
        values: asked[name] ?? {},
        kubeVersion: '1.34.4',
        apiVersions: ['monitoring.coreos.com/v1', 'monitoring.coreos.com/v1/ServiceMonitor'],
        includeCrds: true,
      });
      rendered.push(...parseManifests(text).objects);
    }
    const rank = ({ kind }: ManifestObject) => (kind === 'CustomResourceDefinition' ? 0 : 1);
    return rendered.sort((one, other) => rank(one) - rank(other));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Everything of an applied object counts, but for the schemas of definitions and the addresses and node ports that services are dealt. */
function applied(
  cluster: ReturnType<typeof startTestCluster>['cluster'],
  { apiVersion, kind, name, object }: ManifestObject,
): ApiCase {
  const type = cluster.types.byKind(apiVersion, kind);
  if (type === undefined) throw new Error(`The small cluster serves no ${kind} of ${apiVersion}.`);
  const root = type.group === '' ? '/api/v1' : `/apis/${apiVersion}`;
  const place = type.namespaced ? '/namespaces/default' : '';
  const ports = ['name', 'port', 'protocol', 'targetPort'].map(field => `spec.ports.*.${field}`);
  const spec = kind === 'Service' ? [...ports, 'spec.selector', 'spec.type'] : ['spec'];
  return {
    name: '',
    method: 'PATCH',
    path: `${root}${place}/${type.plural}/${name}?fieldManager=helm`,
    contentType: 'application/apply-patch+yaml',
    body: {
      ...object,
      metadata: { ...asObject(object['metadata']), ...(type.namespaced ? { namespace: 'default' } : {}) },
    },
    keep: [
      'metadata.managedFields',
      'metadata.generation',
      'metadata.labels',
      ...(kind === 'CustomResourceDefinition' ? ['spec.names', 'spec.scope'] : spec),
      ...['data', 'rules', 'webhooks', 'subjects', 'roleRef'],
    ],
  };
}
