import { describe, expect, test } from '@jest/globals';
import type { Check } from '@suite/change-report';
import type { KubernetesObject } from '@suite/kubernetes';
import type { EnvironmentScope } from '@suite/platform-file';
import fc from 'fast-check';
import type { Release } from '../release.ts';
import { viewOf } from '../releases/examples.fixture.ts';
import { checkPodSecurity } from './admission.ts';
import { checkApiVersions } from './api-versions.ts';
import { checkBackupHooks } from './backup-hooks.ts';
import { checkCapacity } from './capacity.ts';
import { deployment, inputOf, object, releaseOf, resolve, view, workload } from './checks.fixture.ts';
import { checkChoices } from './choices.ts';
import { checkDisruption } from './disruption.ts';
import { checkImages } from './images.ts';
import { checkReleases } from './index.ts';
import type { CheckInput } from './input.ts';
import { checkMonitors } from './monitors.ts';
import { checkOwners } from './owners.ts';
import { checkPlacement } from './placement.ts';
import { checkProbes } from './probes.ts';
import { checkReleaseSecret } from './release-secret.ts';
import { checkRequests } from './requests.ts';
import { checkShutdown } from './shutdown.ts';
import { checkUnknownValues } from './unknown-values.ts';
import { checkWebhooks } from './webhooks.ts';
import { checkWorkloadIdentity } from './workload-identity.ts';

fc.configureGlobal({ seed: 1 });

/** A Job that Helm makes on the way, in whatever is wrong with it. */
const badHook = object(
  'batch/v1',
  'Job',
  {
    spec: {
      template: {
        metadata: { labels: { 'azure.workload.identity/use': 'true' } },
        spec: {
          nodeSelector: { 'node-type': 'none' },
          containers: [{ name: 'a', image: 'a:1', securityContext: { privileged: true } }],
        },
      },
    },
  },
  { name: 'before' },
);

test('what Helm makes on the way is judged as the rest, but for what only lasting pods need', () => {
  const input = inputOf([], {}, { podSecurity: 'restricted' });
  const [release] = input.releases;
  if (release === undefined) throw new Error('There is no release.');
  const found = checkReleases({ ...input, releases: [{ ...release, hooks: [badHook] }] });
  expect(found.map(({ id }) => id.replace('release/web/', '')).sort()).toEqual([
    'identity-account',
    'images',
    'placement',
    'pod-security',
    'requests',
  ]);
  expect(found.every(({ message }) => /Job|`a:1`/.test(message))).toBe(true);
});

/** `status what: message` */
const told = (checks: readonly Check[]) =>
  checks.map(({ status, id, message }) => `${status} ${id.replace('release/', '')}: ${message}`);

const gpuToleration = { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' };
const requests = (cpu: string, memory: string, more = {}) => ({ resources: { requests: { cpu, memory, ...more } } });
const affinityTo = (...terms: unknown[]) => ({
  affinity: {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
  },
});
const expression = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, values }],
});

