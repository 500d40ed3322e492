export { type AtRestOptions, describeHolder, whileAtRest, whoWorks } from './at-rest.ts';
export { describeRun } from './describe-run.ts';
export type { EnvironmentLease, HeldLease, LeaseView, RunNote } from './environment-lease.ts';
export { type ExclusiveOptions, exclusively, noteOf } from './exclusively.ts';
export { leaseWait } from './lease-wait.ts';
export { type FindRun, type RunFate, runFate, type SeenRun } from './run-fate.ts';
export { doubtOf, type StateBlob, type StateLock } from './state-lock.ts';
export { refuseWhileLocked, type TakeOverOptions } from './take-over.ts';
