import { UserError } from '@suite/foundation';
import { type ManualClock, manualClock } from '@suite/foundation/testing';
import type { KubernetesObject } from '@suite/kubernetes';
import { createClusterArgo } from '../cluster-argo.ts';
import type { SyncPlan } from '../plan.ts';
import type { ProofPorts, RollbackPorts } from '../ports.ts';
import { createFakeCluster, type FakeCluster, type PlayedArgo, playArgo } from './cluster.fixture.ts';

export const commit = 'a'.repeat(40);
export const newerCommit = 'b'.repeat(40);
export const olderCommit = 'c'.repeat(40);
export const repository = 'https://github.com/contoso/gitops';

export function plan(names: readonly string[], more: Partial<SyncPlan> = {}): SyncPlan {
  return {
    argoNamespace: 'argocd',
    applications: names.map(name => ({ name, images: [] })),
    repository,
    branch: 'main',
    revision: commit,
    mark: { id: '4711/1', by: 'gha:contoso/platform', run: 'https://ci.example/runs/4711', bundle: undefined },
    timeoutMs: 10 * 60_000,
    ...more,
  };
}

/** `set`: the ApplicationSet that has made it. */
export function app(
  name: string,
  more: { spec?: object; status?: object; operation?: object; set?: string } = {},
): KubernetesObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace: 'argocd',
      ...(more.set === undefined
        ? {}
        : { ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: more.set }] }),
    },
    spec: {
      project: 'contoso',
      source: { repoURL: `${repository}.git`, path: `dev/${name}`, targetRevision: 'main' },
      destination: { server: 'https://kubernetes.default.svc', namespace: name },
      ...more.spec,
    },
    status: {
      sync: { status: 'OutOfSync', revision: olderCommit },
      health: { status: 'Healthy' },
      reconciledAt: '2026-03-02T09:00:00Z',
      ...more.status,
    },
    ...(more.operation === undefined ? {} : { operation: more.operation }),
  };
}

export function project(spec: object = {}): KubernetesObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'contoso', namespace: 'argocd' },
    spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }], ...spec },
  };
}

export interface TestWorld {
  readonly clock: ManualClock;
  readonly cluster: FakeCluster;
  readonly argo: PlayedArgo;
  readonly ports: RollbackPorts & ProofPorts;
  /** What was said, with the second at which it was. */
  readonly said: readonly { readonly at: number; readonly line: string }[];
  readonly cancel: AbortController;
  /** Lets time pass until the work is over. */
  settle<T>(work: Promise<T>): Promise<T>;
}

const began = Date.parse('2026-03-02T10:00:00Z');

export function createWorld(
  objects: readonly KubernetesObject[],
  more: Partial<RollbackPorts & ProofPorts> = {},
): TestWorld {
  const clock = manualClock(began);
  const cluster = createFakeCluster(
    objects.some(({ kind }) => kind === 'AppProject') ? objects : [project(), ...objects],
  );
  const argo: PlayedArgo = { head: commit, outcome: () => ({}), status: () => ({}) };
  playArgo(cluster, clock, argo);
  const said: { at: number; line: string }[] = [];
  const say = (line: string) => {
    said.push({ at: (clock.now() - began) / 1000, line });
  };
  const cancel = new AbortController();
  return {
    clock,
    cluster,
    argo,
    said,
    cancel,
    ports: {
      argo: createClusterArgo(cluster, 'argocd'),
      workloads: cluster,
      clock,
      log: { info: say, warning: say },
      signal: cancel.signal,
      random: () => 0.5,
      contains: async (newer, older) => older === commit && (newer === newerCommit || newer === 'main'),
      revert: undefined,
      chartsAt: async () => [],
      platformDigests: async reference => {
        throw new UserError({ message: `${reference} is not there` });
      },
      ...more,
    },
    settle: async work => {
      let isOver = false;
      const over = () => {
        isOver = true;
      };
      work.then(over, over);
      for (let step = 0; !isOver && step < 20_000; step++) await clock.advance(100);
      return work;
    },
  };
}
