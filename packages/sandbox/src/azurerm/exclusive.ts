/** Runs operations with the same key one after the other, and those with different keys at once. */
export function exclusiveRunner(): <T>(key: string, operation: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (key, operation) => {
    const name = key.toLowerCase();
    const before = last.get(name) ?? Promise.resolve();
    const run = before.then(operation, operation);
    last.set(name, run);
    const forget = () => {
      if (last.get(name) === run) last.delete(name);
    };
    run.then(forget, forget);
    return run;
  };
}
