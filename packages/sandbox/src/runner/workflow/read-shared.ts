import { completeCondition } from '../expressions/condition.ts';
import { checkExpression } from '../expressions/evaluate.ts';
import {
  type Access,
  type PermissionName,
  type Permissions,
  permissionNames,
  permissionsForAll,
} from '../permissions.ts';
import { asMapping, fieldsOf, textOf } from './fields.ts';
import type { Concurrency } from './model.ts';
import { literal, type Node, WorkflowError } from './node.ts';

export function readConcurrency(node: Node, where: string): Concurrency {
  const defaults = { cancelInProgress: literal(false, node.place), queue: literal('single', node.place) };
  if (node.kind !== 'mapping') return { group: node, ...defaults };
  const fields = fieldsOf(node, where, ['group', 'cancel-in-progress', 'queue']);
  const read = {
    group: fields.or('group', ''),
    cancelInProgress: fields.get('cancel-in-progress') ?? defaults.cancelInProgress,
    queue: fields.get('queue') ?? defaults.queue,
  };
  const cancels = read.cancelInProgress.kind === 'literal' && read.cancelInProgress.value === true;
  if (cancels && read.queue.kind === 'literal' && read.queue.value === 'max') {
    throw new WorkflowError('`queue: max` cannot be used with `cancel-in-progress: true`.', node.place);
  }
  return read;
}

export function readPermissions(node: Node, where: string): Permissions {
  if (node.kind !== 'mapping') return permissionsForAll(textOf(node, where) === 'write-all' ? 'write' : 'read');
  const granted: Partial<Record<PermissionName, Access>> = {};
  for (const { key, place, value } of asMapping(node, where).entries) {
    const name = permissionNames.find(known => known === key);
    if (name === undefined)
      throw new WorkflowError(`The sandbox's runner does not know the permission \`${key}\`.`, place);
    const access = textOf(value, `${where}.${key}`);
    if (access === 'read' || access === 'write') granted[name] = access;
  }
  return granted;
}

const jobContexts = ['github', 'inputs', 'vars', 'needs'];
const stepContexts = [...jobContexts, 'strategy', 'matrix', 'steps', 'job', 'runner', 'env'];
const statusFunctions = ['success', 'failure', 'cancelled', 'always'];

/** The condition of an `if:`. GitHub's parser leaves plain text there unread, so it is checked here. */
export function readCondition(node: Node | undefined, of: 'job' | 'step'): string {
  if (node === undefined) return 'success()';
  if (node.kind !== 'literal' && node.kind !== 'expression') {
    throw new WorkflowError('`if:` must be an expression.', node.place);
  }
  const text = node.kind === 'expression' ? node.text : String(node.value ?? '');
  try {
    const condition = completeCondition(text);
    if (of === 'job') checkExpression(condition, jobContexts, statusFunctions);
    else checkExpression(condition, stepContexts, [...statusFunctions, 'hashFiles']);
    return condition;
  } catch (error) {
    throw new WorkflowError(error instanceof Error ? error.message : String(error), node.place);
  }
}
