import { asArray, asObject, asString } from '@suite/foundation';
import {
  type Cluster,
  identityOf,
  isForbidden,
  type KubernetesObject,
  type ObjectRef,
  readObjects,
  refOf,
} from '@suite/kubernetes';
import { isSecret } from '@suite/kubernetes/compare';
import type { Destination, RenderedApplication, Rendering } from '../render/index.ts';

/** What is there before a plan decides anything. */
export interface Live {
  /** False where nobody could look: no cluster yet, or no right to read it. */
  readonly isKnown: boolean;
  /** By identity (`identityOf`). Secrets are not among them. */
  readonly objects: ReadonlyMap<string, KubernetesObject>;
  /** Objects that this identity may not read, by identity, with what the API server says. */
  readonly unreadable: ReadonlyMap<string, string>;
  /** Applications by name, with their status. */
  readonly applications: ReadonlyMap<string, KubernetesObject>;
  /** AppProjects by name. */
  readonly projects: ReadonlyMap<string, KubernetesObject>;
}

export const nothingLive: Live = {
  isKnown: false,
  objects: new Map(),
  unreadable: new Map(),
  applications: new Map(),
  projects: new Map(),
};

export interface ObserveInput {
  readonly base: Rendering | undefined;
  readonly head: Rendering;
  /** Whether a destination is the cluster that is read. */
  readonly isHere: (destination: Destination) => boolean;
  /** `argocd` */
  readonly argoNamespace: string;
}

const argo = 'argoproj.io/v1alpha1';

/**
 * Reads what Argo CD has of the Applications, and what runs of what they render and of what they are said to hold. No Secret is read.
 * `home`: where Argo CD's own objects are.
 * Throws KubernetesFailure, but not for what this identity may not read.
 */
export async function observeApplications(
  { base, head, isHere, argoNamespace }: ObserveInput,
  cluster: Pick<Cluster, 'get' | 'list'>,
  home: Pick<Cluster, 'list'> = cluster,
): Promise<Live> {
  const [applications, projects] = await Promise.all(
    ['Application', 'AppProject'].map(kind => listByName({ apiVersion: argo, kind, namespace: argoNamespace }, home)),
  );
  if (applications === undefined || projects === undefined) return nothingLive;
  const wanted = new Map<string, ObjectRef>();
  const want = (ref: ObjectRef) => {
    // No Secret is read: of those, base and head are compared.
    if (!isSecret(ref) && !wanted.has(identityOf(ref))) wanted.set(identityOf(ref), ref);
  };
  for (const { application, objects, namespace } of [...(base?.applications ?? []), ...head.applications]) {
    if (!isHere(application.destination)) continue;
    for (const object of [...(namespace === undefined ? [] : [namespace]), ...objects]) want(refOf(object));
    for (const ref of trackedBy(applications.get(application.name))) want(ref);
  }
  return { isKnown: true, ...(await readObjects(wanted.values(), cluster)), applications, projects };
}

/** What Argo CD says that an Application holds, hooks left out (`status.resources`). */
export function trackedBy(application: KubernetesObject | undefined): ObjectRef[] {
  return asArray(asObject(application?.['status'])['resources'])
    .map(asObject)
    .flatMap(({ group, version, kind, name, namespace, hook }) => {
      const [ownKind, ownName] = [asString(kind), asString(name)];
      if (!ownKind || !ownName || hook === true) return [];
      const ownVersion = asString(version) || 'v1';
      const apiVersion = asString(group) ? `${asString(group)}/${ownVersion}` : ownVersion;
      return [{ apiVersion, kind: ownKind, name: ownName, namespace: asString(namespace) || undefined }];
    });
}

export function byName(rendering: Rendering | undefined): ReadonlyMap<string, RenderedApplication> {
  return new Map((rendering?.applications ?? []).map(one => [one.application.name, one]));
}

/** Undefined where this identity may not read them. */
async function listByName(
  selection: Parameters<Cluster['list']>[0],
  cluster: Pick<Cluster, 'list'>,
): Promise<ReadonlyMap<string, KubernetesObject> | undefined> {
  try {
    return new Map((await cluster.list(selection)).map(object => [object.metadata.name, object]));
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return undefined;
  }
}
