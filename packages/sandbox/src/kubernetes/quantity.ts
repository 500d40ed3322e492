const factors: Readonly<Record<string, number>> = {
  '': 1, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50,
}; // biome-ignore format: a table to read across

/** A quantity (`250m`, `1Gi`, `2`) as a number of its unit; 0 for what is none. */
export function parseQuantity(quantity: unknown): number {
  if (typeof quantity === 'number') return quantity;
  const found = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(String(quantity ?? ''));
  const factor = factors[found?.[2] ?? ''];
  return found === null || factor === undefined ? 0 : Number(found[1]) * factor;
}
