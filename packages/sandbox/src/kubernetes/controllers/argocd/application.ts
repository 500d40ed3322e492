import { at, type Fields, type KubeObject, numberAt, objects, strings, text } from '../../objects.ts';

export const applicationKey = 'applications.argoproj.io';
export const applicationSetKey = 'applicationsets.argoproj.io';
export const projectKey = 'appprojects.argoproj.io';
export const refreshAnnotation = 'argocd.argoproj.io/refresh';
export const cascade = 'resources-finalizer.argocd.argoproj.io';

export type SyncCode = 'Synced' | 'OutOfSync' | 'Unknown';
export type Phase = 'Running' | 'Terminating' | 'Succeeded' | 'Failed' | 'Error';

/** Where manifests come from, as an Application writes it. */
export interface Source {
  readonly repoURL: string;
  readonly path: string;
  /** Empty when it has none. */
  readonly targetRevision: string;
  readonly chart: string | undefined;
  readonly ref: string | undefined;
  /** All of it. */
  readonly raw: Readonly<Fields>;
}

export interface AppCondition {
  readonly type: string;
  readonly message: string;
}

export interface Destination {
  readonly server: string | undefined;
  readonly name: string | undefined;
  readonly namespace: string;
}

export function sourceOf(raw: Readonly<Fields>): Source {
  return {
    repoURL: text(raw['repoURL']) ?? '',
    path: text(raw['path']) ?? '',
    targetRevision: text(raw['targetRevision']) ?? '',
    chart: text(raw['chart']),
    ref: text(raw['ref']),
    raw,
  };
}

export function hasManySources(application: KubeObject): boolean {
  return objects(at(application, 'spec')['sources']).length > 0;
}

/** Those of its spec. */
export function sourcesOf(application: KubeObject): readonly Source[] {
  const spec = at(application, 'spec');
  return (hasManySources(application) ? objects(spec['sources']) : [at(spec, 'source')]).map(sourceOf);
}

export function projectNameOf(application: KubeObject): string {
  const name = text(at(application, 'spec')['project']) ?? '';
  return name === '' ? 'default' : name;
}

export function destinationOf(application: KubeObject): Destination {
  const { server, name, namespace } = at(application, 'spec', 'destination');
  return { server: text(server), name: text(name), namespace: text(namespace) ?? '' };
}

export interface Automated {
  readonly prune: boolean;
  readonly selfHeal: boolean;
  readonly allowEmpty: boolean;
}

export function automatedOf(application: KubeObject): Automated | undefined {
  const policy = at(application, 'spec', 'syncPolicy');
  const automated = at(policy, 'automated');
  if (policy['automated'] === undefined || automated['enabled'] === false) return undefined;
  return {
    prune: automated['prune'] === true,
    selfHeal: automated['selfHeal'] === true,
    allowEmpty: automated['allowEmpty'] === true,
  };
}

export function syncOptionsOf(holder: Readonly<Fields>): readonly string[] {
  return strings(holder['syncOptions']);
}

export function historyLimitOf(application: KubeObject): number {
  return numberAt(at(application, 'spec'), 'revisionHistoryLimit') ?? 10;
}

export function statusOf(application: KubeObject): Readonly<Fields> {
  return at(application, 'status');
}

export function operationStateOf(application: KubeObject): Readonly<Fields> | undefined {
  const state = statusOf(application)['operationState'];
  return state === undefined ? undefined : at(state);
}

export function isCompleted(phase: unknown): boolean {
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Error';
}
