import { stopCalls } from '@suite/foundation';
import type { Cluster } from './cluster.ts';

/** The same cluster, which can only be read once `stop` is aborted: a write is not begun then, and rejects with its reason. */
export function stopWrites<C extends Pick<Cluster, 'apply' | 'patch' | 'remove'>>(cluster: C, stop: AbortSignal): C {
  return stopCalls(cluster, ['apply', 'patch', 'remove'], stop);
}
