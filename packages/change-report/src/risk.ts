import { type Kind, kinds, type Reach, type Risk, risks } from './model.ts';

export interface Danger {
  readonly kind: Kind;
  readonly reach: Reach;
  /** Loses something that a second apply does not bring back: it has a key under `allow:`. */
  readonly guarded: boolean;
  /** An update that restarts nodes or may cut somebody off. */
  readonly disruptive: boolean;
}

/** How much to fear a change. It is the same in every environment: what differs is who must agree to it. */
export function rateChange({ kind, reach, guarded, disruptive }: Danger): Risk {
  switch (kind) {
    case 'move':
    case 'import':
      return 'none';
    case 'create':
      return 'low';
    case 'update':
      return disruptive ? 'medium' : 'low';
    case 'forget':
      return guarded ? 'medium' : 'low';
    case 'rotate':
      return 'high';
    case 'replace':
    case 'delete':
      if (guarded) return reach === 'node-pool' || reach === 'identity' ? 'high' : 'critical';
      // It comes back as it was, but what it protects or permits is missing in between.
      return reach === 'stateless' ? 'low' : 'medium';
  }
}

/** `none` for no changes. */
export function highestRisk(changes: Iterable<{ readonly risk: Risk }>): Risk {
  let highest = 0;
  for (const { risk } of changes) highest = Math.max(highest, risks.indexOf(risk));
  return risks[highest] ?? 'none';
}

/** For sorting: the most dangerous first. */
export function byRisk(left: { readonly risk: Risk }, right: { readonly risk: Risk }): number {
  return risks.indexOf(right.risk) - risks.indexOf(left.risk);
}

export function isAtLeast(risk: Risk, least: Risk): boolean {
  return risks.indexOf(risk) >= risks.indexOf(least);
}

/** How many changes of each kind; kinds that do not occur are left out. */
export function countKinds(changes: Iterable<{ readonly kind: Kind }>): Partial<Record<Kind, number>> {
  const found = new Map<Kind, number>();
  for (const { kind } of changes) found.set(kind, (found.get(kind) ?? 0) + 1);
  return Object.fromEntries(
    kinds.flatMap(kind => {
      const quantity = found.get(kind);
      return quantity === undefined ? [] : [[kind, quantity]];
    }),
  );
}
