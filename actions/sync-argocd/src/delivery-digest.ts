import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryKey } from '@suite/argocd';
import { createDigest } from '@suite/change-report';
import { asString } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import { contentDigest } from './content.ts';
import type { OwnObjects } from './objects.ts';
import type { RenderedApplication, Rendering } from './render/index.ts';

export interface DeliveryInput {
  readonly key: string;
  readonly own: OwnObjects;
  /** Address of the repository of the applications. */
  readonly repository: string;
  readonly rendering: Rendering;
  /** The repository as it is after the delivery. */
  readonly folder: string;
}

/**
 * HMAC of what a sync delivers. It is the same before and after there is a cluster, so that a first apply can be held to its review: of
 * manifests and kustomizations what comes out of them counts, of charts, which look at the cluster, their files and settings.
 */
export async function deliveryDigest({ key, own, repository, rendering, folder }: DeliveryInput): Promise<string> {
  const digest = createDigest(key);
  for (const object of [...own.namespaces, ...own.argo]) digest.add(object);
  for (const one of rendering.applications) {
    const { name, object, sources } = one.application;
    // What a set makes may hold outputs of Terraform; the set itself is among the objects of whoever brings it.
    const isMade = one.origin.is === 'set';
    digest.add(isMade ? { name } : { name, spec: object['spec'] });
    const folders = sources
      .filter(source => repositoryKey(asString(source['repoURL']) ?? '') === repositoryKey(repository))
      .flatMap(source => asString(source['path']) ?? []);
    const charts = await Promise.all(folders.map(path => isThere(join(folder, path, 'Chart.yaml'))));
    const isPlain = !isMade && one.problem === undefined && folders.length === sources.length && !charts.includes(true);
    if (isPlain) digest.add(withoutPlaces(one));
    else for (const path of folders) digest.add(await contentDigest(folder, path));
  }
  return digest.end();
}

/** Which kinds have a namespace only the cluster knows. */
function withoutPlaces({ application, objects, hooks }: RenderedApplication): readonly KubernetesObject[] {
  const { namespace: own } = application.destination;
  return [...objects, ...hooks.map(({ object }) => object)].map(object => {
    const { namespace, ...metadata } = object.metadata;
    return namespace === own ? { ...object, metadata } : object;
  });
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
