import type { z } from 'zod';
import { defaults } from './defaults.ts';
import type { Merged } from './layers.ts';
import type { Cluster, ReleaseSettings } from './resolved.ts';
import type {
  GpuRelease,
  JupyterHubRelease,
  Login,
  MlflowRelease,
  NotebookProfile,
  SecretEntry,
  SecretNamespace,
  SecretsRelease,
} from './resolved-ai.ts';
import type { login as loginSchema } from './schema/ai-releases.ts';
import { minutes } from './units.ts';

type Said = NonNullable<Merged['releases']>;
type LoginSource = z.infer<typeof loginSchema>;

/** What is known of the environment besides its cluster. */
export interface Surroundings {
  /** Place in the order of promotion, from 0. */
  readonly order: number;
  readonly hasDatabase: boolean;
  readonly hasStorage: boolean;
}

/** Releases whose people sign in with Entra: namespace, and what Argo CD wants on its Secrets. */
const logins = {
  'argo-cd': { namespace: 'argocd', labels: { 'app.kubernetes.io/part-of': 'argocd' } },
  jupyterhub: { namespace: 'ai-tools', labels: {} },
  mlflow: { namespace: 'ai-tools', labels: {} },
} as const satisfies Readonly<
  Record<string, { readonly namespace: SecretNamespace; readonly labels: Readonly<Record<string, string>> }>
>;

export type LoginRelease = keyof typeof logins | 'kube-prometheus-stack';

/** What somebody says of it; undefined where it is off, or where nobody says anything of a sign-in. */
export function loginSaid(name: LoginRelease, said: Said): LoginSource | undefined {
  const settings = said[name];
  return typeof settings === 'object' ? settings.login : undefined;
}

/** Undefined also for one that lacks its client id, which is refused when the file is read. */
export function resolveLogin(name: LoginRelease, merged: Merged): Login | undefined {
  const given = loginSaid(name, merged.releases ?? {});
  const clientId = given?.['client-id'];
  if (given === undefined || clientId === undefined) return undefined;
  const admins = given.admins ?? merged.admins ?? [];
  return {
    clientId,
    secret: secretOf(name, given),
    allowed: given.allowed ?? merged.admins ?? [],
    admins,
  };
}

function secretOf(name: LoginRelease, { secret }: LoginSource): string {
  return secret ?? `${name}-entra`;
}

function settings(name: 'jupyterhub' | 'mlflow' | 'gpu', said: Said): ReleaseSettings {
  const given = said[name];
  const { version, digest, values = {} } = typeof given === 'object' ? given : {};
  return { version, digest, values, setting: `releases.${name}` };
}

const isOn = (name: 'jupyterhub' | 'mlflow' | 'gpu', said: Said) => (said[name] ?? false) !== false;

function block<Name extends 'jupyterhub' | 'mlflow' | 'gpu'>(name: Name, said: Said) {
  const given: Said[Name] = said[name];
  return (typeof given === 'object' ? given : {}) as Partial<Exclude<Said[Name], boolean | undefined>>;
}

export function resolveJupyterHub(merged: Merged, cluster: Cluster): JupyterHubRelease | undefined {
  const said = merged.releases ?? {};
  if (!isOn('jupyterhub', said)) return undefined;
  const { storage, profiles, 'start-timeout': timeout } = block('jupyterhub', said);
  const offered = profiles?.map(profileOf) ?? usualProfiles(cluster, isOn('gpu', said));
  const fallback = defaults.releases.notebooks;
  const usual = offered.some(({ gpus }) => gpus > 0) ? fallback.gpuTimeout : fallback.timeout;
  return {
    ...settings('jupyterhub', said),
    login: resolveLogin('jupyterhub', merged),
    storage: storage ?? fallback.storage,
    startTimeoutSeconds: 60 * minutes(timeout ?? usual),
    profiles: offered,
  };
}

type ProfileSource = NonNullable<Exclude<Said['jupyterhub'], boolean | undefined>['profiles']>[number];

function profileOf(said: ProfileSource): NotebookProfile {
  const { name = '', description, cpu = 0.5, memory = '2Gi', gpus = 0, image } = said;
  return { name, description, cpu, memory, gpus, image };
}

function usualProfiles({ pools }: Cluster, hasGpus: boolean): NotebookProfile[] {
  const nothing = { description: undefined, image: undefined };
  return [
    { ...nothing, name: 'Small', cpu: 0.5, memory: '2Gi', gpus: 0 },
    ...(pools.gpu === undefined || !hasGpus ? [] : [{ ...nothing, name: 'GPU', cpu: 2, memory: '8Gi', gpus: 1 }]),
  ];
}

export function resolveMlflow(merged: Merged, around: Surroundings): MlflowRelease | undefined {
  const said = merged.releases ?? {};
  if (!isOn('mlflow', said)) return undefined;
  const { database, artifacts, storage } = block('mlflow', said);
  return {
    ...settings('mlflow', said),
    login: resolveLogin('mlflow', merged),
    database: database ?? (around.hasDatabase ? 'flexible-server' : 'cluster'),
    artifacts: artifacts ?? (around.order > 0 && around.hasStorage ? 'blob' : 'cluster'),
    storage: storage ?? defaults.releases.mlflow.storage,
  };
}

export function resolveGpu(merged: Merged): GpuRelease | undefined {
  const said = merged.releases ?? {};
  if (!isOn('gpu', said)) return undefined;
  const { stack, exporter } = block('gpu', said);
  const { version, digest, values = {} } = exporter ?? {};
  return {
    ...settings('gpu', said),
    stack: stack ?? defaults.releases.gpu.stack,
    exporter: { version, digest, values, setting: 'releases.gpu.exporter' },
  };
}

/** Undefined where nothing is to be brought. `isOn`: of the releases whose logins name a secret. */
export function resolveSecrets(
  merged: Merged,
  isOnRelease: (name: LoginRelease) => boolean,
): SecretsRelease | undefined {
  const said = merged.releases ?? {};
  if (said.secrets === false) return undefined;
  const { values = {}, entries = {} } = typeof said.secrets === 'object' ? said.secrets : {};
  const all = [
    ...Object.entries(entries).flatMap(([name, { namespace, keys = {} }]): SecretEntry[] =>
      namespace === undefined ? [] : [{ name, namespace, labels: namespace === 'argocd' ? argoLabels : {}, keys }],
    ),
    ...(Object.keys(logins) as (keyof typeof logins)[]).flatMap((name): SecretEntry[] => {
      const given = isOnRelease(name) ? loginSaid(name, said) : undefined;
      const from = given?.['vault-secret'];
      if (given === undefined || from === undefined) return [];
      return [{ ...logins[name], name: secretOf(name, given), keys: { 'client-secret': from } }];
    }),
  ];
  if (all.length === 0) return undefined;
  return { version: undefined, digest: undefined, values, entries: all, setting: 'releases.secrets' };
}

const argoLabels = logins['argo-cd'].labels;
