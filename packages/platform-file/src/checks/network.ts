import { contains, overlaps, parseCidr, type Range } from '../cidr.ts';
import { cutZones } from '../network.ts';
import { poolInstances } from '../pool-instances.ts';
import type { Path } from '../position.ts';
import { type Network, zones } from '../resolved.ts';
import type { Checker } from './checker.ts';

// What AKS keeps for itself (AKS, prerequisites of Azure CNI) and what no VNet takes (Azure VNet, limits on address spaces).
const reserved = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '172.30.0.0/15', '192.0.2.0/24', '224.0.0.0/3'].flatMap(
  cidr => {
    const range = parseCidr(cidr);
    return range === undefined ? [] : [{ cidr, range }];
  },
);

type CreatedNetwork = Extract<Network, { existing: false }>;

export function checkNetwork(checker: Checker): void {
  const { view, isSound } = checker;
  // Ranges are judged by one another: one that is not what its author wanted spoils all of them.
  if (!isSound(['network']) || !isSound(['existing'])) return;
  const pods = readRange(checker, ['network', 'pods'], view.cluster.podCidr);
  const services = readRange(checker, ['network', 'services'], view.cluster.serviceCidr);
  if (pods !== undefined) checkPods(checker, pods);
  if (services !== undefined) checkServices(checker, services);
  if (view.network.existing) {
    checkExisting(checker, view.network);
    checkApart(checker, [named('pods', pods), named('services', services)]);
    return;
  }
  const space = readRange(checker, ['network', 'address-space'], view.network.addressSpace);
  const whole: Named = { what: 'the network', setting: ['network', 'address-space'], range: space };
  checkApart(checker, [whole, named('pods', pods), named('services', services)]);
  if (space !== undefined) checkZones(checker, view.network, space);
  checkEgress(checker, view.network);
}

function checkEgress({ report, saidBy }: Checker, { egress, flowLogs }: CreatedNetwork): void {
  if (egress.kind === 'user-defined' && egress.nextHop === '') {
    report(
      ['network', 'egress'],
      '`egress: user-defined` sends everything to a firewall, and none is named.',
      'Add `next-hop:` with its private address.',
    );
  } else if (egress.kind !== 'user-defined' && saidBy(['network', 'next-hop']) !== undefined) {
    report(
      ['network', 'next-hop'],
      `\`egress: ${egress.kind}\` has no next hop.`,
      'Remove it, or set `egress: user-defined`.',
    );
  }
  if (flowLogs !== undefined && flowLogs.retentionDays > 365) {
    report(['network', 'flow-logs'], `Flow logs cannot be kept for ${flowLogs.retentionDays} days.`, 'Use 1d to 365d.');
  }
}

/** Networks of one environment are peered sooner or later. */
export function checkNetworksTogether(checkers: readonly Checker[]): void {
  const sound = checkers.filter(({ isSound }) => isSound(['network']) && isSound(['existing']));
  for (const [index, first] of sound.entries()) {
    for (const second of sound.slice(index + 1)) {
      const [one, other] = [first.view.network, second.view.network];
      const regions = `${first.view.region} and ${second.view.region}`;
      if (one.existing && other.existing && one.id.toLowerCase() === other.id.toLowerCase()) {
        second.report(
          ['existing', 'network', 'id'],
          `${regions} have the same network.`,
          'A VNet is in one region: give each its own, under `regions`.',
        );
      }
      if (one.existing || other.existing) continue;
      const [a, b] = [parseCidr(one.addressSpace), parseCidr(other.addressSpace)];
      if (a === undefined || b === undefined || !overlaps(a, b)) continue;
      second.report(
        ['network', 'address-space'],
        `The networks of ${regions} overlap: ${one.addressSpace} and ${other.addressSpace}.`,
        'Choose another range for one of them.',
      );
    }
  }
}

interface Named {
  readonly what: string;
  readonly setting: Path;
  readonly range: Range | undefined;
}

function named(what: 'pods' | 'services', range: Range | undefined): Named {
  return { what, setting: ['network', what], range };
}

/** The schema has seen to it that it is a range. */
function readRange({ report }: Checker, setting: Path, text: string): Range | undefined {
  const range = parseCidr(text);
  const clash = reserved.find(other => range !== undefined && overlaps(range, other.range));
  if (clash !== undefined)
    report(setting, `${text} overlaps ${clash.cidr}, which Azure keeps for itself.`, 'Choose another range.');
  return range;
}

/** Two ranges that overlap are reported where a person wrote one of them. */
function checkApart({ report, saidBy }: Checker, all: readonly Named[]): void {
  for (const [index, first] of all.entries()) {
    for (const second of all.slice(index + 1)) {
      if (first.range === undefined || second.range === undefined || !overlaps(first.range, second.range)) continue;
      const place = saidBy(second.setting) === undefined ? first : second;
      report(place.setting, `The ranges of ${first.what} and ${second.what} overlap.`, 'Choose another one.');
    }
  }
}

function mostNodes({ view }: Checker): number {
  return view.cluster.pools.system.max + poolInstances(view.cluster).reduce((sum, { pool }) => sum + pool.max, 0);
}