describe('placement', () => {
  test.each<[string, KubernetesObject]>([
    ['nothing said', deployment({})],
    [
      'a label of the user pool',
      deployment({}, { nodeSelector: { 'node-type': 'user', 'kubernetes.io/os': 'linux' } }),
    ],
    [
      'the GPU pool with its taint',
      deployment(requests('1', '1Gi', { 'nvidia.com/gpu': 1 }), {
        nodeSelector: { accelerator: 'nvidia-gpu' },
        tolerations: [gpuToleration],
      }),
    ],
    ['every taint', deployment({}, { nodeSelector: { 'node-type': 'system' }, tolerations: [{ operator: 'Exists' }] })],
    ['a label that others set', deployment({}, { nodeSelector: { 'nvidia.com/gpu.present': 'true' } })],
    [
      'one of two terms',
      deployment({}, affinityTo(expression('node-type', 'In', 'none'), expression('node-type', 'In', 'user'))),
    ],
    ['not on a pool', deployment({}, affinityTo(expression('node-type', 'NotIn', 'ai')))],
    ['no copies', deployment({}, { nodeSelector: { 'node-type': 'none' } }, { replicas: 0 })],
    ['as large as a node', deployment(requests('3860m', '13Gi'))],
    [
      'a test of the chart',
      object(
        'v1',
        'Pod',
        { spec: { nodeSelector: { 'node-type': 'none' } } },
        { annotations: { 'helm.sh/hook': 'test' } },
      ),
    ],
  ])('fits: %s', (_, rendered) => {
    expect(checkPlacement(inputOf([rendered]))).toEqual([]);
  });

  test.each<[string, KubernetesObject, string, string]>([
    [
      'a value that no pool has',
      deployment({}, { nodeSelector: { 'node-type': 'none' } }),
      'blocked',
      'system, user and gpu: wants nodes with node-type: none',
    ],
    [
      'a label that no pool has',
      deployment({}, { nodeSelector: { disk: 'ssd' } }),
      'warning',
      'system, user and gpu: wants nodes with disk: ssd',
    ],
    [
      'a taint',
      deployment({}, { nodeSelector: { accelerator: 'nvidia-gpu' } }),
      'blocked',
      'gpu: does not tolerate its taint nvidia.com/gpu',
    ],
    [
      'a toleration of another value',
      deployment(
        {},
        { nodeSelector: { accelerator: 'nvidia-gpu' }, tolerations: [{ key: 'nvidia.com/gpu', value: 'present' }] },
      ),
      'blocked',
      'gpu: does not tolerate its taint nvidia.com/gpu',
    ],
    [
      'too many cores',
      deployment(requests('4', '1Gi')),
      'blocked',
      'user: requests 4 cores of 3.86 that a node of Standard_D4ds_v5 has',
    ],
    [
      'too much memory',
      deployment({ resources: { limits: { memory: '20Gi' } } }),
      'blocked',
      'user: requests 20 GiB of 13.81 GiB that a node of Standard_D4ds_v5 has',
    ],
    [
      'an init container',
      deployment({}, { initContainers: [{ name: 'a', ...requests('9', '1Gi') }] }),
      'blocked',
      'user: requests 9 cores of 3.86 that a node of Standard_D4ds_v5 has',
    ],
    [
      'two that only fit one by one',
      workload('Deployment', {
        containers: [
          { name: 'a', ...requests('2', '1Gi') },
          { name: 'b', ...requests('2', '1Gi') },
        ],
      }),
      'blocked',
      'user: requests 4 cores of 3.86 that a node of Standard_D4ds_v5 has',
    ],
    [
      'Arm',
      deployment({}, { nodeSelector: { 'kubernetes.io/arch': 'arm64' } }),
      'blocked',
      'system, user and gpu: wants nodes with kubernetes.io/arch: arm64',
    ],
    [
      'a run of a job',
      object('batch/v1', 'CronJob', {
        spec: { jobTemplate: { spec: { template: { spec: { nodeSelector: { 'node-type': 'x' } } } } } },
      }),
      'blocked',
      'system, user and gpu: wants nodes with node-type: x',
    ],
  ])('does not fit: %s', (_, rendered, status, why) => {
    const [check, ...more] = checkPlacement(inputOf([rendered]));
    expect(more).toEqual([]);
    expect(check).toMatchObject({ id: 'release/web/placement', status, setting: 'releases.web' });
    expect(check?.message).toContain(`\`${rendered.kind} shop/web\``);
    expect(check?.message).toContain(why);
  });

  test('a DaemonSet without nodes is a false green', () => {
    const nowhere = workload('DaemonSet', { nodeSelector: { 'node-type': 'none' } });
    expect(checkPlacement(inputOf([nowhere]))).toMatchObject([{ id: 'release/web/daemons', status: 'warning' }]);
    const { name } = nowhere.metadata;
    expect(checkPlacement(inputOf([nowhere], {}, { onDemand: [name] }))).toEqual([]);
  });

  test('what Azure says of a size goes before its name', () => {
    const machines = new Map([['standard_d4ds_v5', { cores: 8, memoryGiB: 32, gpus: 0 }]]);
    expect(checkPlacement(inputOf([deployment(requests('5', '20Gi'))], { machines }))).toEqual([]);
  });

  test('a size that nobody knows is not judged', () => {
    const unknown = resolve('    cluster: { pools: { user: { size: Standard_X4_v9 } } }');
    expect(checkPlacement(inputOf([deployment(requests('99', '999Gi'))], { view: unknown }))).toEqual([]);
  });
});

