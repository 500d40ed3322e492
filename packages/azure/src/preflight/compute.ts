import { asNumber, asObject, asString } from '@suite/foundation';
import { type Answer, known, mapAnswer } from './answer.ts';
import { type Arm, objects, shortLocation, strings } from './arm.ts';

/** A VM size as a location offers it to a subscription (Microsoft.Compute `skus`). */
export interface VmSize {
  readonly name: string;
  /** What quotas count by: `standardDDSv5Family`. */
  readonly family: string;
  /** Undefined when Azure does not say. */
  readonly cores: number | undefined;
  readonly gpus: number;
  /** Zones that the location has it in, as this subscription numbers them, restricted ones included. */
  readonly zones: readonly string[];
  readonly restrictions: readonly Restriction[];
  readonly encryptionAtHost: boolean;
  /** Largest system disk on the host in GiB; undefined where the size takes none. */
  readonly ephemeralGb: number | undefined;
}

export interface Restriction {
  /** Of the whole location, or of `zones`. */
  readonly of: 'location' | 'zones';
  readonly zones: readonly string[];
  /** `NotAvailableForSubscription` or `QuotaId`. */
  readonly reason: string;
}

/** One line of Microsoft.Compute `usages`: `cores`, `lowPriorityCores` or a family. */
export interface Usage {
  readonly name: string;
  /** As the portal calls it: `Standard DDSv5 Family vCPUs`. */
  readonly title: string;
  readonly current: number;
  readonly limit: number;
}

/** Those of `names` that the location has; letter case does not count. */
export async function readSizes(
  arm: Arm,
  subscription: string,
  location: string,
  names: readonly string[],
): Promise<Answer<readonly VmSize[]>> {
  const wanted = new Set(names.map(name => name.toLowerCase()));
  const answer = await arm.list({
    path: `/subscriptions/${subscription}/providers/Microsoft.Compute/skus`,
    apiVersion: '2021-07-01',
    // Without it Azure lists the sizes of the whole world.
    query: { $filter: `location eq '${location}'` },
    doing: `asking which sizes ${location} has`,
    right: { action: 'Microsoft.Compute/skus/read', scope: `/subscriptions/${subscription}` },
  });
  if (!answer.known) return answer;
  const sizes = objects(answer.value).filter(({ resourceType }) => isSize(resourceType));
  // Every location has some: an empty list says something of the question, not of the sizes.
  if (sizes.length === 0) return { known: false, why: `Azure lists no sizes of ${location} at all.` };
  return known(
    sizes.filter(({ name }) => wanted.has(String(name).toLowerCase())).map(item => readSize(item, location)),
  );
}

const isSize = (resourceType: unknown) => asString(resourceType)?.toLowerCase() === 'virtualmachines';

function readSize(item: Readonly<Record<string, unknown>>, location: string): VmSize {
  const capabilities = new Map(objects(item['capabilities']).map(({ name, value }) => [String(name), String(value)]));
  const number = (name: string): number | undefined => {
    const value = Number(capabilities.get(name) ?? Number.NaN);
    return Number.isNaN(value) ? undefined : value;
  };
  const flag = (name: string) => capabilities.get(name)?.toLowerCase() === 'true';
  // Where the system disk of a node may lie: cache, temporary disk, NVMe.
  const room = Math.max(
    (number('CachedDiskBytes') ?? 0) / 2 ** 30,
    (number('MaxResourceVolumeMB') ?? 0) / 1024,
    (number('NvmeDiskSizeInMiB') ?? 0) / 1024,
  );
  return {
    name: asString(item['name']) ?? '',
    family: asString(item['family']) ?? '',
    cores: number('vCPUs'),
    gpus: number('GPUs') ?? 0,
    zones: objects(item['locationInfo'])
      .filter(info => shortLocation(asString(info['location']) ?? '') === location)
      .flatMap(info => strings(info['zones']))
      .sort(),
    restrictions: objects(item['restrictions']).map(readRestriction),
    encryptionAtHost: flag('EncryptionAtHostSupported'),
    ephemeralGb: flag('EphemeralOSDiskSupported') ? Math.floor(room) : undefined,
  };
}

function readRestriction(item: Readonly<Record<string, unknown>>): Restriction {
  return {
    of: asString(item['type'])?.toLowerCase() === 'zone' ? 'zones' : 'location',
    zones: strings(asObject(item['restrictionInfo'])['zones']),
    reason: asString(item['reasonCode']) ?? '',
  };
}

export async function readUsages(arm: Arm, subscription: string, location: string): Promise<Answer<readonly Usage[]>> {
  const answer = await arm.list({
    path: `/subscriptions/${subscription}/providers/Microsoft.Compute/locations/${location}/usages`,
    apiVersion: '2024-07-01',
    doing: `asking for the vCPU quotas in ${location}`,
    right: { action: 'Microsoft.Compute/locations/usages/read', scope: `/subscriptions/${subscription}` },
  });
  return mapAnswer(answer, items =>
    objects(items).flatMap(({ name, currentValue, limit }): Usage[] => {
      const names = asObject(name);
      const [value, current, most] = [asString(names['value']), asNumber(currentValue), asNumber(limit)];
      if (value === undefined || current === undefined || most === undefined) return [];
      return [{ name: value, title: asString(names['localizedValue']) ?? value, current, limit: most }];
    }),
  );
}
