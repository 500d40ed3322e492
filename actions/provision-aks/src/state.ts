import { type Problem, UserError } from '@suite/foundation';
import { describeHolder as describeHolderOf, type LeaseView, type StateBlob } from '@suite/lease';
import { placeOf, type ScopeView } from '@suite/platform-file';
import { describeLock } from '@suite/terraform';
import type { Azure } from './ports.ts';

export type State = Extract<StateBlob, { exists: true }>;

/**
 * Reads the state's blob before Terraform does. `terraform init` writes one where there is none, which a plan identity may
 * not; and a lock found here stops an apply before anything is done. Throws a UserError that says how to make the blob.
 */
export async function requireState(azure: Pick<Azure, 'readState'>, view: ScopeView): Promise<State> {
  const state = await azure.readState();
  if (state.exists) return state;
  const { account, container, key } = view.state;
  const empty =
    '{"version":4,"terraform_version":"1.11.0","serial":1,"lineage":"NEW-GUID","outputs":{},"resources":[]}';
  throw new UserError({
    message: `There is no state ${container}/${key} in ${account}, and a plan may not write one.`,
    remedy: `If there was one, somebody has deleted it, and Azure keeps its versions: bring the last one back before anything else, as https://github.com/org/actions/blob/v1/docs/how-to/recover.md#the-state-is-gone shows. Only if there never was one, let an apply identity make it: write ${empty} with a new GUID into empty.tfstate, then \`az storage blob upload --auth-mode login --account-name ${account} --container-name ${container} --name ${key} --file empty.tfstate\`.`,
  });
}

/** Who works on the scope now, or undefined when nobody does; a lock that is held comes with how it is released. */
export function describeHolder(view: ScopeView, state: State, lease: LeaseView, now: number): Problem | undefined {
  return describeHolderOf({ place: placeOf(view), view, describeLock }, state, lease, now);
}
