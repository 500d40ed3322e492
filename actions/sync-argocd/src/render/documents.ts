import { asObject, isObject, UserError } from '@suite/foundation';
import { parseKubernetesYaml } from '@suite/helm';
import type { KubernetesObject } from '@suite/kubernetes';
import { NotRendered } from './not-rendered.ts';

/** Documents of a text, split where Kubernetes splits them: at lines of three dashes. */
export function splitDocuments(text: string): string[] {
  return text
    .replace(/^\ufeff/, '')
    .split(/^---[ \t]*(?:#.*)?\r?$/m)
    .filter(document => /^[ \t]*[^\s#]/m.test(document));
}

/**
 * The objects of a text, lists unpacked. Throws NotRendered for a document that is no object of Kubernetes; `where` names the text.
 */
export function readObjects(text: string, where: string): KubernetesObject[] {
  return splitDocuments(text).flatMap(document => unpack(parse(document, where), where));
}

function parse(document: string, where: string): unknown {
  try {
    return parseKubernetesYaml(document);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new NotRendered(`${where} is no valid YAML: ${error.message}`);
  }
}

/** The objects in a document: itself, or what it lists. */
export function unpack(document: unknown, where: string): KubernetesObject[] {
  if (document === null) return [];
  const { kind, apiVersion, items, metadata, spec, status } = asObject(document);
  if (typeof kind !== 'string' || kind === '') throw new NotRendered(`${where} holds a document without \`kind\`.`);
  if (Array.isArray(items)) return items.flatMap(item => unpack(item, where));
  // A list of nothing may be written as null.
  if (items === null && spec === undefined && status === undefined) return [];
  if (typeof apiVersion !== 'string' || apiVersion === '') {
    throw new NotRendered(`${where} holds a ${kind} without \`apiVersion\`.`);
  }
  const { name, generateName } = asObject(metadata);
  if (typeof name === 'string' && name !== '') return [document as KubernetesObject];
  // Argo CD makes a name of it for hooks, with the time in it.
  if (isObject(metadata) && typeof generateName === 'string' && generateName !== '') {
    return [{ ...(document as KubernetesObject), metadata: { ...metadata, name: `${generateName}*` } }];
  }
  throw new NotRendered(`${where} holds a ${kind} without \`metadata.name\`.`);
}
