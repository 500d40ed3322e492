const hoursOf: Readonly<Record<string, number>> = { d: 24, w: 7 * 24 };

/** `48h`, `2d` or `1w` in hours. The schema has seen to it that it is one of them. */
export function hours(duration: string): number {
  return Number.parseInt(duration, 10) * (hoursOf[duration.slice(-1)] ?? 1);
}

/** `30d` in days. */
export function days(duration: string): number {
  return hours(duration) / 24;
}

const byteUnits: Readonly<Record<string, number>> = { Mi: 1, Gi: 1024, Ti: 1024 * 1024 };

/** `2Gi` in Mi. The schema has seen to it that the unit is one of these. */
export function mebibytes(quantity: string): number {
  return Number.parseInt(quantity, 10) * (byteUnits[quantity.slice(-2)] ?? 1);
}

/** `30m` in minutes. */
export function minutes(duration: string): number {
  return Number.parseInt(duration, 10);
}

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90s`, `30m`, `24h` or `2d` in milliseconds. */
export function milliseconds(duration: string): number {
  return Number.parseInt(duration, 10) * unitMs[duration.slice(-1) as keyof typeof unitMs];
}
