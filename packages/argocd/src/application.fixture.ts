import { type Application, readApplication } from './application.ts';

export const ours = 'a'.repeat(40);
export const newer = 'b'.repeat(40);
export const other = 'c'.repeat(40);

/** An Application as its controller leaves it when all is well; times in seconds after midnight. */
function applicationObject(more: { spec?: object; status?: object; operation?: object; metadata?: object } = {}) {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'api', namespace: 'argocd', resourceVersion: '7', ...more.metadata },
    spec: {
      project: 'contoso',
      source: { repoURL: 'https://github.com/contoso/gitops', path: 'dev/api', targetRevision: 'main' },
      destination: { server: 'https://kubernetes.default.svc', namespace: 'api' },
      ...more.spec,
    },
    status: {
      sync: { status: 'Synced', revision: ours },
      health: { status: 'Healthy' },
      reconciledAt: time(10),
      ...more.status,
    },
    ...(more.operation === undefined ? {} : { operation: more.operation }),
  };
}

export function application(more?: Parameters<typeof applicationObject>[0]): Application {
  return readApplication(applicationObject(more));
}

export function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000', '');
}

/** An operation as the action asks for it. */
export function operation(id: string, more: object = {}) {
  return {
    initiatedBy: { username: 'gha:contoso/platform' },
    info: [{ name: 'gha-run', value: id }],
    sync: { revision: ours, ...more },
  };
}

/** Its state once it has ended. */
export function ended(
  id: string,
  more: { phase?: string; at?: number; result?: object; sync?: object; message?: string } = {},
) {
  const { phase = 'Succeeded', at = 9, result, sync, message } = more;
  return {
    operation: operation(id, sync),
    phase,
    message: message ?? 'successfully synced (all tasks run)',
    startedAt: time(5),
    finishedAt: time(at),
    syncResult: { revision: ours, resources: [], ...result },
  };
}
