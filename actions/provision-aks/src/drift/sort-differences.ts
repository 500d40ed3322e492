import type { AttributeChange, Change } from '@suite/change-report';
import type { Problem } from '@suite/foundation';
import { showValue } from '../report.ts';
import type { Difference } from '../verify/compare.ts';
import { clusterPlace, places, systemPoolPlace, type TerraformPlace } from './terraform-attributes.ts';

/** What Terraform makes of the same resources. */
export interface Told {
  /** All that its plan does. */
  readonly changes: readonly Change[];
  /** What it saw changed by others, from what was to what is. */
  readonly drift: readonly Change[];
  /** Name of the pool that is a part of the cluster. */
  readonly systemPool: string;
}

export interface SortedDifferences {
  /** What no plan tells: changed by others, out of Terraform's sight. */
  readonly unseen: readonly Difference[];
  /** What is being changed while it is looked at. */
  readonly moving: readonly Problem[];
}

/**
 * Differences between Azure and the platform file are drift unless Terraform tells of the same attribute already, or its plan changes it: then
 * the platform file was changed, and not the platform. Of resources that are gone, whatever hung on them is told with them. Pure.
 */
export function sortDifferences(
  differences: readonly Difference[],
  { changes, drift, systemPool }: Told,
): SortedDifferences {
  const drifted = new Set(drift.map(({ address }) => address));
  const waiting = changes.filter(({ address }) => !drifted.has(address));
  const makes = waiting.some(({ kind }) => kind === 'create' || kind === 'replace');
  const lost = drift.some(({ kind }) => kind === 'delete');
  const unseen: Difference[] = [];
  const moving: Problem[] = [];
  for (const difference of differences) {
    if (isMoving(difference)) {
      moving.push({
        message: `${difference.what} is \`${showValue(difference.actual)}\`: somebody, or Azure itself, is changing it now.`,
        remedy: 'It is looked at again with the next run.',
      });
      continue;
    }
    const found = locate(difference, systemPool);
    const isMissing = found.attribute === undefined && difference.actual === undefined;
    const isTold =
      (isMissing && (makes || lost)) || [...changes, ...drift].some(change => explains(change, difference, found));
    if (!isTold) unseen.push(difference);
  }
  return { unseen, moving };
}

// What ARM says of a resource at rest; anything else is an operation that goes on.
const atRest: ReadonlySet<string> = new Set(['succeeded', 'failed', 'canceled']);

function isMoving({ expected, actual }: Difference): boolean {
  return expected === 'Succeeded' && typeof actual === 'string' && !atRest.has(actual.toLowerCase());
}

/** Where Terraform has what a difference is about. */
interface Found {
  /** Undefined for what has no attribute that is checked. */
  readonly place: TerraformPlace | undefined;
  /** ARM's path within the resource; undefined where all of it is meant. */
  readonly attribute: string | undefined;
}

function locate({ path }: Difference, systemPool: string): Found {
  if (path === '') return { place: undefined, attribute: undefined };
  const [, entry = '', list = '', name = '', attribute] = /^((\w+)\[([^\]]*)\])(?:\.(.*))?$/.exec(path) ?? [];
  if (entry === '') return { place: clusterPlace, attribute: path };
  const isSystem = list === 'agentPoolProfiles' && name.toLowerCase() === systemPool;
  return { place: isSystem ? systemPoolPlace : (own(places, entry) ?? own(places, list)), attribute };
}

function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Whether a change makes, takes away or replaces the resource, or changes the very attribute. */
function explains(change: Change, difference: Difference, { place, attribute }: Found): boolean {
  if (!isAbout(change, difference, place)) return false;
  if (change.kind !== 'update' && change.kind !== 'rotate') return true;
  if (place === undefined || attribute === undefined || change.type !== place.type) return false;
  const wanted = own(place.attributes, attribute) ?? [];
  return wanted.some(at => change.attributes.some(one => isChangeOf(one, at)));
}

function isAbout({ title, address, type }: Change, difference: Difference, place: TerraformPlace | undefined): boolean {
  const names = namesOf(difference);
  if (names.length === 0 || place === systemPoolPlace) return isCluster(address);
  if (place?.isOnly === true) return type === place.type;
  return names.includes(title.slice(title.lastIndexOf(' ') + 1).toLowerCase());
}

/** The attribute itself, something in it, or the block that it came or went with. */
function isChangeOf({ path, before, after }: AttributeChange, wanted: string): boolean {
  const comesOrGoes = before.is === 'absent' || after.is === 'absent';
  if (wanted.endsWith('.*')) return comesOrGoes && isIn(path, wanted.slice(0, -2));
  return isIn(path, wanted) || (comesOrGoes && isIn(wanted, path));
}

function isIn(path: string, at: string): boolean {
  return path === at || path.startsWith(`${at}.`) || path.startsWith(`${at}[`);
}

function isCluster(address: string): boolean {
  return /(?:^|\.)azurerm_kubernetes_cluster\.[^.]+$/.test(address);
}

/** `gpu` of `agentPoolProfiles[gpu].maxCount`, and the last part of an id; none where the cluster itself is meant. */
export function namesOf({ path, expected, actual }: Difference): string[] {
  const inPath = [...path.matchAll(/\[([^\]]+)\]/g)].map(([, name = '']) => name);
  const ids = path === '' ? [expected, actual].filter(value => typeof value === 'string') : [];
  return [...inPath, ...ids.map(id => id.split('/').at(-1) ?? '')].map(name => name.toLowerCase());
}
