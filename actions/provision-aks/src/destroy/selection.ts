import type { Change } from '@suite/change-report';
import { count, sentenceList } from '@suite/foundation';
import { type StateResource, withoutKeys } from '@suite/terraform';

/** What of an environment goes and what stays, by address. */
export interface Selection {
  readonly going: readonly string[];
  readonly staying: readonly Staying[];
}

export interface Staying {
  readonly address: string;
  readonly title: string;
  /** `data`: it holds some, and nobody named it. `needed`: by something that stays. `part`: of something that stays. */
  readonly because: 'data' | 'needed' | 'part';
  /** What `allow:` has to name for it to go; only of what holds data. */
  readonly allowKey: string | undefined;
}

/**
 * What a second apply makes anew as it was: whoever lets the cluster go lets these go as well, and the typed name and the approval
 * stand for them. Private zones hold names that the modules write, and disks that a set encrypts go with the cluster.
 */
const remade = /^(?:cluster|resource-group|network|identity|node-pool\/.*)$/;
const remadeTypes: ReadonlySet<string> = new Set(['azurerm_private_dns_zone', 'azurerm_disk_encryption_set']);

/** Whether deleting it loses what no apply brings back: then it goes only when `allow:` names it. */
export function holdsData({ kind, allowKey, type }: Change): boolean {
  return kind === 'delete' && allowKey !== undefined && !remade.test(allowKey) && !remadeTypes.has(type);
}

/** Whether it may hold data that no key stands for, because nobody here knows its type. */
export function isUnknownData({ kind, allowKey, reach }: Change): boolean {
  return kind === 'delete' && allowKey === undefined && reach === 'data';
}

/**
 * Of a plan that would destroy everything: what holds data and is not allowed to go stays, with all that it needs, and with what is a
 * part of it and needs nothing else. `recorded`: the state. Pure.
 */
export function selectForDestroy(
  changes: readonly Change[],
  recorded: readonly StateResource[],
  allow: readonly string[],
): Selection {
  const deletes = changes.filter(({ kind }) => kind === 'delete');
  const byAddress = new Map(recorded.map(resource => [resource.address, resource]));
  const needsOf = (address: string) => byAddress.get(address)?.dependencies ?? [];
  const guarded = deletes.filter(change => holdsData(change) && !allow.includes(change.allowKey ?? ''));
  const staying = new Map<string, Staying['because']>(guarded.map(({ address }) => [address, 'data']));
  const needed = new Set(guarded.flatMap(({ address }) => needsOf(address)));
  for (const { address } of deletes) {
    if (needed.has(withoutKeys(address)) && !staying.has(address)) staying.set(address, 'needed');
  }
  const kept = new Set(guarded.map(({ address }) => withoutKeys(address)));
  const stays = new Set([...staying.keys()].map(withoutKeys));
  for (const change of deletes) {
    const needs = needsOf(change.address);
    const isPart = needs.some(need => kept.has(need)) && needs.every(need => stays.has(need));
    if (isPart && !staying.has(change.address) && !holdsData(change)) staying.set(change.address, 'part');
  }
  return {
    going: deletes.filter(({ address }) => !staying.has(address)).map(({ address }) => address),
    staying: deletes.flatMap(change => {
      const because = staying.get(change.address);
      if (because === undefined) return [];
      const { address, title, allowKey } = change;
      return [{ address, title, because, allowKey: because === 'data' ? allowKey : undefined }];
    }),
  };
}

const named = 5;

/** What stays, and how to let it go; one sentence for each key, and one for the rest. */
export function describeStaying(staying: readonly Staying[], scope: string): string[] {
  const byKey = Map.groupBy(
    staying.filter(({ allowKey }) => allowKey !== undefined),
    ({ allowKey }) => allowKey ?? '',
  );
  const others = staying.length - [...byKey.values()].flat().length;
  return [
    ...[...byKey].map(([key, ones]) => {
      const titles = ones.slice(0, named).map(({ title }) => title);
      if (ones.length > named) titles.push(`${ones.length - named} more`);
      return `${sentenceList(titles)} ${ones.length === 1 ? 'stays: it holds' : 'stay: they hold'} data, and \`allow:\` of ${scope} does not name \`${key}\`.`;
    }),
    ...(others === 0
      ? []
      : [`${count(others, 'other resource')} ${others === 1 ? 'stays' : 'stay'}, because of what stays.`]),
  ];
}
