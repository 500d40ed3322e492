import { type Cluster, groupOf, type KubernetesObject } from '@suite/kubernetes';
import type { EnvironmentScope, PodSecurityLevel } from '@suite/platform-file';
import { ownedBy } from './helm-owner.ts';
import { fieldManager, recordNamespace } from './record.ts';
import type { Release } from './release.ts';
import { definitionsOf, type RenderedRelease } from './render.ts';

/**
 * What has to be in a cluster before any release: namespaces with their pod-security level, and the rights of whoever plans.
 * All of it is written by server-side apply, so that it is the same however often it is done.
 */
export function groundwork(
  view: EnvironmentScope,
  planner: string | undefined,
  rendered: readonly RenderedRelease[],
): KubernetesObject[] {
  const groups = new Set(
    rendered.flatMap(({ objects, release }) => [
      ...objects.map(({ object }) => groupOf(object.apiVersion)),
      // What a release defines now, its next version may have objects of.
      ...objects.flatMap(({ object }) => definitionsOf(object).map(({ apiVersion }) => groupOf(apiVersion))),
      // What a release waits for may be made by its controller.
      ...release.readiness.flatMap(probe => (probe.kind === 'condition' ? [groupOf(probe.apiVersion)] : [])),
    ]),
  );
  const releases = rendered.map(({ release }) => release);
  // Helm refuses a namespace that its chart brings and somebody else has made.
  const bringers = new Map(
    rendered.flatMap(({ objects, release }) =>
      objects.flatMap(({ object: { kind, metadata } }) =>
        kind === 'Namespace' ? [[metadata.name, release] as const] : [],
      ),
    ),
  );
  return [
    ...[...groundOf(releases)].map(([name, level]) => namespaceOf(name, level, view, bringers.get(name))),
    ...(planner === undefined ? [] : readerOf(planner, groups)),
  ];
}

/** Namespaces that are made before any release, with their levels: those that share one have one level, or the platform file is refused. */
export function groundOf(
  releases: readonly Pick<Release, 'namespace' | 'podSecurity'>[],
): ReadonlyMap<string, PodSecurityLevel> {
  return new Map([
    [recordNamespace, 'restricted'],
    ...releases.map(({ namespace, podSecurity }) => [namespace, podSecurity] as const),
  ]);
}

/** Namespaces that Kubernetes has by itself are not ours to label. */
export function isBuiltIn(namespace: string): boolean {
  return /^(?:default|kube-.*)$/.test(namespace);
}

/** `bringer`: the release whose chart has it too. */
function namespaceOf(
  name: string,
  level: PodSecurityLevel,
  { platform }: EnvironmentScope,
  bringer: Release | undefined,
): KubernetesObject {
  if (isBuiltIn(name)) return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  const owner = bringer === undefined ? undefined : ownedBy(bringer);
  const labels = {
    'pod-security.kubernetes.io/enforce': level,
    'pod-security.kubernetes.io/warn': level,
    'app.kubernetes.io/part-of': platform,
    ...owner?.labels,
  };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...owner, labels } };
}

/** What Azure's own reader role lacks for a plan: custom resources and objects of the whole cluster. Secrets stay unread. */
const readerName = 'aks-platform-plan-reader';

/** What a plan reads of the core group: all that holds no secret. */
const readableCore = [
  'configmaps',
  'endpoints',
  'events',
  'limitranges',
  'namespaces',
  'nodes',
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'replicationcontrollers',
  'resourcequotas',
  'serviceaccounts',
  'services',
];

/**
 * Groups besides those of the releases: what their controllers make, what a verification looks at, and what releases of ours bring that
 * are switched on later, whose first plan has to see whether it is there.
 */
const alwaysReadable = [
  'admissionregistration.k8s.io',
  // What has to go before the releases, when all of it goes.
  'alb.networking.azure.io',
  'apiextensions.k8s.io',
  'apps',
  // Applications, which no release brings.
  'argoproj.io',
  'autoscaling',
  'batch',
  'cert-manager.io',
  'gateway.networking.k8s.io',
  'monitoring.coreos.com',
  'networking.k8s.io',
  'nfd.k8s-sigs.io',
  'nvidia.com',
  'policy',
  'rbac.authorization.k8s.io',
  'secrets-store.csi.x-k8s.io',
  'storage.k8s.io',
];

function readerOf(planner: string, groups: ReadonlySet<string>): KubernetesObject[] {
  const verbs = ['get', 'list', 'watch'];
  const apiGroups = [...new Set([...alwaysReadable, ...groups])].filter(group => group !== '').sort();
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: readerName },
      rules: [
        { apiGroups: [''], resources: readableCore, verbs },
        // Secrets are of the core group, so none is among them.
        { apiGroups, resources: ['*'], verbs },
        // Whether a service answers, through the API server's proxy.
        { apiGroups: [''], resources: ['services/proxy'], verbs: ['get'] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: readerName },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: readerName },
      // Users of Entra ID are known to Kubernetes by their object ids.
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: planner }],
    },
  ];
}

/** Namespaces first. Takes over what somebody else wrote of these few fields, because they guard what follows. */
export async function layGroundwork(
  objects: readonly KubernetesObject[],
  cluster: Pick<Cluster, 'apply'>,
): Promise<void> {
  const namespaces = objects.filter(({ kind }) => kind === 'Namespace');
  const others = objects.filter(({ kind }) => kind !== 'Namespace');
  for (const group of [namespaces, others]) {
    await Promise.all(group.map(object => cluster.apply(object, { manager: fieldManager, force: true })));
  }
}
