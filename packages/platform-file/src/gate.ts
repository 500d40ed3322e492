import type { Freeze } from './freeze.ts';
import type { PlatformSource } from './schema.ts';
import { milliseconds } from './units.ts';

/** What has to hold before a bundle enters an environment, besides what always has to. */
export interface EnvironmentGate {
  /** Why nothing may enter now. */
  readonly hold: string | undefined;
  /** How long a bundle has to have been verified in the environment before it; 0 for not at all. */
  readonly soakMs: number;
  readonly freezes: readonly Freeze[];
  /** Names of checks and commit statuses. */
  readonly checks: readonly string[];
  /** Whether it needs an attestation of who made it. */
  readonly attestation: boolean;
  readonly breakGlass: BreakGlass | undefined;
}

export interface BreakGlass {
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

type Source = PlatformSource['environments'][string]['gate'];

export function resolveGate(source: Source): EnvironmentGate {
  const glass = source?.['break-glass'];
  return {
    hold: source?.hold,
    soakMs: source?.soak === undefined ? 0 : milliseconds(source.soak),
    freezes: (source?.freeze ?? []).map(freeze => ({ ...freeze, zone: freeze.zone ?? 'UTC' })),
    checks: source?.checks ?? [],
    attestation: source?.attestation === 'required',
    breakGlass: glass === undefined ? undefined : { reason: glass.reason, until: Date.parse(glass.until) },
  };
}

/** An emergency that is open for longer than this is a hole. */
export const longestBreakGlassMs = 7 * 24 * 60 * 60_000;

/** Whether it lifts something at a moment. */
export function isInForce({ until }: BreakGlass, now: number): boolean {
  return now < until && until - now <= longestBreakGlassMs;
}
