import type { JsonObject } from '@suite/foundation';
import type { Taint } from './facts.ts';

/** `key=value:Effect`, `key:Effect`; undefined for what is none. */
export function parseTaint(text: string): Taint | undefined {
  const [, key, value = '', effect] = /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(text) ?? [];
  return key === undefined || effect === undefined ? undefined : { key, value, effect };
}

export function writeTaint({ key, value, effect }: Taint): string {
  return `${key}${value === '' ? '' : `=${value}`}:${effect}`;
}

/** As `Toleration.ToleratesTaint` of k8s.io/api/core/v1. */
function tolerates({ key, operator, value, effect }: JsonObject, taint: Taint): boolean {
  if (typeof effect === 'string' && effect !== '' && effect !== taint.effect) return false;
  if (typeof key === 'string' && key !== '' && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return typeof key === 'string' && key !== '' && (value ?? '') === taint.value;
}

/** What keeps pods with these tolerations away. */
export function intolerable(taints: readonly Taint[], tolerations: readonly JsonObject[]): readonly Taint[] {
  return taints.filter(
    taint => taint.effect !== 'PreferNoSchedule' && !tolerations.some(toleration => tolerates(toleration, taint)),
  );
}
