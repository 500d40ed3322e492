export { checkBefore } from './check.ts';
export type * from './facts.ts';
export { findImage, type OpenRepository } from './find-image.ts';
export { plannedPool } from './planned-pool.ts';
export { type PreflightPorts, type PreflightQuestion, readPools, readPreflight } from './read.ts';
