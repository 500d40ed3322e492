import { isObject } from '@suite/foundation';
import { copyOf, isSame } from '../objects.ts';

/** RFC 6902. Throws with a sentence about the operation that cannot be done. */
export function jsonPatch(document: unknown, operations: readonly unknown[]): unknown {
  return operations.reduce((current, operation) => perform(current, operation), copyOf(document));
}

function perform(document: unknown, operation: unknown): unknown {
  if (!isObject(operation)) throw new Error('an operation of a JSON patch is no object');
  const { op, path, from, value } = operation;
  if (typeof path !== 'string') throw new Error('an operation of a JSON patch has no path');
  switch (op) {
    case 'add':
      return put(document, path, copyOf(value), 'add');
    case 'replace':
      read(document, path);
      return put(document, path, copyOf(value), 'replace');
    case 'remove':
      return remove(document, path);
    case 'copy':
      return put(document, path, copyOf(read(document, String(from))), 'add');
    case 'move': {
      const moved = read(document, String(from));
      return put(remove(document, String(from)), path, moved, 'add');
    }
    case 'test':
      if (isSame(read(document, path), value)) return document;
      throw new Error(`testing value ${path} failed: test failed`);
    default:
      throw new Error(`Unexpected kind: ${String(op)}`);
  }
}

function stepsOf(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

const missing = (path: string) => new Error(`the path ${JSON.stringify(path)} does not exist`);

function read(document: unknown, path: string): unknown {
  let current = document;
  for (const step of stepsOf(path)) {
    if (Array.isArray(current)) current = current[Number(step)];
    else current = isObject(current) ? current[step] : undefined;
    if (current === undefined) throw missing(path);
  }
  return current;
}

function parentOf(document: unknown, path: string): { readonly parent: unknown; readonly last: string } {
  const steps = stepsOf(path);
  const last = steps.pop() ?? '';
  const parent = steps.length === 0 ? document : read(document, path.slice(0, path.lastIndexOf('/')));
  return { parent, last };
}

function put(document: unknown, path: string, value: unknown, mode: 'add' | 'replace'): unknown {
  if (path === '') return value;
  const { parent, last } = parentOf(document, path);
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : Number(last);
    if (!(index >= 0 && index <= parent.length)) throw missing(path);
    parent.splice(index, mode === 'replace' ? 1 : 0, value);
  } else if (isObject(parent)) {
    (parent as Record<string, unknown>)[last] = value;
  } else {
    throw missing(path);
  }
  return document;
}

function remove(document: unknown, path: string): unknown {
  read(document, path);
  const { parent, last } = parentOf(document, path);
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete (parent as Record<string, unknown>)[last];
  return document;
}
