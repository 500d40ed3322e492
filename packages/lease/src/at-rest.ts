import type { Log } from '@suite/action-kit';
import { type Clock, errorMessage, type Problem, UserError } from '@suite/foundation';
import { describeRun } from './describe-run.ts';
import type { EnvironmentLease, LeaseView } from './environment-lease.ts';
import type { StateBlob } from './state-lock.ts';
import type { TakeOverOptions } from './take-over.ts';

export interface AtRestOptions extends Pick<TakeOverOptions, 'readState' | 'describeLock'> {
  /** What a person calls the scope and region, inside a sentence: `dev in westeurope`. */
  readonly place: string;
  readonly view: Pick<TakeOverOptions['view'], 'state'>;
  readonly lease: Pick<EnvironmentLease, 'look'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'warning'>;
}

/** A note that cannot be read hides nothing else. */
export async function whoWorks(lease: Pick<EnvironmentLease, 'look'>, log: Pick<Log, 'warning'>): Promise<LeaseView> {
  try {
    return await lease.look();
  } catch (error) {
    log.warning(`Whether another run works on this could not be read. ${errorMessage(error)}`);
    return { state: 'free' };
  }
}

/**
 * Who works on the scope now, or undefined when nobody does. Terraform's lock comes first: of the two only it outlives a
 * run that was killed, and its message says how to release it.
 */
export function describeHolder(
  { place, view, describeLock }: Pick<AtRestOptions, 'place' | 'view' | 'describeLock'>,
  state: StateBlob,
  lease: LeaseView,
  now: number,
): Problem | undefined {
  if (state.exists && state.lease === 'leased') {
    const holder = lease.state === 'free' ? undefined : lease.note;
    return describeLock({ backend: view.state, lock: state.lock, holder, now });
  }
  if (lease.state !== 'held') return undefined;
  return { message: `${describeRun(lease.note, now)} works on ${place}.` };
}

/**
 * Compares what is there with what should be while no run changes it: what is half done is no drift. Throws a UserError where one works
 * there, and also where one has begun meanwhile.
 */
export async function whileAtRest<T>(options: AtRestOptions, compare: () => Promise<T>): Promise<T> {
  await requireRest(options);
  const found = await compare();
  await requireRest(options);
  return found;
}

async function requireRest(options: AtRestOptions): Promise<void> {
  const [state, lease] = await Promise.all([options.readState(), whoWorks(options.lease, options.log)]);
  const holder = describeHolder(options, state, lease, options.clock.now());
  if (holder === undefined) return;
  throw new UserError({ ...holder, message: `What is being changed now is not compared. ${holder.message}` });
}
