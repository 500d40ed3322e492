/** Runs `work` over the items, at most `limit` at a time, and gives the results in the items' order. Fails with the first failure. */
export async function mapInParallel<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const workers = Array.from({ length: Math.min(limit, items.length) }, async () => {
    while (next < items.length) {
      const index = next++;
      try {
        results[index] = await work(items[index] as T);
      } catch (error) {
        next = items.length; // nothing more is begun
        throw error;
      }
    }
  });
  await Promise.all(workers);
  return results;
}
