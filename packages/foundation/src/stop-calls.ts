/**
 * The same object, whose calls of these names (each gives a promise) are not begun once `stop` is aborted: they reject with its reason
 * then.
 */
export function stopCalls<T extends object>(target: T, names: readonly (keyof T & string)[], stop: AbortSignal): T {
  const guarded = names.map(name => {
    const call = target[name] as (...given: unknown[]) => Promise<unknown>;
    const guard = async (...given: unknown[]) => {
      stop.throwIfAborted();
      return call(...given);
    };
    return [name, guard] as const;
  });
  return { ...target, ...Object.fromEntries(guarded) };
}
