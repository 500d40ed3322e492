import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseReport } from '@suite/change-report';
import type { Told } from '@suite/sandbox';
import { verifyReport } from '../../packages/sandbox/src/platform/variants/everything.ts';
import { openVariant, tell, type VariantWorld } from '../support/bundle.ts';
import { jobOf, transcript } from '../support/pipeline.ts';

/** The variant `everything`: all releases through the shipped workflows, from nothing, in dev and in production. */
let sandbox: VariantWorld;
let told: Told;

beforeAll(async () => {
  sandbox = await openVariant('everything');
  told = await tell(sandbox, sandbox.variant.chapters);
});
afterAll(() => sandbox?.close());

const runAt = (at: number) => told.runs[at] ?? failed(`The story has no run ${at}.`);
const clusterOf = (environment: string) => {
  const all = sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters');
  const found = all.find(({ name }) => name.includes(`-${environment}-`)) ?? failed(`${environment} has no cluster.`);
  return sandbox.world.kubernetes.of(found.id);
};

const releases = [
  'alb-controller',
  'alerts',
  'alloy',
  'argo-cd',
  'cert-manager',
  'dashboards',
  'gateway',
  'gateway-api-crds',
  'gpu-operator',
  'issuers',
  'jaeger',
  'jupyterhub',
  'kube-prometheus-stack',
  'loki',
  'mlflow',
  'mlflow-support',
  'namespaces',
  'network-policies',
  'prometheus-operator-crds',
  'routes',
  'secrets',
  'storage-classes',
];

describe.each(['dev', 'prod'])('%s', environment => {
  test('every release is installed, and ready before the promotion goes on', () => {
    const { steps } = jobOf(runAt(0), `Apply ${environment}`);
    const log = steps.flatMap(step => step.log).join('\n');
    const ready = [...log.matchAll(/([a-z0-9-]+): installed and ready/g)].map(([, name]) => name);
    expect(ready.toSorted()).toEqual(expect.arrayContaining(releases));
  });

  test('verify finds every part as it has to be; unknown is only what nobody here can be asked', async () => {
    const { verdict, checks } = parseReport(JSON.parse(await told.artifactOf(runAt(1), verifyReport(environment))));
    expect(verdict).toBe('verified');
    const monitors = ['apiserver', 'coredns', 'kubelet'].map(part => `target/monitoring/kube-prometheus-stack-${part}`);
    // Grafana wants people to sign in, and the sandbox has none of the others.
    const unseen = [...['jaeger', 'loki', 'prometheus'].map(source => `data-source/${source}`), ...monitors];
    expect(
      checks
        .filter(({ status }) => status !== 'passed')
        .map(({ id, status }) => `${status} ${id}`)
        .toSorted(),
    ).toEqual(unseen.map(part => `unknown running/${part}`));
    const parts = ['release/routes/', 'identity/', 'running/target/', 'running/alert/', 'running/log-lines'];
    const passed = checks.filter(({ status }) => status === 'passed');
    for (const part of parts) expect([part, passed.some(({ id }) => id.startsWith(part))]).toEqual([part, true]);
  });
});

test('production has Redis three times, with the password that the job of its chart has made', () => {
  const cluster = clusterOf('prod');
  const [password] = cluster.list('secrets', 'argocd').filter(({ metadata }) => metadata.name === 'argocd-redis');
  expect(Object.keys((password?.['data'] ?? {}) as object)).toEqual(['auth']);
  const server = cluster.list('statefulsets', 'argocd').find(({ metadata }) => /redis-ha/.test(metadata.name));
  expect(server?.['status']).toMatchObject({ replicas: 3, readyReplicas: 3 });
});

test('nobody was asked who is not played', () => {
  expect({ refused: sandbox.world.ledger.refusedHosts, log: transcript(runAt(1)) }).toMatchObject({ refused: [] });
});

function failed(message: string): never {
  throw new Error(message);
}