function checkPods(checker: Checker, { bits }: Range): void {
  if (!checker.isSound(['cluster', 'pools'])) return;
  const nodes = mostNodes(checker);
  const room = bits > 24 ? 0 : 2 ** (24 - bits);
  if (nodes <= room) return;
  checker.report(
    ['network', 'pods'],
    `${checker.view.cluster.podCidr} has room for the pods of ${room} nodes, and the pools may grow to ${nodes}.`,
    'Every node takes a /24: choose a larger range, or smaller pools.',
  );
}

function checkServices({ view, report }: Checker, { bits }: Range): void {
  const { serviceCidr } = view.cluster;
  if (bits > 27) {
    report(
      ['network', 'services'],
      `${serviceCidr} is too small for services.`,
      'Use a /27 or larger; a /16 costs nothing.',
    );
  } else if (bits < 12) {
    report(['network', 'services'], `${serviceCidr} is too large for services.`, 'Use a /12 or smaller.');
  }
}

function checkExisting({ view, report, saidBy }: Checker, { id, subnets }: Extract<Network, { existing: true }>): void {
  const saidHere = (setting: Path) => ['region', 'environment'].includes(saidBy(setting) ?? '');
  const complaints: readonly (readonly [setting: Path, message: string])[] = [
    [['network', 'address-space'], 'An existing network has its ranges already.'],
    [['network', 'zones'], 'An existing network has its ranges already.'],
    [['network', 'next-hop'], 'An existing network has its routes already.'],
    [['network', 'bastion'], 'Nothing is made in an existing network.'],
    [['network', 'flow-logs'], 'Nothing is made in an existing network.'],
  ];
  for (const [setting, message] of complaints) {
    if (saidHere(setting)) report(setting, message, `Remove \`${setting.join('.')}\`, or \`existing.network\`.`);
  }
  if (view.cluster.vnetIntegration && subnets.apiServer === undefined) {
    report(
      ['cluster', 'vnet-integration'],
      'The API server needs a subnet, and the existing network names none for it.',
      'Name it under `existing.network.subnets.api-server`.',
    );
  }
  for (const zone of zones) {
    const subnet = subnets[zone];
    if (subnet === undefined || subnet.toLowerCase().startsWith(`${id.toLowerCase()}/subnets/`)) continue;
    report(
      ['existing', 'network', 'subnets', zone],
      `The subnet of zone \`${zone}\` is not in the network \`${id.split('/').at(-1)}\`.`,
      'Name one of its subnets.',
    );
  }
}

function checkZones(checker: Checker, { addressSpace, subnets }: CreatedNetwork, space: Range): void {
  const { report, saidBy } = checker;
  const whole: Path = ['network', 'address-space'];
  if (cutZones(addressSpace) === undefined && zones.some(zone => saidBy(['network', 'zones', zone]) === undefined)) {
    report(
      whole,
      `${addressSpace} is too small for the zones.`,
      'Use a /20 or larger for each region, or write all of `zones`.',
    );
    return;
  }
  const found = ([...zones, 'bastion', 'apiServer'] as const).flatMap(zone => {
    const subnet = subnets[zone];
    if (subnet === undefined) return [];
    const { cidr } = subnet;
    const name = zone === 'apiServer' ? 'api-server' : zone;
    const setting: Path = ['network', 'zones', name];
    const range = readRange(checker, setting, cidr);
    if (range !== undefined && !contains(space, range)) {
      report(
        setting,
        `Zone \`${name}\` (${cidr}) is not inside of the network (${addressSpace}).`,
        'Move one of them.',
      );
    }
    return [{ what: `zone \`${name}\``, setting, range, zone, name, cidr }];
  });
  checkApart(checker, found);
  for (const { zone, name, setting, range, cidr } of found) {
    if (range === undefined) continue;
    const { least, why } = smallest[zone] ?? { least: 29, why: "Azure's smallest subnet is a /29." };
    if (zone === 'dmz' && range.bits !== 24) {
      const remedy = 'Application Gateway for Containers needs exactly a /24 there.';
      report(setting, `Zone \`dmz\` is a /${range.bits}.`, remedy);
    } else if (range.bits > least) {
      report(setting, `Zone \`${name}\` (${cidr}) is too small.`, why);
    } else if (zone === 'compute' && checker.isSound(['cluster', 'pools'])) {
      checkNodes(checker, setting, cidr, range);
    }
  }
}

/** Prefix lengths that Azure's services ask for. */
const smallest: Readonly<Record<string, { readonly least: number; readonly why: string }>> = {
  bastion: { least: 26, why: 'Azure Bastion needs a /26 or larger.' },
  apiServer: { least: 28, why: 'The API server needs a /28 or larger.' },
};

/** Azure keeps five addresses of every subnet. */
function checkNodes(checker: Checker, setting: Path, cidr: string, { first, last }: Range): void {
  const room = last - first + 1 - 5;
  const nodes = mostNodes(checker);
  if (nodes <= room) return;
  checker.report(
    setting,
    `Zone \`compute\` (${cidr}) has room for ${room} nodes, and the pools may grow to ${nodes}.`,
    'Choose a larger range, or smaller pools.',
  );
}
