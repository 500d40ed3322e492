import type { KubernetesObject } from '@suite/kubernetes';
import type { Application } from '../render/index.ts';

/** `Prune` of an object: its own annotation, else the Application's option (argo-cd 3.6 gitops-engine sync_context.go). */
export function pruneOption(object: KubernetesObject | undefined, { syncOptions }: Application): string | undefined {
  return optionOf('Prune', annotated(object)) ?? optionOf('Prune', syncOptions);
}

/** Whether a field that cannot be changed is no hindrance: the object is deleted and made anew. */
export function isForced(objects: readonly (KubernetesObject | undefined)[], { syncOptions }: Application): boolean {
  return [syncOptions, ...objects.map(annotated)].some(options => options.includes('Force=true'));
}

function annotated(object: KubernetesObject | undefined): string[] {
  const text = object?.metadata.annotations?.['argocd.argoproj.io/sync-options'] ?? '';
  return text.split(',').map(option => option.trim());
}

function optionOf(name: string, options: readonly string[]): string | undefined {
  return options.find(option => option.startsWith(`${name}=`))?.slice(name.length + 1);
}
