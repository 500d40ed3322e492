import type { KubernetesObject } from '@suite/kubernetes';
import type { HookPhase } from './model.ts';

/** What becomes of a rendered object at a sync. */
export type Fate =
  | { readonly is: 'applied' }
  | { readonly is: 'hook'; readonly phases: readonly HookPhase[] }
  /** Argo CD does nothing with it: tests of Helm, hooks of events that it has not, `Skip`. */
  | { readonly is: 'left-out' };

const own: readonly string[] = [
  'PreSync',
  'Sync',
  'PostSync',
  'SyncFail',
  'PreDelete',
  'PostDelete',
] satisfies HookPhase[];
const helms: Readonly<Record<string, HookPhase>> = {
  'pre-install': 'PreSync',
  'pre-upgrade': 'PreSync',
  'post-install': 'PostSync',
  'post-upgrade': 'PostSync',
  'pre-delete': 'PreDelete',
  'post-delete': 'PostDelete',
};

/** Which hooks there are, by Argo CD's annotation and by Helm's (argo-cd 3.6 gitops-engine/pkg/sync/hook). */
export function fateOf({ metadata }: KubernetesObject): Fate {
  const { 'argocd.argoproj.io/hook': mine, 'helm.sh/hook': helm } = metadata.annotations ?? {};
  const types = words(mine);
  const phases = own.filter(phase => types.includes(phase)) as HookPhase[];
  if (phases.length > 0) return { is: 'hook', phases };
  if (types.includes('Skip')) return { is: 'left-out' };
  const mapped = new Set(words(helm).flatMap(event => (Object.hasOwn(helms, event) ? (helms[event] ?? []) : [])));
  if (mapped.size > 0) return { is: 'hook', phases: [...mapped] };
  // Helm 2 marked definitions of custom resources so; they are applied.
  const isHook = mine !== undefined || (helm !== undefined && helm !== 'crd-install');
  return isHook ? { is: 'left-out' } : { is: 'applied' };
}

function words(list: string | undefined): string[] {
  return (list ?? '').split(',').map(word => word.trim());
}