test.each<[string, Record<string, unknown>, string[]]>([
  ['the usual time', {}, []],
  ['none', { terminationGracePeriodSeconds: 0 }, ['it gets 0 s to end']],
  [
    'all of it asleep',
    { lifecycle: { preStop: { sleep: { seconds: 30 } } } },
    ['it sleeps for 30 s before, of 30 s in all'],
  ],
  ['some of it asleep', { lifecycle: { preStop: { sleep: { seconds: 10 } } } }, []],
  ['none, but nobody asks it for anything', { terminationGracePeriodSeconds: 0, ports: [] }, []],
])('time to end of pods that serve others: %s', (_, { lifecycle, ports = [{ containerPort: 80 }], ...pod }, why) => {
  const found = checkShutdown(inputOf([deployment({ ports, lifecycle }, pod)]));
  expect(found.map(({ id, message }) => [id, /\((.*)\)/.exec(message)?.[1]])).toEqual(
    why.map(said => ['release/web/shutdown', said]),
  );
});

describe('choices', () => {
  const choicesIn = (view: EnvironmentScope, name: string) => {
    const input = inputOf([], { view }, { name, setting: `releases.${name}` });
    return checkChoices(input).map(({ id, status, setting, message, remedy }) => [
      id,
      status,
      setting,
      `${message} ${remedy}`,
    ]);
  };

  test('Redis of Argo CD follows the nodes of the user pool, and the plan says so', () => {
    expect(choicesIn(resolve(''), 'argo-cd')).toEqual([
      [
        'choice/argo-cd',
        'passed',
        'releases.argo-cd',
        expect.stringMatching(
          /^Redis runs once: three copies want 3 nodes, and the user pool has 1 at least\..*`cluster\.pools\.user\.min: 3`/,
        ),
      ],
    ]);
    expect(choicesIn(resolve('    cluster: { pools: { user: { min: 3 } } }'), 'argo-cd')).toEqual([]);
    expect(choicesIn(resolve('    releases: { argo-cd: { high-availability: false } }'), 'argo-cd')).toEqual([]);
  });

  test('Loki too, where the environment would have several servers', () => {
    const of = (scope: string, max: number) =>
      choicesIn(
        viewOf('minimal', scope, `  releases: { loki: true }\n  cluster: { pools: { user: { max: ${max} } } }`),
        'loki',
      );
    expect(of('prod', 2)).toEqual([
      [
        'choice/loki',
        'passed',
        'releases.loki',
        expect.stringMatching(/^Loki is one server: 3 want a node each, and the user pool has 2 at most\./),
      ],
    ]);
    expect(of('prod', 3)).toEqual([]);
    expect(of('dev', 2)).toEqual([]);
  });
});

describe('capacity', () => {
  const copies = (replicas: number, cpu: string) => deployment(requests(cpu, '1Gi'), {}, { replicas });

  test.each<[string, readonly KubernetesObject[], string[]]>([
    ['one node is enough', [copies(1, '1')], []],
    [
      'the autoscaler has to come',
      [copies(3, '2')],
      [
        'passed choice/capacity/user: The releases request 6 cores and 3 GiB of the pools `user`, more than their least nodes have: the first apply waits for the autoscaler.',
      ],
    ],
    [
      'all nodes are not enough',
      [copies(9, '2')],
      [
        'warning capacity/user: The releases request 18 cores and 9 GiB of the pools `user`, more CPU than they have with all of their nodes.',
      ],
    ],
    [
      'a DaemonSet on every node',
      [copies(3, '2'), workload('DaemonSet', { containers: [{ name: 'a', ...requests('3', '1Gi') }] })],
      [
        'warning capacity/user: The releases request 6 cores and 3 GiB of the pools `user`, more CPU than they have with all of their nodes.',
      ],
    ],
    [
      'an autoscaler of pods',
      [
        copies(1, '2'),
        object('autoscaling/v2', 'HorizontalPodAutoscaler', {
          spec: { minReplicas: 9, scaleTargetRef: { kind: 'Deployment', name: 'web' } },
        }),
      ],
      [
        'warning capacity/user: The releases request 18 cores and 9 GiB of the pools `user`, more CPU than they have with all of their nodes.',
      ],
    ],
    [
      'runs of jobs',
      [
        object('batch/v1', 'Job', {
          spec: { template: { spec: { containers: [{ name: 'a', ...requests('3', '1Gi') }] } }, parallelism: 9 },
        }),
      ],
      [],
    ],
  ])('%s', (_, objects, expected) => {
    expect(told(checkCapacity(inputOf(objects)))).toEqual(expected);
  });
});

test('pod security: says what the namespace refuses', () => {
  const web = deployment({ securityContext: { privileged: true } });
  const elsewhere = deployment({ securityContext: { privileged: true } }, {}, {}, { namespace: 'other' });
  expect(told(checkPodSecurity(inputOf([web, elsewhere], {}, { podSecurity: 'baseline' })))).toEqual([
    'blocked web/pod-security: Namespace `shop` is baseline and refuses the pods of `Deployment shop/web` (`container web must not be privileged`).',
  ]);
  expect(checkPodSecurity(inputOf([web], {}, { podSecurity: 'privileged' }))).toEqual([]);
});

