import type { NodePool } from './machines.ts';

export interface MachineRefusal {
  /** Of the status report; the provider for Azure knows no codes of its own. */
  readonly code: string;
  readonly message: string;
}

/** Compute's words when a subscription may have no more of a family. */
export function quotaRefusal({ family, location, cores }: NodePool): MachineRefusal {
  return azure(
    'OperationNotAllowed',
    `Operation could not be completed as it results in exceeding approved ${family} Cores quota. Additional details - Deployment Model: Resource Manager, Location: ${location}, Current Limit: 0, Current Usage: 0, Additional Required: ${cores}, (Minimum) New Limit Required: ${cores}.`,
  );
}

/** Compute's words when the region has none left. */
export function capacityRefusal(): MachineRefusal {
  return azure(
    'AllocationFailed',
    'Allocation failed. We do not have sufficient capacity for the requested VM size in this region. Read more about improving likelihood of allocation success at https://aka.ms/allocation-guidance',
  );
}

function azure(code: string, message: string): MachineRefusal {
  return { code: 'cloudProviderError', message: `Code="${code}" Message="${message}"` };
}
