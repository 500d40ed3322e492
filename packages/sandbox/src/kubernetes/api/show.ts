import { json, type WorldResponse } from '../../network/http.ts';
import type { Fields, KubeObject } from '../objects.ts';
import { apiVersionOf, type ResourceType } from '../resources/resource-type.ts';
import type { View } from './media.ts';
import { tableOf } from './table.ts';

/** An object in the version that was asked for. */
export function inVersion(object: KubeObject, type: ResourceType): KubeObject {
  return object.apiVersion === apiVersionOf(type) ? object : { ...object, apiVersion: apiVersionOf(type) };
}

export function showObject(object: KubeObject, type: ResourceType, view: View): Fields {
  const shown = inVersion(object, type);
  if (view.form === 'metadata') return partial(shown);
  if (view.form === 'object') return shown;
  return tableOf([shown], type, { resourceVersion: shown.metadata.resourceVersion }, view.now);
}

export interface ListMetadata {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export function showList(
  objects: readonly KubeObject[],
  type: ResourceType,
  view: View,
  metadata: ListMetadata,
): Fields {
  const shown = objects.map(object => inVersion(object, type));
  if (view.form === 'table') return tableOf(shown, type, metadata, view.now);
  if (view.form === 'metadata') {
    return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: shown.map(partial) };
  }
  const items = type.custom === undefined ? shown.map(withoutKind) : shown;
  return { kind: `${type.kind}List`, apiVersion: apiVersionOf(type), metadata, items };
}

function partial({ metadata }: KubeObject): Fields {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

/** Items of built-in lists do not repeat what the list says. */
function withoutKind({ apiVersion: _, kind: __, ...rest }: KubeObject): Fields {
  return rest;
}

export function answerObject(
  status: number,
  object: KubeObject,
  type: ResourceType,
  view: View,
  warnings: readonly string[] = [],
): WorldResponse {
  const headers =
    warnings.length === 0 ? {} : { Warning: warnings.map(one => `299 - ${JSON.stringify(one)}`).join(', ') };
  return json(status, showObject(object, type, view), headers);
}
