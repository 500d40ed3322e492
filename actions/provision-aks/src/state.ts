import { type Problem, UserError } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
import { describeLock } from '@suite/terraform';
import type { Azure, StateBlob } from './ports.ts';

/**
 * Reads the state's blob before Terraform does. `terraform init` writes one where there is none, which a plan identity may
 * not; and a lock found here stops an apply before anything is done. Throws a UserError that says how to make the blob.
 */
export async function requireState(azure: Azure, view: ScopeView): Promise<Extract<StateBlob, { exists: true }>> {
  const blob = await azure.readState();
  if (blob.exists) return blob;
  const { account, container, key } = view.state;
  const empty =
    '{"version":4,"terraform_version":"1.11.0","serial":1,"lineage":"NEW-GUID","outputs":{},"resources":[]}';
  throw new UserError({
    message: `There is no state ${container}/${key} in ${account} yet, and a plan may not write one.`,
    remedy: `Let an apply identity make it once: write ${empty} with a new GUID into empty.tfstate, then \`az storage blob upload --auth-mode login --account-name ${account} --container-name ${container} --name ${key} --file empty.tfstate\`.`,
  });
}

/** Why nothing can be applied now, or undefined when the lock is free. */
export async function describeHolder(
  azure: Azure,
  view: ScopeView,
  blob: Extract<StateBlob, { exists: true }>,
  now: number,
): Promise<Problem | undefined> {
  if (blob.lease === 'available') return undefined;
  const holder = await azure.marker.read();
  return describeLock({ backend: view.state, lock: blob.lock, holder, now });
}
