import { createHash } from 'node:crypto';
import { clouds } from '@suite/azure/clouds';
import { canonicalJson } from '@suite/foundation';
import type { Endpoint, KubernetesObject } from '@suite/kubernetes';
import {
  type ApplicationSettings,
  type Applications,
  chartsOfApps,
  type EnvironmentScope,
  namespaceLevels,
} from '@suite/platform-file';
import { chartRepositories, placedCharts } from './charts.ts';

/** Who owns what this action writes. */
export const fieldManager = 'aks-platform';
/** On everything that is ours, with the name of its project: what stands in the file no more is found by it. */
export const ownerLabel = 'aks-platform.io/platform';
const partOf = 'app.kubernetes.io/part-of';
/** The cluster that Argo CD itself runs in. */
export const ownCluster = 'https://kubernetes.default.svc';
const argoVersion = 'argoproj.io/v1alpha1';

/** An override in an Application, where digests are not delivered as a commit. */
export interface Override {
  /** Kustomize's own notation: `web=cr.azurecr.io/web@sha256:…`. */
  readonly kustomizeImages?: readonly string[];
  readonly helmParameters?: readonly { readonly name: string; readonly value: string }[];
}

export interface OwnObjectsInput {
  readonly view: EnvironmentScope;
  readonly applications: Applications;
  /** `https://github.com` */
  readonly serverUrl: string;
  /** Of the environment's state; undefined before its first apply. */
  readonly outputs: Readonly<Record<string, unknown>> | undefined;
  /** By application. */
  readonly overrides: ReadonlyMap<string, Override>;
  /** Where a hub finds the cluster; undefined before there is one. */
  readonly endpoint?: Endpoint | undefined;
}

/** What Argo CD is told of a platform. */
export interface OwnObjects {
  /** Namespaces of the applications, before everything else. */
  readonly namespaces: readonly KubernetesObject[];
  /** The project, then the Application over all or the Applications. */
  readonly argo: readonly KubernetesObject[];
  /** Names the cluster to Argo CD and carries what Terraform made to charts and ApplicationSets (GitOps bridge). */
  readonly cluster: KubernetesObject;
}

/** Everything that Argo CD needs to deploy the applications of an environment. Pure; what is applied twice is the same twice. */
export function ownObjects(input: OwnObjectsInput): OwnObjects {
  const { applications } = input;
  const { hasRoot, apps } = applications;
  return {
    namespaces: ownNamespaces(input).map(name => namespaceOf(name, input)),
    argo: [
      projectOf(input),
      ...(hasRoot ? [rootProjectOf(input), rootOf(input)] : apps.map(app => applicationOf(app, input))),
    ],
    cluster: clusterSecret(input),
  };
}

/** What belongs to some of the applications: namespaces and Applications of the others are left out. */
export function onlyOf(
  own: OwnObjects,
  apps: readonly Pick<Applications['apps'][number], 'application' | 'namespace'>[],
): OwnObjects {
  const names = new Set(apps.map(({ application }) => application));
  const places = new Set(apps.map(({ namespace }) => namespace));
  return {
    ...own,
    namespaces: own.namespaces.filter(({ metadata }) => places.has(metadata.name)),
    argo: own.argo.filter(({ kind, metadata }) => kind !== 'Application' || names.has(metadata.name)),
  };
}

/** Address that Argo CD reads the repository at. */
export function repositoryUrl({ repository }: Applications, serverUrl: string): string {
  return `${serverUrl.replace(/\/$/, '')}/${repository}`;
}

export function rootName({ project }: Applications): string {
  return `${project}-root`;
}

function labelsOf({ view, applications }: OwnObjectsInput) {
  return { [partOf]: view.platform, [ownerLabel]: applications.project };
}

/** How Argo CD calls the cluster: a hub knows many, by the names in their Secrets. */
function clusterOf({ view, applications }: OwnObjectsInput) {
  return applications.hub === undefined ? { server: ownCluster } : { name: view.cluster.name };
}

