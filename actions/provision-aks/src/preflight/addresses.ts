import type { Check } from '@suite/change-report';
import { finding, orPassed, type Topic } from './finding.ts';

/** The network of an environment in a region, if this platform makes it. */
export interface PlannedNetwork {
  readonly scope: string;
  readonly region: string;
  /** CIDR */
  readonly addressSpace: string;
}

/** The subnet of the nodes, if this platform makes it. */
export interface NodeSubnet {
  readonly cidr: string;
  /** Nodes that all pools have at most, and those of the largest surge. */
  readonly most: number;
  readonly surge: number;
}

const topic: Topic = { id: 'addresses', name: 'Address ranges fit' };

/**
 * Networks of other environments that overlap this one: they can never be peered or share a hub. And whether the nodes'
 * subnet holds the surge of an upgrade. Ranges inside one environment are checked when the file is read.
 */
export function judgeAddresses(
  own: PlannedNetwork | undefined,
  others: readonly PlannedNetwork[],
  nodes: NodeSubnet | undefined,
): readonly Check[] {
  if (own === undefined) return [];
  const checks = others
    .filter(other => other.scope !== own.scope && overlap(other.addressSpace, own.addressSpace))
    .map(other =>
      finding(
        topic,
        'warning',
        `The networks of ${own.scope} in ${own.region} (${own.addressSpace}) and ${other.scope} in ${other.region} (${other.addressSpace}) overlap: they cannot be peered, nor share a hub.`,
        {
          remedy: 'Give one of them another range, as long as nothing is in it.',
          setting: 'network.address-space',
        },
        `${other.scope}-${other.region}`,
      ),
    );
  const room = nodes === undefined ? undefined : roomOf(nodes.cidr);
  if (nodes !== undefined && room !== undefined && nodes.most + nodes.surge > room) {
    checks.push(
      finding(
        topic,
        'warning',
        `The zone \`compute\` (${nodes.cidr}) has room for ${room} nodes; an upgrade of the largest pools takes ${nodes.most + nodes.surge}.`,
        { remedy: 'Choose a larger range, a smaller `surge`, or smaller pools.', setting: 'network.zones.compute' },
        'compute',
      ),
    );
  }
  return orPassed(topic, checks, 'They are apart, and the nodes have room.');
}

/** Addresses for nodes: Azure keeps five of every subnet. Undefined for what is no IPv4 range. */
export function roomOf(cidr: string): number | undefined {
  const range = parse(cidr);
  return range === undefined ? undefined : Math.max(0, range.last - range.first + 1 - 5);
}

export function bitsOf(cidr: string): number | undefined {
  const bits = /\/(\d{1,2})$/.exec(cidr)?.[1];
  return bits === undefined ? undefined : Number(bits);
}

function overlap(a: string, b: string): boolean {
  const [one, other] = [parse(a), parse(b)];
  return one !== undefined && other !== undefined && one.first <= other.last && other.first <= one.last;
}

function parse(cidr: string): { readonly first: number; readonly last: number } | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr)?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = parts;
  const first = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
  return { first, last: first + 2 ** (32 - bits) - 1 };
}
