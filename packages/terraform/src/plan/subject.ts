import { type Change, type Kind, rateChange } from '@suite/change-report';
import { asString, shorten } from '@suite/foundation';
import { step } from './leaves.ts';
import type { Mask } from './mask.ts';
import type { ResourceChange } from './plan-json.ts';
import { allowKeyOf, reachOf, titleOf } from './resource-types.ts';

/** What a change is about, as it is shown. */
export interface Subject {
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly title: string;
}

const longestName = 120;
const longestAddress = 500;

/**
 * What people call the resource: by its name in Azure, the one it has until now, else by its label and instance key in the
 * configuration.
 */
export function subjectOf(change: ResourceChange, mask: Mask): Subject {
  const { type, deposed } = change;
  const name = showName(nameIn(change, 'before') ?? nameIn(change, 'after') ?? labelOf(change), mask);
  const address = showAddress(change.address);
  if (deposed === undefined) return { address, type, name, title: titleOf(type, name) };
  return {
    address: `${address} (deposed ${shorten(deposed, 16)})`,
    type,
    name,
    title: `leftover ${titleOf(type, name)}`,
  };
}

export function showName(name: string, mask: Mask): string {
  return shorten(mask.text(name, '(sensitive)'), longestName);
}

/** Addresses are never sensitive: Terraform refuses such instance keys. */
export function showAddress(address: string): string {
  return shorten(address, longestAddress);
}

/** The change without what depends on its attributes. */
export function plainChange(kind: Kind, { address, type, name, title }: Subject): Change {
  const reach = reachOf(type);
  const guard = allowKeyOf(type, name);
  const needsAllowance = kind === 'delete' || kind === 'replace' || kind === 'rotate';
  return {
    address,
    type,
    title,
    kind,
    reasons: [],
    attributes: [],
    reach,
    risk: rateChange({ kind, reach, guarded: guard !== undefined, disruptive: false }),
    ...(needsAllowance && guard !== undefined ? { allowKey: guard } : {}),
  };
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function nameIn(change: ResourceChange, side: 'before' | 'after'): string | undefined {
  const marks = side === 'before' ? change.beforeSensitive : change.afterSensitive;
  if (marks === true || step(marks, 'name') === true) return undefined;
  const name = asString(step(change[side], 'name'));
  // Role assignments are named by a GUID, which tells nobody anything.
  return name === undefined || name === '' || guid.test(name) ? undefined : name;
}

/** `acr_pull`; `gpu` for `this["gpu"]`, where `this` says nothing. */
function labelOf({ address, type, label }: ResourceChange): string {
  const at = address.lastIndexOf(`${type}.`);
  const labelWithKey = at === -1 ? label : address.slice(at + type.length + 1);
  return /^this\["(.+)"\]$/.exec(labelWithKey)?.[1] ?? labelWithKey;
}
