/**
 * Quantities of Kubernetes (apimachinery, `resource.Quantity`): a decimal number with a suffix of powers of ten or two, or an
 * exponent. Kept exact: `1000m` equals `1`, `1Gi` equals `1024Mi`.
 */
export interface Quantity {
  /** The value is `mantissa × 10^exponent`. */
  readonly mantissa: bigint;
  readonly exponent: number;
}

const decimal: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binary: Readonly<Record<string, bigint>> = {
  Ki: 1n << 10n,
  Mi: 1n << 20n,
  Gi: 1n << 30n,
  Ti: 1n << 40n,
  Pi: 1n << 50n,
  Ei: 1n << 60n,
};
// No number of an API is longer; what is longer would only cost time.
const longest = 64;
const largestExponent = 100;

/** Undefined for what is none. Numbers are taken too, as YAML writes them. */
export function parseQuantity(value: unknown): Quantity | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.length > longest) return undefined;
  const [, sign, whole = '', fraction = '', suffix = ''] =
    /^([+-]?)(\d*)(?:\.(\d*))?((?:[eE][+-]?\d{1,3})|[KMGTPE]i|[numkMGTPE]|)$/.exec(text) ?? [];
  if (sign === undefined || whole + fraction === '') return undefined;
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const factor = binary[suffix];
  if (factor !== undefined) return reduced(digits * factor, -fraction.length);
  const power = /^[eE][+-]?\d/.test(suffix) ? Number(suffix.slice(1)) : decimal[suffix];
  if (power === undefined || Math.abs(power) > largestExponent) return undefined;
  return reduced(digits, power - fraction.length);
}

/** Equal as quantities; anything that is none is equal only to itself. */
export function isSameQuantity(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  const [one, other] = [parseQuantity(left), parseQuantity(right)];
  return one !== undefined && other !== undefined && one.mantissa === other.mantissa && one.exponent === other.exponent;
}

/** As a number, for sums and limits; 0 for what is no quantity. */
export function quantityNumber(value: unknown): number {
  const quantity = parseQuantity(value);
  return quantity === undefined ? 0 : Number(`${quantity.mantissa}e${quantity.exponent}`);
}

function reduced(mantissa: bigint, exponent: number): Quantity {
  if (mantissa === 0n) return { mantissa: 0n, exponent: 0 };
  let [digits, power] = [mantissa, exponent];
  while (digits % 10n === 0n) [digits, power] = [digits / 10n, power + 1];
  return { mantissa: digits, exponent: power };
}
