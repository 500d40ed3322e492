/** As which the bench writes what Argo CD's controller would. */
export const controllerFields = 'argocd-application-controller';

const revision = 'a'.repeat(40);
const resources = 15;
const syncs = 10;
const at = (seconds: number) => new Date(Date.UTC(2026, 2, 2, 10) + seconds * 1000).toISOString().replace('.000', '');
const source = (name: string) => ({
  repoURL: 'https://github.com/contoso/gitops',
  path: `environments/dev/${name}`,
  targetRevision: 'main',
});

/** An Application of fifteen objects and ten syncs, as the controller has it, that is not well yet (see packages/argocd/src/fixtures). */
export function waitingApplication(name: string): object {
  const each = Array.from({ length: resources }, (_, index) => ({
    group: index % 2 === 0 ? 'apps' : '',
    kind: index % 2 === 0 ? 'Deployment' : 'ConfigMap',
    namespace: name,
    name: `${name}-part-${index}`,
    version: 'v1',
  }));
  const mark = {
    initiatedBy: { username: 'gha:contoso/platform' },
    info: [{ name: 'gha-run', value: '1/1' }],
    sync: { prune: true, revision, syncOptions: ['CreateNamespace=true'], syncStrategy: { hook: {} } },
  };
  const image = `registry.example/${name}@sha256:${'1'.repeat(64)}`;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'argocd' },
    spec: {
      project: 'default',
      source: source(name),
      destination: { server: 'https://kubernetes.default.svc', namespace: name },
      syncPolicy: { syncOptions: ['CreateNamespace=true'] },
    },
    status: {
      health: { status: 'Progressing', lastTransitionTime: at(0) },
      history: Array.from({ length: syncs }, (_, id) => ({
        id,
        revision,
        deployStartedAt: at(id),
        deployedAt: at(id),
        initiatedBy: mark.initiatedBy,
        source: source(name),
      })),
      operationState: {
        operation: mark,
        phase: 'Succeeded',
        message: 'successfully synced (all tasks run)',
        startedAt: at(10),
        finishedAt: at(20),
        syncResult: {
          revision,
          source: source(name),
          resources: each.map(one => ({
            ...one,
            hookPhase: 'Running',
            status: 'Synced',
            syncPhase: 'Sync',
            message: `${one.kind.toLowerCase()}/${one.name} created`,
            images: [image],
          })),
        },
      },
      reconciledAt: at(20),
      resourceHealthSource: 'appTree',
      resources: each.map(one => ({ ...one, status: 'Synced' })),
      sourceType: 'Kustomize',
      summary: { images: [image] },
      sync: {
        status: 'Synced',
        revision,
        comparedTo: {
          source: source(name),
          destination: { server: 'https://kubernetes.default.svc', namespace: name },
        },
      },
    },
  };
}

/** What the controller writes once it has looked again, each time later than before, and all is well. */
export function readyPatch(look: number): object {
  return {
    metadata: {
      annotations: { 'argocd.argoproj.io/refresh': null, 'argocd.argoproj.io/refresh-timestamp': null },
    },
    status: { reconciledAt: at(30 + look), health: { status: 'Healthy' } },
  };
}
