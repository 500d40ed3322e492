/** What anything throws on a machine that is lost. */
class MachineLost extends Error {}

/** Where a machine is lost: at the effect of that number, before or after it is done. */
export interface Loss {
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** A machine whose effects are counted, for tests; lost at one of them, it does nothing any more, whatever its code says. */
export function countingMachine(loss?: Loss) {
  const effects: string[] = [];
  let isLost = false;
  const effect = <T>(what: string, work: () => T): T => {
    if (isLost) throw new MachineLost();
    const strikes = effects.length === loss?.at;
    if (strikes && loss.when === 'before') {
      isLost = true;
      throw new MachineLost();
    }
    effects.push(what);
    const done = work();
    if (strikes) {
      isLost = true;
      throw new MachineLost();
    }
    return done;
  };
  return { effects, effect, isLost: () => isLost };
}

/** Every way to lose it. */
export function cellsOf(effects: readonly string[]): readonly (Loss & { readonly what: string })[] {
  return effects.flatMap((what, at) =>
    (['before', 'after'] as const).map(when => ({ what: `${when}: ${what}`, at, when })),
  );
}
