import { commitCargo } from './deliver.ts';
import { type CommitNote, revertMessage } from './message.ts';
import type { DeliverPorts } from './ports.ts';
import type { Cargo, DeliveredApp, Delivery } from './types.ts';

export interface RevertRequest {
  readonly branch: string;
  readonly apps: readonly DeliveredApp[];
  /** As they are to be again. */
  readonly cargo: Cargo;
  /** The commit that they were proven with, for the message. */
  readonly to: string;
  readonly note: CommitNote;
}

/**
 * Takes the places that delivery writes back to earlier images and charts, as one commit or none; every other line of these files, and what others
 * committed since, stays.
 */
export function revertTo({ to, note, ...request }: RevertRequest, ports: DeliverPorts): Promise<Delivery> {
  return commitCargo(request, ports, () => revertMessage(request.apps, to, note));
}
