import { isObject } from '@suite/foundation';
import { groupOf, type KubernetesObject, type ObjectRef } from '../objects.ts';
import { isSet } from './differences.ts';

/** Stands where a value of a Secret would. */
export const hiddenValue = '(sensitive)';

export function isSecret({ apiVersion, kind }: Pick<ObjectRef, 'apiVersion' | 'kind'>): boolean {
  return kind === 'Secret' && groupOf(apiVersion) === '';
}

/**
 * A Secret as the API server keeps it: `stringData` written over `data`, base64 without line breaks. The result holds the
 * values; who compares it hides them.
 */
export function comparableSecret({ stringData, data, ...secret }: KubernetesObject): KubernetesObject {
  const merged = new Map<string, unknown>();
  for (const [key, value] of entries(data)) {
    merged.set(key, typeof value === 'string' ? value.replace(/[\r\n]/g, '') : value);
  }
  for (const [key, value] of entries(stringData))
    merged.set(key, Buffer.from(String(value), 'utf8').toString('base64'));
  return merged.size === 0 ? secret : { ...secret, data: Object.fromEntries(merged) };
}

function entries(map: unknown): [string, unknown][] {
  return isObject(map) ? Object.entries(map).filter(([, value]) => isSet(value)) : [];
}