describe('commands for the backup', () => {
  const hooked = (annotations: Readonly<Record<string, string>>) =>
    object('apps/v1', 'StatefulSet', {
      spec: {
        template: {
          metadata: {
            annotations: Object.fromEntries(
              Object.entries(annotations).map(([name, value]) => [`pre.hook.backup.velero.io/${name}`, value]),
            ),
          },
          spec: { containers: [{ name: 'database' }] },
        },
      },
    });
  const good = {
    command: '["psql", "-c", "CHECKPOINT"]',
    container: 'database',
    'on-error': 'Continue',
    timeout: '1m30s',
  };
  const backup = { view: resolve('    backup: true') };

  test.each<[string, Readonly<Record<string, string>>, string[]]>([
    ['as Velero has them', good, []],
    ['a command alone', { command: '/bin/sync' }, []],
    ['without a command', { container: 'database' }, ['`pre.hook.backup.velero.io/command` is missing']],
    ['half a list', { command: '["psql", ' }, ['`pre.hook.backup.velero.io/command` is no JSON list of text']],
    ['another container', { ...good, container: 'postgres' }, ['there is no container `postgres`']],
    [
      'another word',
      { ...good, 'on-error': 'ignore' },
      ['`pre.hook.backup.velero.io/on-error` is `ignore`, and is `Fail` or `Continue`'],
    ],
    [
      'another time',
      { ...good, timeout: '30' },
      ['`pre.hook.backup.velero.io/timeout` is `30`, and is a time such as `30s`'],
    ],
  ])('%s', (_, annotations, expected) => {
    expect(told(checkBackupHooks(inputOf([hooked(annotations)], backup)))).toEqual(
      expected.map(fault => `warning web/backup-hooks: \`StatefulSet shop/web\`: ${fault}.`),
    );
  });

  test('that nobody runs', () => {
    expect(told(checkBackupHooks(inputOf([hooked(good)])))).toEqual([
      'warning web/backup-hooks: `StatefulSet shop/web` has commands for a backup, and there is none.',
    ]);
    expect(checkBackupHooks(inputOf([deployment({})]))).toEqual([]);
  });
});

