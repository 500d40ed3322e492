import type { Milestone } from './phases.ts';

const second = 1000;
const minute = 60 * second;

/** How long a test may stay at a milestone before that decides the verdict. */
export const budgets: Readonly<Record<Exclude<Milestone, 'done'>, number>> = {
  // The autoscaler leaves pods that ask for GPUs alone for 30 s (Azure/AKS#5573), and looks every 10 s.
  queued: 3 * minute,
  // Its own limit for a node to come (`--max-node-provision-time`).
  'scale-up': 15 * minute,
  node: 10 * minute,
  // A driver that the GPU operator installs takes longer than one of the image (kubernetes/test/e2e/node/gpu.go waits so long).
  ready: 5 * minute,
  // Of a GPU that is free until the pod has it; then of the pull.
  plugin: 3 * minute,
  pulled: 3 * minute,
  running: 5 * minute,
};

/** From the pod's node to its image. */
export const pullBudget = 10 * minute;
/** A new node may pull before its identity has its rights; that passes. */
export const pullPatience = minute;
/** Who deletes a pod says why by other ways, which may come a moment later. */
export const deletionPatience = 5 * second;
/** What the autoscaler says of a pod that it will not make room for, it may say before it has seen all there is. */
export const refusalPatience = minute;
/** A driver that is installed while the node is up already. */
export const operatorBudget = 12 * minute;

/** What one usually waits for after each milestone. Where nobody measured, it says so with "about". */
export const typical: Readonly<Record<Exclude<Milestone, 'done'>, string>> = {
  queued: 'usually under a minute',
  // 324 s in the log of Azure/AgentBaker#8797.
  'scale-up': 'usually 4 to 6 min',
  node: 'about a minute',
  ready: 'about a minute; with the GPU operator 5 min and more',
  plugin: 'about a minute',
  pulled: 'about ten seconds',
  running: 'about a minute',
};

/** What comes next, for people who wait. */
export const awaited: Readonly<Record<Exclude<Milestone, 'done'>, string>> = {
  queued: 'waits for a place or a scale-up',
  'scale-up': 'waits for a node from Azure',
  node: 'waits until the node is ready',
  ready: 'waits for the device plugin to offer the GPU',
  plugin: 'waits for the pod and its image',
  pulled: 'waits for the container to start',
  running: 'the work runs on the GPU',
};
