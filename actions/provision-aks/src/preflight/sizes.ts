import type { Check } from '@suite/change-report';
import { sentenceList } from '@suite/foundation';
import { type ExistingCluster, poolOf } from './existing.ts';
import { finding, openQuestions, orPassed, type Topic } from './finding.ts';
import type { Answer, VmSize } from './ports.ts';

/** A node pool, as far as its machines are concerned. */
export interface SizedPool {
  readonly name: string;
  /** Its settings in the platform file: `cluster.pools.gpu`. */
  readonly setting: string;
  readonly size: string;
  readonly zones: readonly string[];
  readonly gpu: boolean;
  readonly hostEncryption: boolean;
  readonly ephemeral: boolean;
  readonly osDiskGb: number | undefined;
}

const topic: Topic = { id: 'sizes', name: 'VM sizes can be had' };

/**
 * Whether the location gives this subscription the sizes, in the zones and with what the pools ask for. What a pool already
 * has blocks nothing: it is a warning that it will not get more.
 */
export function judgeSizes(
  pools: readonly SizedPool[],
  location: string,
  sizes: Answer<readonly VmSize[]>,
  existing: ExistingCluster | undefined,
): readonly Check[] {
  if (!sizes.known) return openQuestions(topic, [sizes]);
  const checks = pools.flatMap(pool => {
    const size = sizes.value.find(({ name }) => sameName(name, pool.size));
    const old = poolOf(existing, pool.name);
    const has = old !== undefined && sameName(old.size, pool.size);
    return problemsOf(pool, size, location).map(({ part, key, message, remedy }) =>
      finding(
        topic,
        has ? 'warning' : 'blocked',
        message,
        { remedy, setting: `${pool.setting}.${key}` },
        `${pool.name}/${part}`,
      ),
    );
  });
  return orPassed(topic, checks, `${location} has all of them, with what the pools ask for.`);
}

interface SizeProblem {
  readonly part: string;
  readonly key: string;
  readonly message: string;
  readonly remedy: string;
}

function problemsOf(pool: SizedPool, size: VmSize | undefined, location: string): SizeProblem[] {
  const list = `az vm list-skus --location ${location} --size ${seriesOf(pool.size)} --all --output table`;
  const offered = `\`${list}\` lists what there is.`;
  if (size === undefined) {
    const message = `${location} does not offer the size \`${pool.size}\` of pool \`${pool.name}\`.`;
    return [{ part: 'offered', key: 'size', message, remedy: `Choose another size or location: ${offered}` }];
  }
  const whole = size.restrictions.find(({ of }) => of === 'location');
  if (whole !== undefined) {
    return [
      {
        part: 'restricted',
        key: 'size',
        message: `The subscription may not use the size \`${pool.size}\` of pool \`${pool.name}\` in ${location} (${whole.reason}).`,
        remedy:
          whole.reason === 'QuotaId'
            ? `Its offer does not include it: use a subscription with another offer, or another size; ${offered}`
            : `Ask for access in the portal (Help + support, service and subscription limits), or choose another size: ${offered}`,
      },
    ];
  }
  return [...zoneProblems(pool, size, location, offered), ...abilityProblems(pool, size, offered)];
}

function zoneProblems(pool: SizedPool, size: VmSize, location: string, offered: string): SizeProblem[] {
  const restricted = new Set(size.restrictions.flatMap(({ zones }) => zones));
  const open = size.zones.filter(zone => !restricted.has(zone));
  const missing = pool.zones.filter(zone => !open.includes(zone));
  if (missing.length === 0) return [];
  const closed = missing.filter(zone => restricted.has(zone));
  const why = closed.length === missing.length ? 'are closed to this subscription' : 'do not have it';
  const there = open.length === 0 ? 'in no zone' : `in ${zonesText(open)}`;
  return [
    {
      part: 'zones',
      key: 'zones',
      message: `Pool \`${pool.name}\` wants \`${pool.size}\` in ${zonesText(pool.zones)} of ${location}, and ${missing.length === 1 ? `zone ${missing[0]} ${why === 'do not have it' ? 'does not have it' : 'is closed to this subscription'}` : `${zonesText(missing)} ${why}`}; it can be had ${there}.`,
      remedy: `Write \`zones: [${open.join(', ')}]\`, or choose another size: ${offered}`,
    },
  ];
}

function abilityProblems(pool: SizedPool, size: VmSize, offered: string): SizeProblem[] {
  const problems: SizeProblem[] = [];
  const of = `of pool \`${pool.name}\``;
  if (pool.gpu && size.gpus === 0) {
    problems.push({
      part: 'gpu',
      key: 'size',
      message: `The size \`${pool.size}\` ${of} has no GPU.`,
      remedy: 'Use one with GPUs, such as Standard_NC4as_T4_v3.',
    });
  }
  if (pool.hostEncryption && !size.encryptionAtHost) {
    problems.push({
      part: 'host-encryption',
      key: 'host-encryption',
      message: `The size \`${pool.size}\` ${of} cannot encrypt at the host.`,
      remedy: `Set \`host-encryption: false\`, or choose a size with EncryptionAtHostSupported: ${offered}`,
    });
  }
  if (pool.ephemeral && size.ephemeralGb === undefined) {
    problems.push({
      part: 'ephemeral',
      key: 'disk-type',
      message: `The size \`${pool.size}\` ${of} has no room for a system disk on the host.`,
      remedy: `Set \`disk-type: managed\`, or choose a size with EphemeralOSDiskSupported: ${offered}`,
    });
  } else if (pool.ephemeral && pool.osDiskGb !== undefined && pool.osDiskGb > (size.ephemeralGb ?? 0)) {
    problems.push({
      part: 'ephemeral',
      key: 'disk',
      message: `The system disk ${of} has ${pool.osDiskGb} GB, and \`${pool.size}\` has room for ${size.ephemeralGb} GB on the host.`,
      remedy: `Set \`disk: ${size.ephemeralGb}\` or less, or \`disk-type: managed\`.`,
    });
  }
  return problems;
}

function zonesText(zones: readonly string[]): string {
  return `${zones.length === 1 ? 'zone' : 'zones'} ${sentenceList(zones)}`;
}

/** `Standard_D` for `Standard_D4ds_v5`. */
function seriesOf(size: string): string {
  return /^Standard_[A-Z]+/i.exec(size)?.[0] ?? size;
}

export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