describe('what workloads leave out', () => {
  const digest = `@sha256:${'a'.repeat(64)}`;
  const spread = { topologySpreadConstraints: [{}] };
  const budget = (spec: object) =>
    object('policy/v1', 'PodDisruptionBudget', { spec: { selector: { matchLabels: { app: 'web' } }, ...spec } });

  test.each<[string, (input: CheckInput) => Check[], readonly KubernetesObject[], string[]]>([
    [
      'requests',
      checkRequests,
      [deployment({})],
      ['warning web/requests: No requests for CPU and memory in `Deployment shop/web` (container `web`).'],
    ],
    [
      'one of two requests',
      checkRequests,
      [deployment({ resources: { requests: { cpu: 1 } } })],
      ['warning web/requests: No requests for CPU and memory in `Deployment shop/web` (container `web`).'],
    ],
    ['requests that are limits', checkRequests, [deployment({ resources: { limits: { cpu: 1, memory: '1Gi' } } })], []],
    ['requests of the pod', checkRequests, [deployment({}, { resources: { requests: { cpu: 1 } } })], []],
    ['requests of an init container', checkRequests, [workload('Deployment', { initContainers: [{ name: 'a' }] })], []],
    [
      'requests of a sidecar',
      checkRequests,
      [workload('Deployment', { initContainers: [{ name: 'a', restartPolicy: 'Always' }] })],
      ['warning web/requests: No requests for CPU and memory in `Deployment shop/web` (container `a`).'],
    ],
    [
      'probes',
      checkProbes,
      [deployment({ ports: [{ containerPort: 80 }] })],
      ['warning web/probes: No readiness probe in `Deployment shop/web` (container `web`).'],
    ],
    ['probes of what listens nowhere', checkProbes, [deployment({})], []],
    ['probes that are there', checkProbes, [deployment({ ports: [{}], readinessProbe: {} })], []],
    [
      'spread and budget',
      checkDisruption,
      [deployment({}, {}, { replicas: 2 })],
      [
        'warning web/spread: Nothing keeps the copies of `Deployment shop/web` off the same node.',
        'warning web/disruption-budget: No disruption budget keeps a copy of `Deployment shop/web` while nodes are drained.',
      ],
    ],
    ['spread of one copy', checkDisruption, [deployment({})], []],
    ['a budget for it', checkDisruption, [deployment({}, spread, { replicas: 2 }), budget({ minAvailable: 1 })], []],
    [
      'a budget of another namespace',
      checkDisruption,
      [deployment({}, spread, { replicas: 2 }), { ...budget({}), metadata: { name: 'a', namespace: 'b' } }],
      [
        'warning web/disruption-budget: No disruption budget keeps a copy of `Deployment shop/web` while nodes are drained.',
      ],
    ],
    [
      'a budget that blocks',
      checkDisruption,
      [deployment({}), budget({ minAvailable: 1 })],
      [
        'warning web/drains: These budgets let no pod go, so that upgrades of nodes wait until they fail: `PodDisruptionBudget shop/web` (`Deployment shop/web` has 1).',
      ],
    ],
    [
      'a budget that blocks by shares',
      checkDisruption,
      [deployment({}, spread, { replicas: 2 }), budget({ minAvailable: '51%' })],
      [
        'warning web/drains: These budgets let no pod go, so that upgrades of nodes wait until they fail: `PodDisruptionBudget shop/web` (`Deployment shop/web` has 2).',
      ],
    ],
    ['a budget that lets one go', checkDisruption, [deployment({}), budget({ maxUnavailable: '10%' })], []],
    [
      'a budget that lets none go',
      checkDisruption,
      [deployment({}), budget({ maxUnavailable: 0 })],
      [
        'warning web/drains: These budgets let no pod go, so that upgrades of nodes wait until they fail: `PodDisruptionBudget shop/web` (`Deployment shop/web` has 1).',
      ],
    ],
    [
      'digests',
      checkImages,
      [
        deployment({ image: 'a:1' }),
        deployment({ image: `b${digest}` }),
        object('monitoring.coreos.com/v1', 'Prometheus', { spec: { image: 'c:1' } }),
      ],
      ['warning web/images: 2 of 3 images have no digest: `a:1` and `c:1`.'],
    ],
    ['no digest', checkImages, [deployment({ image: `a:1${digest}` })], []],
  ])('%s', (_, check, objects, expected) => {
    expect(told(check(inputOf(objects)))).toEqual(expected);
  });

  test('requests where safeguards fill them', () => {
    const enforced = resolve('    cluster: { features: { safeguards: enforce } }');
    expect(checkRequests(inputOf([deployment({})], { view: enforced }))[0]?.message).toContain('500m CPU and 2Gi');
  });

  test('many are not a wall of text', () => {
    const objects = Array.from({ length: 40 }, (_, at) => deployment({ image: `image-${at}` }));
    expect(checkImages(inputOf(objects))[0]?.message).toBe(
      '40 of 40 images have no digest: `image-0`, `image-1`, `image-2`, `image-3`, `image-4` and 35 more.',
    );
  });
});

describe('owners', () => {
  const crd = object(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    {},
    { name: 'a.example.com', namespace: undefined },
  );
  const releases = (...names: string[]) =>
    names.map(name => ({ release: releaseOf({ name, setting: `releases.${name}` }), objects: [crd] }));

  test('of two releases', () => {
    expect(told(checkOwners(inputOf([], { releases: releases('crds', 'stack') })))).toEqual([
      'blocked stack/owners: Release `stack` renders what `crds` renders too: `CustomResourceDefinition a.example.com`.',
    ]);
  });

  test('twice in one', () => {
    expect(told(checkOwners(inputOf([crd, { ...crd, apiVersion: 'apiextensions.k8s.io/v1beta1' }])))).toEqual([
      'blocked web/twice: Release `web` renders `CustomResourceDefinition a.example.com` more than once.',
    ]);
  });

  test('objects of the same name elsewhere are others', () => {
    const two = [deployment({}), deployment({}, {}, {}, { namespace: 'b' }), workload('StatefulSet', {})];
    expect(checkOwners(inputOf(two))).toEqual([]);
  });
});

