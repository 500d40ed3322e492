import { type KubeObject, text } from '../../objects.ts';

export type SyncPhase = 'PreSync' | 'Sync' | 'PostSync' | 'SyncFail';

const phases: readonly SyncPhase[] = ['PreSync', 'Sync', 'PostSync', 'SyncFail'];
const hookTypes = [...phases, 'PostDelete', 'Skip'];

/** `argocd.argoproj.io/hook`. Helm's own annotations do not count here: the sandbox's Argo CD renders no charts. */
function typesOf({ metadata }: KubeObject): readonly string[] {
  return listOf(metadata.annotations?.['argocd.argoproj.io/hook']).filter(one => hookTypes.includes(one));
}

function listOf(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split(',')
    .map(one => one.trim())
    .filter(one => one !== '');
}

export function isSkipped(object: KubeObject): boolean {
  const types = typesOf(object);
  return types.length === 1 && types[0] === 'Skip';
}

export function isHook(object: KubeObject): boolean {
  return 'argocd.argoproj.io/hook' in (object.metadata.annotations ?? {}) && !isSkipped(object);
}

/** Phases of a synchronization in which an object is applied. */
export function phasesOf(object: KubeObject): readonly SyncPhase[] {
  if (isSkipped(object)) return [];
  if (!isHook(object)) return ['Sync'];
  return phases.filter(phase => typesOf(object).includes(phase));
}

export function phaseRank(phase: SyncPhase): number {
  return phases.indexOf(phase);
}

export function waveOf({ metadata }: KubeObject): number {
  return Number.parseInt(metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? '0', 10) || 0;
}

export type DeletePolicy = 'BeforeHookCreation' | 'HookSucceeded' | 'HookFailed';

export function deletePoliciesOf({ metadata }: KubeObject): readonly string[] {
  const policies = listOf(metadata.annotations?.['argocd.argoproj.io/hook-delete-policy']);
  return policies.length === 0 ? ['BeforeHookCreation'] : policies;
}

/** An option that an object brings itself: `argocd.argoproj.io/sync-options: Prune=false`. */
export function hasOption({ metadata }: KubeObject, option: string): boolean {
  return listOf(text(metadata.annotations?.['argocd.argoproj.io/sync-options'])).includes(option);
}