/** Those that no release has: a release says itself what its namespace lets pods do. */
function ownNamespaces({ applications: { apps }, view: { releases } }: OwnObjectsInput): readonly string[] {
  const taken = new Set(releases.own.map(({ namespace }) => namespace));
  return [...new Set(apps.map(({ namespace }) => namespace))].filter(name => !taken.has(name));
}

/** Pods of applications are held to the strictest level; whoever needs less makes the namespace with a release of their own. */
function namespaceOf(name: string, input: OwnObjectsInput): KubernetesObject {
  const level = 'restricted';
  const labels = {
    ...labelsOf(input),
    'pod-security.kubernetes.io/enforce': level,
    'pod-security.kubernetes.io/warn': level,
  };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

/** What applications may do: read one repository and those of their charts, and live in their own namespaces, without limits and quotas in their own hands. */
function projectOf(input: OwnObjectsInput): KubernetesObject {
  const { applications, serverUrl, view } = input;
  const { apps, hasRoot, project, argoNamespace } = applications;
  const namespaces = [...new Set(apps.map(({ namespace }) => namespace))];
  // Applications of a team's own may live anywhere but where the platform does.
  const platforms = new Set([argoNamespace, 'aks-platform', ...namespaceLevels.keys()]);
  const places = hasRoot ? ['*', '!kube-*', ...[...platforms].map(name => `!${name}`)] : namespaces;
  return argoObject('AppProject', project, input, {
    description: `Applications of ${view.platform} in ${view.scope}`,
    sourceRepos: [
      repositoryUrl(applications, serverUrl),
      ...chartRepositories(placedCharts({ charts: chartsOfApps(view, apps) })),
    ],
    destinations: places.map(namespace => ({ ...clusterOf(input), namespace })),
    namespaceResourceBlacklist: [
      { group: '', kind: 'ResourceQuota' },
      { group: '', kind: 'LimitRange' },
    ],
  });
}

/** The Application over all makes Applications and ApplicationSets, and nothing else. */
function rootProjectOf(input: OwnObjectsInput): KubernetesObject {
  const { applications, serverUrl, view } = input;
  return argoObject('AppProject', rootName(applications), input, {
    description: `The Application over those of ${view.platform} in ${view.scope}`,
    sourceRepos: [repositoryUrl(applications, serverUrl)],
    destinations: [{ server: ownCluster, namespace: applications.argoNamespace }],
    namespaceResourceWhitelist: [
      { group: 'argoproj.io', kind: 'Application' },
      { group: 'argoproj.io', kind: 'ApplicationSet' },
    ],
  });
}

function rootOf(input: OwnObjectsInput): KubernetesObject {
  const { applications } = input;
  const { argoNamespace, path } = applications;
  const name = rootName(applications);
  return argoObject('Application', name, input, specOf({ project: name, namespace: argoNamespace, path }, input));
}

function applicationOf(
  { name, application, namespace, path }: ApplicationSettings,
  input: OwnObjectsInput,
): KubernetesObject {
  const { kustomizeImages, helmParameters } = input.overrides.get(name) ?? {};
  const source = {
    ...(kustomizeImages === undefined ? {} : { kustomize: { images: kustomizeImages } }),
    // As text: a digest that looks like a number stays one.
    ...(helmParameters === undefined
      ? {}
      : { helm: { parameters: helmParameters.map(parameter => ({ ...parameter, forceString: true })) } }),
  };
  const { project } = input.applications;
  return argoObject('Application', application, input, specOf({ project, namespace, path, source }, input));
}

interface Specified {
  readonly project: string;
  readonly namespace: string;
  readonly path: string;
  readonly source?: object;
}

function specOf({ project, namespace, path, source = {} }: Specified, input: OwnObjectsInput) {
  const { applications, serverUrl } = input;
  const automated = { prune: true, selfHeal: true };
  return {
    project,
    source: {
      repoURL: repositoryUrl(applications, serverUrl),
      targetRevision: applications.branch,
      path,
      ...source,
    },
    destination: { ...clusterOf(input), namespace },
    syncPolicy: {
      ...(applications.isAutomatic ? { automated } : {}),
      syncOptions: ['ServerSideApply=true', 'PruneLast=true'],
      retry: { limit: 2, backoff: { duration: '5s', factor: 2, maxDuration: '3m' } },
    },
  };
}

function argoObject(
  kind: 'Application' | 'AppProject',
  name: string,
  input: OwnObjectsInput,
  spec: object,
): KubernetesObject {
  // Who takes an application out of the file and allows it wants its objects gone, too.
  const finalizers = kind === 'Application' ? { finalizers: ['resources-finalizer.argocd.argoproj.io'] } : {};
  return {
    apiVersion: argoVersion,
    kind,
    metadata: { name, namespace: input.applications.argoNamespace, labels: labelsOf(input), ...finalizers },
    spec,
  };
}

/** Longest value that is worth an annotation; Kubernetes takes 256 KiB for all of an object. */
const longestOutput = 8192;

function clusterSecret(input: OwnObjectsInput): KubernetesObject {
  const { applications, outputs, view } = input;
  const annotations = Object.fromEntries(
    Object.entries(outputs ?? {})
      .map(([name, value]) => [
        `aks-platform.io/${name.replaceAll('_', '-')}`,
        typeof value === 'string' ? value : canonicalJson(value),
      ])
      .filter(([, value]) => value !== undefined && value !== 'null' && value.length <= longestOutput),
  );
  const encode = (text: string) => Buffer.from(text).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: applications.hub === undefined ? 'aks-platform-cluster' : `${applications.project}-cluster`,
      namespace: applications.argoNamespace,
      labels: {
        ...labelsOf(input),
        'argocd.argoproj.io/secret-type': 'cluster',
        'aks-platform.io/environment': view.scope,
        'aks-platform.io/region': view.region,
        'aks-platform.io/production': String(view.production),
      },
      annotations,
    },
    type: 'Opaque',
    data: {
      name: encode(view.cluster.name),
      server: encode(serverOf(input)),
      config: encode(JSON.stringify(accessOf(input))),
    },
  };
}

