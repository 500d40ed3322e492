import type { Clock } from '@suite/foundation';
import type { Faults, StartedOperation } from '../../faults/faults.ts';
import type { AccessControl } from '../access.ts';
import type { StorageAccounts } from '../blob-store.ts';
import type { Directory } from '../directory.ts';
import { createConditions } from './conditions.ts';
import { createOperations } from './operations.ts';
import type { RegistryImages } from './registry-images.ts';
import { createAtOnce, removeAtOnce } from './resources.ts';
import { createResourceStore } from './store.ts';
import type { ArmContext } from './type.ts';

export interface ArmOptions {
  readonly clock: Clock;
  readonly directory: Directory;
  readonly access: AccessControl;
  readonly accounts: StorageAccounts;
  readonly images: RegistryImages;
  readonly faults: Faults;
  readonly subscriptions: ReadonlyMap<string, string>;
  readonly quotas: ReadonlyMap<string, number>;
  readonly locations: readonly string[];
  readonly authorityCertificate: string;
  readonly retryAfter: number;
  readonly duration: (operation: StartedOperation) => number;
  readonly closing: AbortSignal;
}

export function createArmContext(options: ArmOptions): ArmContext {
  const { faults, duration, closing, ...rest } = options;
  const context: ArmContext = {
    ...rest,
    conditions: createConditions(),
    store: createResourceStore(),
    operations: createOperations({ clock: options.clock, faults, duration, closing }),
    create: (id, body) => createAtOnce(context, id, body),
    remove: resource => removeAtOnce(context, resource),
  };
  return context;
}
