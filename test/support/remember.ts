import { isDeepStrictEqual } from 'node:util';
import type { World } from '@suite/sandbox';

type Azure = World['azure'];

/** Remembers every resource; the answer makes again what is gone since, takes away what came, and puts back what was changed. */
export function rememberResources(azure: Azure): () => void {
  const remembered = azure.resources().map(({ id }) => ({ id, body: storedBody(azure, id) }));
  return () => {
    for (const { id, body } of remembered) {
      if (azure.resource(id) === undefined) azure.putResource(id, body);
    }
    for (const { id, body } of remembered) {
      if (!isDeepStrictEqual(storedBody(azure, id), body)) putBack(azure, id, body);
    }
    const known = new Set(remembered.map(({ id }) => id));
    for (const { id } of azure.resources()) if (!known.has(id)) azure.remove(id);
  };
}

type Body = Parameters<Parameters<Azure['mutate']>[1]>[0];

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