/** Address of the cluster as Argo CD knows it; none on a hub before there is a cluster. */
export function serverOf({ applications, endpoint }: Pick<OwnObjectsInput, 'applications' | 'endpoint'>): string {
  return applications.hub === undefined ? ownCluster : (endpoint?.server ?? '');
}

/**
 * How Argo CD signs in to the cluster; there is no credential in it. Its own cluster it reaches with its service account, others as
 * workload identity (argo-cd, declarative-setup.md, "AKS"): client id, token file and authority come from its pods, unless they are said.
 */
function accessOf({ applications: { hub }, endpoint, view }: OwnObjectsInput) {
  if (hub === undefined) return { tlsClientConfig: { insecure: false } };
  const env = {
    AAD_ENVIRONMENT_NAME: clouds[view.cloud].environment,
    AAD_LOGIN_METHOD: 'workloadidentity',
    AZURE_TENANT_ID: view.tenant,
    ...(hub.clientId === undefined ? {} : { AZURE_CLIENT_ID: hub.clientId }),
  };
  return {
    execProviderConfig: {
      command: 'argocd-k8s-auth',
      args: ['azure'],
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      env,
    },
    tlsClientConfig: { insecure: false, caData: Buffer.from(endpoint?.ca ?? '').toString('base64') },
  };
}

/** What a plan may compare of an object that it may not read: nothing in it is a credential, and a plan reads no Secret. */
export function fingerprintOf(object: KubernetesObject): string {
  return createHash('sha256').update(canonicalJson(object)).digest('hex');
}