describe('workload identity', () => {
  const mine = '0b000000-0000-4000-8000-000000000001';
  const outputs = { workload_identities: { 'cert-manager': { name: 'id', client_id: mine } } };
  const { namespace, name } = view.workloads['cert-manager'] as { namespace: string; name: string };
  const account = (clientId: string | undefined, place = { namespace, name }) =>
    object(
      'v1',
      'ServiceAccount',
      {},
      { ...place, annotations: clientId === undefined ? {} : { 'azure.workload.identity/client-id': clientId } },
    );
  const user = (use: boolean, more: object = {}) =>
    workload(
      'Deployment',
      { labels: use ? { 'azure.workload.identity/use': 'true' } : {}, serviceAccountName: name, ...more },
      {},
      { namespace },
    );

  test.each<[string, readonly KubernetesObject[], Partial<CheckInput>, Partial<Release>, string[]]>([
    ['all agree', [account(mine), user(true)], { outputs }, {}, []],
    ['not known yet', [account(mine), user(true)], {}, {}, []],
    [
      'no label',
      [account(mine), user(false)],
      { outputs },
      {},
      [
        `warning web/identity-label: \`Deployment ${namespace}/web\` runs as \`${name}\`, which has an identity, and lacks the label that asks for its token.`,
      ],
    ],
    [
      'no annotation',
      [account(undefined, { namespace, name: 'other' }), user(true, { serviceAccountName: 'other' })],
      { outputs },
      {},
      [
        `warning web/identity-account: \`Deployment ${namespace}/web\` asks for a token, and its service account \`other\` names no identity.`,
      ],
    ],
    [
      'no annotation yet',
      [account(undefined, { namespace, name: 'other' }), user(true, { serviceAccountName: 'other' })],
      {},
      { unknownValues: ['a'] },
      [
        `later web/identity-account: \`Deployment ${namespace}/web\` asks for a token, and its service account \`other\` names no identity.`,
      ],
    ],
    [
      'the id in the environment',
      [user(true, { containers: [{ name: 'a', env: [{ name: 'AZURE_CLIENT_ID' }] }] })],
      { outputs },
      {},
      [],
    ],
    [
      'an identity that is not used',
      [account(undefined)],
      { outputs },
      {},
      [
        `warning web/identity-account: \`ServiceAccount ${namespace}/${name}\` is what the identity \`cert-manager\` was made for, and does not name it.`,
      ],
    ],
    [
      'another service account',
      [account(mine.toUpperCase(), { namespace, name: 'other' })],
      { outputs },
      {},
      [
        `blocked web/identity-subject: \`ServiceAccount ${namespace}/other\` names the identity \`cert-manager\`, which trusts \`${namespace}/${name}\` alone.`,
      ],
    ],
    [
      'an identity of others',
      [account('0c000000-0000-4000-8000-000000000001')],
      { outputs },
      {},
      [
        `warning web/identity-subject: \`ServiceAccount ${namespace}/${name}\` names a client id that is none of the platform’s; whether Entra trusts it is not known here.`,
      ],
    ],
    [
      'no workload identity',
      [account(mine), user(true)],
      {
        outputs,
        view: {
          ...view,
          cluster: { ...view.cluster, features: { ...view.cluster.features, workloadIdentity: false } },
        },
      },
      {},
      [
        `blocked web/identity-feature: \`Deployment ${namespace}/web\` asks for a token of Entra, and the cluster gives none.`,
      ],
    ],
  ])('%s', (_, objects, more, release, expected) => {
    expect(told(checkWorkloadIdentity(inputOf(objects, more, release)))).toEqual(expected);
  });
});

describe('webhooks that AKS rewrites', () => {
  const hook = (webhook: object, metadata = {}) =>
    object(
      'admissionregistration.k8s.io/v1',
      'ValidatingWebhookConfiguration',
      { webhooks: [{ name: 'a.b', ...webhook }] },
      { namespace: undefined, ...metadata },
    );
  const selector = (...matchExpressions: object[]) => ({ namespaceSelector: { matchExpressions } });
  const enforced = [
    { key: 'control-plane', operator: 'NotIn', values: ['true'] },
    { key: 'kubernetes.azure.com/managedby', operator: 'NotIn', values: ['aks'] },
  ];
  const forced = { apply: { forceConflicts: true, reason: '' } };

  test.each<[string, KubernetesObject, Partial<Release>, boolean]>([
    ['a selector of its own', hook(selector({ key: 'a', operator: 'Exists' })), {}, true],
    ['an empty selector', hook({ namespaceSelector: {} }), {}, true],
    ['no selector, which Helm does not own', hook({}), {}, false],
    ['what the enforcer wants', hook(selector(...enforced)), {}, false],
    ['the annotation', hook(selector({}), { annotations: { 'admissions.enforcer/disabled': 'true' } }), {}, false],
    ['forced conflicts', hook(selector({})), forced, false],
  ])('%s', (_, rendered, release, isFound) => {
    const expected = isFound ? ['release/web/webhooks'] : [];
    expect(checkWebhooks(inputOf([rendered], {}, release)).map(({ id }) => id)).toEqual(expected);
  });
});

