/** Below zero where `one` is older (semver.org, 11). A leading `v` and what follows a plus sign play no part. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [parse(one), parse(other)];
  for (const index of [0, 1, 2]) {
    const difference = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.before.length === 0 || right.before.length === 0) return right.before.length - left.before.length;
  return compareLists(left.before, right.before);
}

/** Whether it is a whole version (`1.2.3`, `v1.2.3`) of something that was released. */
export function isReleased(version: string): boolean {
  return /^v?\d+\.\d+\.\d+(?:\+[0-9A-Za-z.-]+)?$/.test(version);
}

/** Whether the first number that is not zero is the same. */
export function isCompatible(one: string, other: string): boolean {
  const [left, right] = [parse(one).numbers, parse(other).numbers];
  const first = left.findIndex((number, index) => number !== 0 || right[index] !== 0);
  return first === -1 || left[first] === right[first];
}

function parse(version: string) {
  const [, numbers = '', before = ''] = /^v?([0-9.]+)(?:-([0-9A-Za-z.-]+))?/.exec(version) ?? [];
  return { numbers: numbers.split('.').map(Number), before: before === '' ? [] : before.split('.') };
}

function compareLists(left: readonly string[], right: readonly string[]): number {
  for (const [index, one] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const [isNumber, isOtherNumber] = [/^\d+$/.test(one), /^\d+$/.test(other)];
    if (isNumber && isOtherNumber && Number(one) !== Number(other)) return Number(one) - Number(other);
    if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
    if (one !== other) return one < other ? -1 : 1;
  }
  return left.length - right.length;
}
