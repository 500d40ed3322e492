import { asArray, asObject, asString } from '@suite/foundation';
import type { Application } from './application.ts';

/** What is used of an ApplicationSet (argo-cd, applicationset_types.go). */
export interface ApplicationSet {
  readonly name: string;
  readonly namespace: string;
  readonly resourceVersion: string;
  /** Asked to look at its generators again, and not done so yet. */
  readonly isRefreshing: boolean;
  readonly conditions: readonly { readonly type: string; readonly isTrue: boolean; readonly message: string }[];
}

const refreshAnnotation = 'argocd.argoproj.io/application-set-refresh';

export function readApplicationSet(value: unknown): ApplicationSet {
  const object = asObject(value);
  const [metadata, status] = [asObject(object['metadata']), asObject(object['status'])];
  const text = (one: unknown) => asString(one) ?? '';
  return {
    name: text(metadata['name']),
    namespace: text(metadata['namespace']),
    resourceVersion: text(metadata['resourceVersion']),
    isRefreshing: asObject(metadata['annotations'])[refreshAnnotation] !== undefined,
    conditions: asArray(status['conditions'])
      .map(asObject)
      .map(({ type, status: is, message }) => ({ type: text(type), isTrue: is === 'True', message: text(message) })),
  };
}

/** A merge patch that asks for it. The controller takes the annotation away when it has looked (applicationset_controller.go). */
export const refreshApplicationSet = { metadata: { annotations: { [refreshAnnotation]: 'true' } } } as const;

/** Where an ApplicationSet stands after that. */
export type SetVerdict =
  | { readonly is: 'ready' }
  | { readonly is: 'waiting'; readonly why: string }
  /**
   * It says an error, perhaps of the look before: the controller leaves the annotation where a generator fails, and takes it away a
   * moment before it takes the error back (applicationset_controller.go, Reconcile). One that stays is true.
   */
  | { readonly is: 'failing'; readonly why: string };

export function judgeApplicationSet(set: ApplicationSet): SetVerdict {
  const wrong = set.conditions.find(({ type, isTrue }) => type === 'ErrorOccurred' && isTrue);
  if (wrong !== undefined) return { is: 'failing', why: wrong.message };
  if (set.isRefreshing) return { is: 'waiting', why: 'its generators to be read again' };
  const current = set.conditions.find(({ type }) => type === 'ResourcesUpToDate');
  if (current?.isTrue === true) return { is: 'ready' };
  return { is: 'waiting', why: current === undefined ? 'its Applications' : current.message };
}

/**
 * Those of the Applications that a set has made and keeps. Not what its `status.resources` says: that is written before new ones are made
 * (applicationset_controller.go, updateResourcesStatus), lacks them until the next look, and is cut where there are many.
 */
export function membersOf(
  { name, namespace }: Pick<ApplicationSet, 'name' | 'namespace'>,
  applications: readonly Application[],
): readonly Application[] {
  return applications.filter(one => one.set === name && one.namespace === namespace && !one.isDeleting);
}