describe('API versions', () => {
  test.each<[string, string, string, string[]]>([
    [
      '1.34.4',
      'policy/v1beta1',
      'PodDisruptionBudget',
      [
        'blocked web/api-versions: Kubernetes 1.34 does not serve the API version of `PodDisruptionBudget shop/web` (`policy/v1beta1`, until 1.24).',
      ],
    ],
    [
      'v1.31.0',
      'flowcontrol.apiserver.k8s.io/v1beta3',
      'FlowSchema',
      [
        'warning web/api-versions-next: Kubernetes 1.32 will not serve the API version of `FlowSchema shop/web` (`flowcontrol.apiserver.k8s.io/v1beta3`, until 1.31).',
      ],
    ],
    [
      '1.36',
      'networking.k8s.io/v1beta1',
      'IPAddress',
      [
        'warning web/api-versions-next: Kubernetes 1.37 will not serve the API version of `IPAddress shop/web` (`networking.k8s.io/v1beta1`, until 1.36).',
      ],
    ],
    ['1.36', 'policy/v1', 'PodDisruptionBudget', []],
    ['1.36', 'networking.k8s.io/v1beta1', 'constructor', []],
    ['latest', 'policy/v1beta1', 'PodDisruptionBudget', []],
  ])('%s: %s %s', (kubernetesVersion, apiVersion, kind, expected) => {
    expect(told(checkApiVersions(inputOf([object(apiVersion, kind)], { kubernetesVersion })))).toEqual(expected);
  });
});

describe('the release Secret', () => {
  // Text that no compression makes smaller than three quarters, the same in every run.
  let state = 1;
  const noise = (bytes: number) =>
    Array.from({ length: bytes }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return String.fromCharCode(32 + (state % 90));
    }).join('');
  const map = (bytes: number) => object('v1', 'ConfigMap', { data: { a: noise(bytes) } });

  test.each<[string, number, string[]]>([
    ['small', 1000, []],
    ['large with its chart', 600_000, ['warning']],
    ['large by itself', 1_200_000, ['blocked']],
  ])('%s', (_, bytes, expected) => {
    expect(checkReleaseSecret(inputOf([map(bytes)])).map(({ status }) => status)).toEqual(expected);
  });
});

describe('monitors left out', () => {
  const monitor = object('monitoring.coreos.com/v1', 'ServiceMonitor');
  test.each<[string, object, readonly KubernetesObject[], string | undefined]>([
    ['wanted', { metrics: { serviceMonitor: { enabled: true } } }, [], 'metrics.serviceMonitor'],
    ['wanted and there', { metrics: { serviceMonitor: { enabled: true } } }, [monitor], undefined],
    ['in another spelling', { prometheus: { servicemonitor: { enabled: true } } }, [], 'prometheus.servicemonitor'],
    ['off with its parent', { metrics: { enabled: false, serviceMonitor: { enabled: true } } }, [], undefined],
    ['not wanted', { serviceMonitor: { enabled: false } }, [], undefined],
  ])('%s', (_, values, objects, setting) => {
    const found = checkMonitors(inputOf(objects, {}, { values: values as Release['values'] }));
    expect(found.length).toBe(setting === undefined ? 0 : 1);
    if (setting !== undefined) expect(found[0]?.message).toContain(`\`${setting}\``);
  });
});

