import { type Problem, UserError } from '@suite/foundation';
import { describeHolder as describeHolderOf, type LeaseView, type StateBlob } from '@suite/lease';
import { placeOf, type ScopeView } from '@suite/platform-file';
import { describeLockFor } from '@suite/terraform';
import type { Azure } from './ports.ts';

export type State = Extract<StateBlob, { exists: true }>;

/**
 * Reads the state's blob before Terraform does. `terraform init` writes one where there is none, which a plan identity may
 * not; and a lock found here stops an apply before anything is done. Throws a UserError that says how to make the blob.
 */
export async function requireState(azure: Pick<Azure, 'readState'>, view: ScopeView): Promise<State> {
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

/** Who works on the scope now, or undefined when nobody does; a lock that is held comes with how it is released. */
export function describeHolder(view: ScopeView, state: State, lease: LeaseView, now: number): Problem | undefined {
  return describeHolderOf(
    { place: placeOf(view), view, describeLock: describeLockFor(view.engine) },
    state,
    lease,
    now,
  );
}
