import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { ChangeReport } from '@suite/change-report';
import { asObject } from '@suite/foundation';
import {
  type KubernetesView,
  on,
  onArm,
  type RegistryView,
  type RunningStep,
  registryError,
  type StepResult,
} from '@suite/sandbox';
import { type BundleWorld, errors, openBundleWorld, type RunOptions, reportOf, succeeded } from '../support/bundle.ts';
import { loseMachine, untilQuiet } from '../support/lost-machine.ts';

/** The releases of a platform and one of its own, out of a registry of the environment alone. */
let sandbox: BundleWorld;
let registry: RegistryView;
let cluster: KubernetesView;
let chartDigest: string;

beforeAll(async () => {
  sandbox = await openBundleWorld();
  const { world } = sandbox;
  world.settings.operationMs = 0;
  for (const scope of ['shared', 'dev']) await sandbox.deploy(scope);
  const [managed] = world.azure.resources('Microsoft.ContainerService/managedClusters');
  const [own] = world.azure.resources('Microsoft.ContainerRegistry/registries');
  if (managed === undefined || own === undefined) throw new Error('dev has no cluster or no registry.');
  cluster = world.kubernetes.of(managed.id);
  registry = world.registries.registry(own.name);
  // A chart of a repository that is no registry, with an image that its own values decide.
  chartDigest = world.charts.publish(
    world.charts.pack('mlflow', {
      'Chart.yaml': 'apiVersion: v2\nname: mlflow\nversion: 1.0.0+one\ndescription: Small\n',
      'values.yaml': 'image: ghcr.io/contoso/tracking:1\n',
      'templates/all.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: tracking }
spec:
  selector: { matchLabels: { app: tracking } }
  template:
    metadata: { labels: { app: tracking } }
    spec: { containers: [{ name: tracking, image: {{ .Values.image | quote }}, resources: { requests: { cpu: 10m } } }] }
`,
    }),
  ).digest;
  await sandbox.edit('platform.yaml', text =>
    text.replace(
      / {2}dev:\n/,
      `$&    registry: { mirror: true }
    releases:
      tracking:
        chart: mlflow
        repository: https://community-charts.github.io/helm-charts
        version: 1.0.0+one
        digest: ${chartDigest}
        namespace: work
        pod-security: privileged
`,
    ),
  );
});
afterEach(() => sandbox.world.faults.clear());
afterAll(() => sandbox.close());

const dev = () => {
  const found = sandbox.views.find(({ scope }) => scope === 'dev');
  if (found === undefined) throw new Error('The example has no dev.');
  return found;
};
const run = (inputs: Readonly<Record<string, string>>, options: RunOptions = {}) =>
  sandbox.run({ scope: 'dev', ...inputs }, { action: 'deploy-platform', machine: 'mirror', ...options });
const apply = async ({ outputs: { digest = '', releases = '' } }: StepResult, options: RunOptions = {}) =>
  run({ command: 'apply', 'expected-digest': digest, 'expected-releases': releases }, options);
const mirrored = ({ changes }: ChangeReport) =>
  changes.filter(({ address }) => address.startsWith('mirror/')).map(({ title }) => title);

/** Reads of what pods and Helm pull, outside of Azure, since a place in the ledger. */
const upstreamSince = (from: number) =>
  sandbox.world.ledger.requests
    .slice(from)
    .filter(({ path }) => /^\/v2\/.+\/(?:manifests|blobs)\//.test(path))
    .map(({ host }) => host)
    .filter(host => !host.endsWith('.azurecr.io'));

const pushesSince = (from: number) =>
  sandbox.world.ledger.requests
    .slice(from)
    .filter(({ method, host, path }) => host.endsWith('.azurecr.io') && method !== 'GET' && path.startsWith('/v2/'))
    .filter(({ method }) => method !== 'HEAD');

test('an image that is gone is one message, before anything is changed', async () => {
  const from = sandbox.world.ledger.requests.length;
  sandbox.world.faults.add({
    match: on('*', 'quay.io', /^\/v2\/jetstack\/cert-manager-webhook\/manifests\//),
    answer: registryError(404, 'MANIFEST_UNKNOWN'),
  });
  const result = await run({ command: 'plan', 'fail-if-blocked': 'true' });
  expect(result.conclusion).toBe('failure');
  expect(errors(result)).toEqual([
    expect.stringContaining(
      'There is no image quay.io/jetstack/cert-manager-webhook:v1.21.1, which is to be mirrored.',
    ),
  ]);
  expect(pushesSince(from)).toEqual([]);
  expect(registry.repositories()).toEqual([]);
});

test('everything is mirrored, runs from there, and is found there by the next plan', async () => {
  const planned = succeeded(await run({ command: 'plan' }));
  const report = await reportOf(planned);
  expect(report.checks.filter(({ status }) => status === 'blocked')).toEqual([]);
  expect(mirrored(report)).toEqual(
    expect.arrayContaining([
      'chart mirror/community-charts.github.io/helm-charts/mlflow',
      'chart mirror/ghcr.io/argoproj/argo-helm/argo-cd',
      'image mirror/docker.io/grafana/grafana',
      'image mirror/quay.io/jetstack/cert-manager-acmesolver',
      'image mirror/quay.io/thanos/thanos',
      'image mirror/registry.k8s.io/kube-state-metrics/kube-state-metrics',
    ]),
  );
  const left = report.checks.filter(({ id }) => id.endsWith('/mirror'));
  expect(left.map(({ id, status, message }) => [id, status, message])).toEqual([
    [
      'release/tracking/mirror',
      'warning',
      `1 of 1 image of \`tracking\` does not come from ${registry.loginServer}: \`ghcr.io/contoso/tracking:1\`.`,
    ],
  ]);

  const applied = succeeded(await apply(planned));
  expect(applied.log.join('\n')).toMatch(/Azure imports \d+ images from .*quay\.io/);
  const images = cluster
    .list('pods')
    .flatMap(({ spec }) => asObject(spec)['containers'] as readonly { readonly image: string }[])
    .map(({ image }) => image)
    .filter(image => !image.startsWith('ghcr.io/contoso/tracking'));
  expect(images.length).toBeGreaterThan(10);
  for (const image of images) {
    const [, repository = '', digest = ''] =
      new RegExp(`^${registry.loginServer}/(mirror/[^:@]+)(?::[^@]+)?@(sha256:[0-9a-f]{64})$`).exec(image) ?? [];
    expect([image, registry.readManifest(repository, digest) !== undefined]).toEqual([image, true]);
  }
  const chart = JSON.parse(
    registry.readManifest('mirror/community-charts.github.io/helm-charts/mlflow', '1.0.0_one')?.toString() ?? '{}',
  );
  expect(chart).toMatchObject({
    config: { mediaType: 'application/vnd.cncf.helm.config.v1+json' },
    layers: [{ mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', digest: chartDigest }],
  });

  const from = sandbox.world.ledger.requests.length;
  const second = await reportOf(succeeded(await run({ command: 'plan' })));
  expect(second.changes.map(({ kind, address, attributes }) => [kind, address, attributes])).toEqual([]);
  expect(second.verdict).toBe('no-changes');
  // Charts and tags are those of the mirror now.
  expect(upstreamSince(from)).toEqual([]);
  succeeded(await run({ command: 'verify' }));
});

test('what is lost of it is brought again, also after a run that was killed, and nothing else is done', async () => {
  registry.deleteRepository('mirror/quay.io/argoproj/argocd');
  registry.deleteRepository('mirror/ghcr.io/argoproj/argo-helm/argo-cd');
  const planned = succeeded(await run({ command: 'plan' }));
  const report = await reportOf(planned);
  expect(report.changes.map(({ title }) => title)).toEqual([
    'chart mirror/ghcr.io/argoproj/argo-helm/argo-cd',
    'image mirror/quay.io/argoproj/argocd',
  ]);
  let running: RunningStep | undefined;
  sandbox.world.faults.add({
    match: onArm('POST', /importImage$/),
    skip: 1,
    times: 1,
    answer: { call: () => loseMachine(running) },
  });
  const options = {
    onStart: (step: RunningStep) => {
      running = step;
    },
  };
  expect((await apply(planned, options)).conclusion).toBe('cancelled');
  await untilQuiet(sandbox.world);
  // A minute passes in which nobody renews it.
  const { account, container, key } = dev().state;
  sandbox.world.azure.breakLease(account, container, `${key}.run`);

  const applied = succeeded(await apply(planned));
  expect(applied.log.filter(line => /(?:installed|upgraded) and ready/.test(line))).toEqual([]);
  expect(registry.manifests('mirror/quay.io/argoproj/argocd').flatMap(({ tags }) => tags)).toEqual(['v3.4.4']);
  expect(registry.manifests('mirror/ghcr.io/argoproj/argo-helm/argo-cd').flatMap(({ tags }) => tags)).toEqual([
    '10.1.1',
  ]);
  expect((await reportOf(succeeded(await run({ command: 'plan' })))).verdict).toBe('no-changes');
});

test("a chart of one's own in a private registry of Azure is pulled as the identity that runs", async () => {
  const repository = 'mirror/community-charts.github.io/helm-charts/mlflow';
  const found = registry.manifests(repository).find(({ tags }) => tags.includes('1.0.0_one'));
  if (found === undefined) throw new Error('The chart is not there.');
  await sandbox.edit('platform.yaml', text =>
    text
      .replace('    registry: { mirror: true }\n', '')
      .replace(/ {8}chart: mlflow\n.*\n/, `        chart: oci://${registry.loginServer}/${repository}\n`)
      .replace(chartDigest, found.digest),
  );
  const from = sandbox.world.ledger.requests.length;
  // Another machine: what was pulled before is not at hand.
  const planned = succeeded(await run({ command: 'plan' }, { machine: 'private' }));
  expect((await reportOf(planned)).checks.filter(({ id }) => id.startsWith('release/tracking/chart'))).toEqual([]);
  const pulls = sandbox.world.ledger.requests
    .slice(from)
    .filter(({ host, path }) => host === registry.loginServer && path.includes(`/v2/${repository}/`));
  expect(pulls.length).toBeGreaterThan(0);
});

test('and where it is mirrored, brought from there as that identity, through the runner', async () => {
  const { azure, registries } = sandbox.world;
  const from = 'mirror/community-charts.github.io/helm-charts/mlflow';
  const manifest = registry.readManifest(from, '1.0.0_one') ?? Buffer.of();
  const [own] = azure.resources('Microsoft.ContainerRegistry/registries');
  const firmId = `${own?.id.slice(0, own.id.lastIndexOf('/'))}/crfirm`;
  azure.putResource(firmId, {
    location: 'westeurope',
    sku: { name: 'Standard' },
    properties: { adminUserEnabled: false },
  });
  const { plan: planner, apply: applier } = dev().identities;
  for (const principal of azure.principals().filter(({ clientId }) => [planner, applier].includes(clientId))) {
    azure.assignRole({ principal, role: 'AcrPull', scope: firmId });
  }
  const firm = registries.registry('crfirm');
  const { config, layers, mediaType } = JSON.parse(manifest.toString());
  for (const blob of [config, ...layers]) {
    firm.putBlob('charts/mlflow', blob.mediaType, registry.readBlob(from, blob.digest) ?? '');
  }
  const { digest } = firm.putManifest('charts/mlflow', mediaType, manifest, '1.0.0_one');
  await sandbox.edit('platform.yaml', text =>
    text
      .replace(/ {2}dev:\n/, '$&    registry: { mirror: true }\n')
      .replace(`${registry.loginServer}/${from}`, `${firm.loginServer}/charts/mlflow`),
  );
  const planned = succeeded(await run({ command: 'plan' }, { machine: 'firm' }));
  const target = `mirror/${firm.loginServer}/charts/mlflow`;
  expect(mirrored(await reportOf(planned))).toEqual([`chart ${target}`]);
  const { log } = succeeded(await apply(planned, { machine: 'firm' }));
  expect(registry.manifests(target).map(held => [held.digest, held.tags])).toEqual([[digest, ['1.0.0_one']]]);
  expect(log.join('\n')).not.toMatch(/Azure imports/);
});
