import { isDeepStrictEqual } from 'node:util';
import type { World } from '../world/index.ts';

type Azure = World['azure'];
type Body = Parameters<Parameters<Azure['mutate']>[1]>[0];

/** A resource as the world keeps it. */
export interface StoredResource {
  readonly id: string;
  readonly body: Body;
}

/** Remembers every resource; the answer makes again what is gone since, takes away what came, and puts back what was changed. */
export function rememberResources(azure: Azure): () => void {
  const remembered = storedResources(azure);
  return () => {
    restoreResources(azure, remembered);
    const known = new Set(remembered.map(({ id }) => id));
    for (const { id } of azure.resources()) if (!known.has(id)) azure.remove(id);
  };
}

export function storedResources(azure: Azure): StoredResource[] {
  return azure.resources().map(({ id }) => ({ id, body: storedBody(azure, id) }));
}

/** Makes what is not there, in this order, and puts back what is another one. */
export function restoreResources(azure: Azure, stored: readonly StoredResource[]): void {
  for (const { id, body } of stored) if (azure.resource(id) === undefined) azure.putResource(id, body);
  for (const { id, body } of stored) if (!isDeepStrictEqual(storedBody(azure, id), body)) putBack(azure, id, body);
}

/** What a resource shows may hold more than what is stored: its children, or who uses it. */
function storedBody(azure: Azure, id: string): Body {
  let stored: Body = {};
  azure.mutate(id, body => {
    stored = structuredClone(body);
  });
  return stored;
}

function putBack(azure: Azure, id: string, remembered: Body): void {
  azure.mutate(id, body => {
    for (const key of Object.keys(body)) delete body[key];
    Object.assign(body, structuredClone(remembered));
  });
}
