import { mapInParallel } from '@suite/foundation';

/**
 * Like `mapInParallel`, and waits until all have ended whatever becomes of one, so that nobody is still at work when it is cleaned up.
 * Then rejects with the first failure, if there was one.
 */
export async function settleInParallel<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const settled = await mapInParallel(items, limit, async item => {
    const [one] = await Promise.allSettled([work(item)]);
    return one;
  });
  return settled.map(one => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}
