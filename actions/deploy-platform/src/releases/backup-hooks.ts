import type { JsonObject } from '@suite/foundation';
import type { EnvironmentScope } from '@suite/platform-file';

/**
 * Annotations of a pod, by which a backup runs a command in one of its containers before it takes snapshots of its disks. The extension of
 * AKS backup works by Velero, which reads them of every pod (Velero, "Backup Hooks"). Hooks as custom resources of Azure's would have to be
 * named in the backup instance, where azurerm has no field for them. Undefined where the platform file has no backup.
 */
export function beforeBackup(
  { backup }: EnvironmentScope,
  container: string,
  command: readonly string[],
): JsonObject | undefined {
  if (backup === undefined) return undefined;
  return {
    'pre.hook.backup.velero.io/container': container,
    'pre.hook.backup.velero.io/command': JSON.stringify(command),
    // What a snapshot without it holds can be recovered too: better than none.
    'pre.hook.backup.velero.io/on-error': 'Continue',
    'pre.hook.backup.velero.io/timeout': '2m',
  };
}
