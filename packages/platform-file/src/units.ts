/** `48h` or `2d` in hours. The schema has seen to it that it is one of them. */
export function hours(duration: string): number {
  const amount = Number.parseInt(duration, 10);
  return duration.endsWith('d') ? 24 * amount : amount;
}

/** `30d` in days. */
export function days(duration: string): number {
  return hours(duration) / 24;
}

/** `30m` in minutes. */
export function minutes(duration: string): number {
  return Number.parseInt(duration, 10);
}
