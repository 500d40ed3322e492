import { doubtOf, type ExclusiveOptions, refuseWhileLocked } from '@suite/lease';
import { placeOf, type ScopeView } from '@suite/platform-file';
import { describeLock } from '@suite/terraform';
import type { Azure, Services } from './ports.ts';
import { requireState } from './state.ts';

/** How a command that writes works alone on a scope and region. `command`: what its note says, which tells later runs whether it locks the state. */
export function exclusiveOptions(
  view: ScopeView,
  services: Services,
  azure: Azure,
  { command, waitMs }: { readonly command: 'apply' | 'destroy' | 'restore'; readonly waitMs: number },
): ExclusiveOptions {
  return {
    ...services,
    place: placeOf(view),
    lease: azure.lease,
    waitMs,
    command,
    mayTakeOver: refuseWhileLocked({
      ...services,
      view,
      readState: () => requireState(azure, view),
      describeLock,
    }),
    // Terraform was killed, and not this action: the lock of the state stays.
    leavesBehind: async note => {
      const state = await azure.readState();
      return state.exists && state.lease === 'leased' && doubtOf(state.lock, note, undefined) === undefined;
    },
  };
}
