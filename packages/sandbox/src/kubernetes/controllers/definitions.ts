import { customMergeType } from '../apply/merge-type.ts';
import type { Cluster } from '../cluster.ts';
import { at, type Fields, type KubeObject, objects, strings, text } from '../objects.ts';
import { customSchema } from '../resources/custom-schema.ts';
import type { ResourceType, ScalePaths } from '../resources/resource-type.ts';
import { removeObject } from '../writes/remove.ts';
import type { Controller } from './controller.ts';
import { isTrue, setStatus, withCondition } from './keep.ts';

const key = 'customresourcedefinitions.apiextensions.k8s.io';

/** Has new types served once their definition is established, and takes their objects along when it goes. */
export function definitions(cluster: Cluster): Controller {
  return {
    name: 'crd-controller',
    keysFor: change => (change.key === key ? [change.object.metadata.name] : []),
    reconcile: (name, { later, isRipe }) => {
      const definition = cluster.store.get(key, undefined, name);
      if (definition === undefined) return cluster.types.setCustom(name, []);
      if (definition.metadata.deletionTimestamp !== undefined) return withdraw(cluster, definition);
      const isEstablished = isTrue(definition, 'Established') || isRipe(name);
      if (isEstablished) cluster.types.setCustom(name, typesOf(definition));
      else later(cluster.durations.definitionMs, name);
      setStatus(cluster, key, definition, statusOf(cluster, definition, isEstablished), 'kube-apiserver');
    },
  };
}

function withdraw(cluster: Cluster, definition: KubeObject): void {
  const { name } = definition.metadata;
  const [type] = typesOf(definition);
  if (type !== undefined) for (const object of cluster.store.list(name)) removeObject(cluster, type, object);
  // Objects with finalizers keep the definition until they are gone; whoever removes them comes by here again.
  if (cluster.store.list(name).length > 0) return;
  cluster.types.setCustom(name, []);
  cluster.store.remove(key, undefined, name);
}

function statusOf(cluster: Cluster, definition: KubeObject, isEstablished: boolean): Fields {
  const now = cluster.clock.now();
  const spec = at(definition, 'spec');
  const accepted = withCondition(
    at(definition, 'status')['conditions'],
    { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
    now,
  );
  const established = isEstablished
    ? { status: 'True' as const, reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' }
    : { status: 'False' as const, reason: 'Installing', message: 'the initial names have been accepted' };
  const storage = objects(spec['versions']).find(version => version['storage'] === true);
  const stored = new Set([...strings(at(definition, 'status')['storedVersions']), String(storage?.['name'] ?? '')]);
  return {
    conditions: withCondition(accepted, { type: 'Established', ...established }, now),
    acceptedNames: at(spec, 'names'),
    storedVersions: [...stored].filter(Boolean),
  };
}

/** The types that a definition serves. */
export function typesOf(definition: KubeObject): readonly ResourceType[] {
  const spec = at(definition, 'spec');
  const names = at(spec, 'names');
  return objects(spec['versions'])
    .filter(version => version['served'] === true)
    .map((version): ResourceType => {
      const schema = at(version, 'schema', 'openAPIV3Schema');
      const subresources = at(version, 'subresources');
      const hasSchema = Object.keys(schema).length > 0;
      const scale = scaleOf(at(subresources, 'scale'));
      return {
        group: String(spec['group']),
        version: String(version['name']),
        plural: String(names['plural']),
        singular: text(names['singular']) ?? String(names['kind']).toLowerCase(),
        kind: String(names['kind']),
        namespaced: spec['scope'] === 'Namespaced',
        shortNames: strings(names['shortNames']),
        categories: strings(names['categories']),
        subresources: Object.keys(subresources).filter(name => name === 'status' || name === 'scale'),
        hasGeneration: true,
        isReview: false,
        merge: customMergeType(hasSchema ? schema : undefined),
        custom: {
          definition: definition.metadata.name,
          schema: customSchema(schema, spec['preserveUnknownFields'] === true),
          printerColumns: objects(version['additionalPrinterColumns'])
            .filter(column => (column['priority'] ?? 0) === 0)
            .map(column => ({
              name: String(column['name']),
              type: String(column['type']),
              jsonPath: String(column['jsonPath']),
            })),
          ...(scale === undefined ? {} : { scale }),
        },
      };
    });
}

function scaleOf(scale: Readonly<Fields>): ScalePaths | undefined {
  const path = (name: string) => text(scale[name])?.split('.').filter(Boolean);
  const [specReplicas, statusReplicas] = [path('specReplicasPath'), path('statusReplicasPath')];
  return specReplicas === undefined || statusReplicas === undefined ? undefined : { specReplicas, statusReplicas };
}
