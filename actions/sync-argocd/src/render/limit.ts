/** Runs work as it comes, so many at a time. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

export function createLimit(atOnce: number): Limit {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async work => {
    if (running >= atOnce) await new Promise<void>(resolve => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      // The place is handed on to whoever waits longest.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