describe('values that the chart does not name', () => {
  const defaults = `
controller: { replicas: 1, resources: {}, env: {} }
server: { service: { type: ClusterIP } }
configs: { cm: { admin.enabled: true, timeout.reconciliation: 180s }, params: { create: true } }
retention: 10d
`;
  const checked = (values: string) => {
    const [name, setting] = ['argo-cd', 'releases.argo-cd'];
    const said = resolve(`    releases: { argo-cd: { values: ${values} } }`);
    const release = releaseOf({ name, setting });
    return told(checkUnknownValues(inputOf([], { view: said, releases: [{ release, objects: [], defaults }] })));
  };

  test.each<[string, string, string, string]>([
    ['a letter left out', '{ controler: { replicas: 2 } }', 'controler', 'controller'],
    ['further down', '{ server: { service: { tpye: LoadBalancer } } }', 'server.service.tpye', 'type'],
    ['another case', '{ controller: { Replicas: 2, replicaS: 2 } }', 'controller.replicaS', 'replicas'],
  ])('%s', (_, values, path, meant) => {
    expect(checked(values)).toEqual([
      `warning argo-cd/unknown-values: The chart of \`argo-cd\` names no \`${path}\` (\`${meant}\`?), and says nothing of what it does not know.`,
    ]);
  });

  test.each([
    ['what it names', '{ controller: { replicas: 2 } }'],
    ['what it leaves to people', '{ controller: { env: { anything: x }, resources: { limits: {} } } }'],
    ['what is like nothing', '{ notifications: { enabled: false } }'],
    ['names of others', '{ configs: { cm: { timeout.hard.reconciliation: 0s, admin.enable: x } } }'],
    ['another key of the same beginning', '{ retentionSize: 1GB }'],
    ['one more beside the other', '{ controller: { replicas: 1, replica: 2 } }'],
    ['nothing', '{}'],
  ])('not: %s', (_, values) => {
    expect(checked(values)).toEqual([]);
  });

  test('nor of charts that share a setting, or whose values cannot be read', () => {
    const said = resolve('    releases: { argo-cd: { values: { controler: {} } } }');
    const release = releaseOf({ setting: 'releases.argo-cd' });
    const one = { release, objects: [], defaults };
    const find = (releases: CheckInput['releases']) => checkUnknownValues(inputOf([], { view: said, releases }));
    expect(find([one])).toHaveLength(1);
    expect(find([one, one])).toEqual([]);
    expect(find([{ ...one, defaults: '{' }])).toEqual([]);
  });
});

describe('all of them', () => {
  test('names from outside do not break out of their backticks', () => {
    const name = 'a`<script>\n@team\u202e`';
    const web = deployment({ image: name }, { nodeSelector: { 'node-type': name } }, {}, { name });
    for (const { message } of checkReleases(inputOf([web], {}, { podSecurity: 'restricted' }))) {
      expect(message.split('`').length % 2).toBe(1);
      const outside = message
        .split('`')
        .filter((_, at) => at % 2 === 0)
        .join('');
      expect(outside).not.toMatch(/script|team|\n|\u202e/);
    }
  });

  test('take anything for objects', () => {
    const value = fc.jsonValue({ maxDepth: 5 });
    const key = fc.constantFrom(
      'spec',
      'template',
      'containers',
      'initContainers',
      'volumes',
      'webhooks',
      'affinity',
      'tolerations',
      'securityContext',
      'resources',
      'nodeSelector',
      '__proto__',
    );
    const { tree } = fc.letrec<{ tree: unknown }>(tie => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        value,
        fc.dictionary(key, tie('tree')),
        fc.array(tie('tree'), { maxLength: 3 }),
      ),
    }));
    const kinds = fc.constantFrom(
      'Deployment',
      'DaemonSet',
      'StatefulSet',
      'Job',
      'Pod',
      'PodDisruptionBudget',
      'HorizontalPodAutoscaler',
      'ServiceAccount',
      'ValidatingWebhookConfiguration',
    );
    const versions = fc.constantFrom(
      'apps/v1',
      'batch/v1',
      'v1',
      'policy/v1',
      'autoscaling/v2',
      'admissionregistration.k8s.io/v1',
    );
    const rendered = fc
      .tuple(versions, kinds, fc.dictionary(key, tree))
      .map(([apiVersion, kind, fields]) => object(apiVersion, kind, fields));
    fc.assert(
      fc.property(fc.array(rendered, { maxLength: 4 }), objects => {
        const checks = checkReleases(inputOf(objects, {}, { podSecurity: 'restricted' }));
        expect(new Set(checks.map(({ id, status }) => `${id} ${status}`)).size).toBe(checks.length);
      }),
    );
  });

  test('nothing wrong is nothing said', () => {
    const restricted = {
      allowPrivilegeEscalation: false,
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
      capabilities: { drop: ['ALL'] },
    };
    const web = deployment(
      {
        image: `a@sha256:${'a'.repeat(64)}`,
        ports: [{ containerPort: 80 }],
        readinessProbe: {},
        securityContext: restricted,
        ...requests('100m', '64Mi'),
      },
      { topologySpreadConstraints: [{}] },
      { replicas: 2 },
    );
    const budget = object('policy/v1', 'PodDisruptionBudget', {
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'web' } } },
    });
    expect(checkReleases(inputOf([web, budget], {}, { podSecurity: 'restricted' }))).toEqual([]);
  });
});
