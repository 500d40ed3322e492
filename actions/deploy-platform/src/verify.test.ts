import { expect, test } from '@jest/globals';
import { manualClock } from '@suite/foundation/testing';
import { type Cluster, KubernetesFailure, type KubernetesObject, type Selection } from '@suite/kubernetes';
import { object, releaseOf, view } from './checks/checks.fixture.ts';
import type { Prepared } from './prepare.ts';
import type { Release } from './release.ts';
import { verifyReleases } from './verify.ts';

const daemon = object('apps/v1', 'DaemonSet', { spec: {} }, { generation: 1 });

const daemonRelease = (more: Partial<Release> = {}) => releaseOf({ readiness: [{ kind: 'rollouts' }], ...more });

/** Of a release that is one DaemonSet, in a cluster with no node for it. */
function verify(release: Release) {
  const prepared = {
    rendered: [
      {
        release,
        chart: { path: '', name: 'web', version: '1.0.0', digest: '' },
        objects: [{ object: daemon }],
        hooks: [],
      },
    ],
    plan: { changes: [], releases: [] },
  } as unknown as Prepared;
  const status = { observedGeneration: 1, desiredNumberScheduled: 0, updatedNumberScheduled: 0, numberAvailable: 0 };
  const cluster = {
    follow: async (
      { kind }: Selection,
      onChange: (objects: ReadonlyMap<string, KubernetesObject>) => boolean,
      signal: AbortSignal,
    ) => {
      if (onChange(new Map(kind === 'DaemonSet' ? [['shop/web', { ...daemon, status }]] : []))) return;
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
  } as unknown as Cluster;
  return verifyReleases(prepared, cluster, view, { clock: manualClock(), signal: new AbortController().signal });
}

test('what looks ready and is not is named: a DaemonSet that no node wants, a monitor that the chart left out', async () => {
  const release = daemonRelease({ values: { metrics: { serviceMonitor: { enabled: true } } } });
  const { differences, warnings } = await verify(release);
  expect(differences).toEqual([]);
  expect(warnings).toEqual([
    '`metrics.serviceMonitor` is on in the values of `web`, and the chart renders no ServiceMonitor or PodMonitor: it is not scraped.',
    'web: DaemonSet shop/web: no node wants a pod of it',
  ]);
});

test('a DaemonSet that runs where somebody asks for it may have no node', async () => {
  expect((await verify(daemonRelease({ onDemand: ['web'] }))).warnings).toEqual([]);
});

test('a release whose kind is gone is not ready, and the others are looked at', async () => {
  const issuer = { apiVersion: 'cert-manager.io/v1', objectKind: 'ClusterIssuer', name: 'ours', condition: 'Ready' };
  const names = ['issuers', 'others'];
  const prepared = {
    rendered: names.map(name => ({
      release: releaseOf({ name, readiness: [{ kind: 'condition', ...issuer }] }),
      objects: [],
      hooks: [],
    })),
    plan: { changes: [], releases: [] },
  } as unknown as Prepared;
  const message = 'aks.example serves no ClusterIssuer of cert-manager.io/v1.';
  const cluster = {
    follow: () => Promise.reject(new KubernetesFailure('absent', { message })),
  } as unknown as Cluster;
  const { differences } = await verifyReleases(prepared, cluster, view, {
    clock: manualClock(),
    signal: new AbortController().signal,
  });
  expect(differences).toEqual(
    names.map(name => ({ what: `release ${name}`, path: '', expected: 'ready', actual: message })),
  );
});
