import type { Checker } from './checker.ts';

/** A test of GPUs needs a pool that may have a node. */
export function checkGpuSmoke({ merged, view, report, isSound }: Checker): void {
  const said = merged['gpu-smoke'];
  if (said === undefined || said === false || !isSound(['cluster', 'pools', 'gpu'])) return;
  if (view.cluster.pools.gpu !== undefined) return;
  report(
    ['gpu-smoke'],
    'There are no GPUs to test: `cluster: pools: gpu:` is off.',
    'Switch the pool on, or say `gpu-smoke: false`.',
  );
}
