import type { EnvironmentScope } from '@suite/platform-file';

/** The class that AKS makes for disks of the environment; in a cluster with several zones they are in all of them. */
export function storageClassOf({ production }: EnvironmentScope): string {
  return production ? 'managed-csi-premium' : 'managed-csi';
}
