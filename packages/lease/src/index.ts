export { describeRun } from './describe-run.ts';
export type { EnvironmentLease, HeldLease, LeaseView, RunNote } from './environment-lease.ts';
export { type ExclusiveOptions, exclusively } from './exclusively.ts';
export { leaseWait } from './lease-wait.ts';
