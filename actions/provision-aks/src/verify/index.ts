export { compareCluster, type Difference } from './compare.ts';
export { type ExpectedCluster, expectations } from './expectations.ts';
export type { LiveCluster, LivePool } from './live-cluster.ts';
