import type { PlannedNetwork } from './addresses.ts';
import { gather } from './gather.ts';
import { type Judgement, judge } from './judge.ts';
import type { Planned } from './planned.ts';
import type { PreflightReader, Reach } from './ports.ts';
import { subjectOf } from './subject.ts';

export type { Judgement } from './judge.ts';
export { otherNetworks } from './other-networks.ts';
export { checkOwnRights } from './own-rights.ts';
export type { Planned } from './planned.ts';
export type { Answer, PreflightReader, Reach } from './ports.ts';
export { placeOfResources } from './subject.ts';

export interface Preflight {
  /** What would fail in the apply of this plan, by what could be found out while it was made. */
  finish(planned: Planned): Promise<Judgement>;
}

/** Begins to ask; what comes of it is waited for only once there is a plan. */
export function startPreflight(
  view: Parameters<typeof subjectOf>[0],
  otherNetworks: readonly PlannedNetwork[],
  options: {
    readonly reader: PreflightReader;
    readonly reach: Reach;
    readonly clock: Parameters<typeof gather>[1]['clock'];
  },
): Preflight {
  const subject = subjectOf(view, otherNetworks);
  const flight = gather(subject, { ...options, graceMs: 2500 });
  return { finish: async planned => judge(subject, await flight.land(), planned) };
}
