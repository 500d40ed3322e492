import { formatCidr, parseCidr } from './cidr.ts';
import { defaults } from './defaults.ts';
import { entry, type Merged } from './layers.ts';
import { networkName, subnetName } from './names.ts';
import { regionsOf } from './platform.ts';
import type { Egress, Network, OptionalZone, Zone } from './resolved.ts';
import type { PlatformSource } from './schema.ts';
import { days } from './units.ts';

export function resolveNetwork(
  source: PlatformSource,
  merged: Merged,
  environment: string,
  region: string,
  order: number,
): Network {
  const existing = merged.existing?.network;
  if (existing !== undefined) {
    const { compute, dmz, data, management, 'api-server': apiServer } = existing.subnets;
    const optional = { dmz, data, management, apiServer };
    const given = Object.fromEntries(Object.entries(optional).filter(([, id]) => id !== undefined));
    const egress = { kind: merged.network?.egress ?? 'load-balancer' };
    return { existing: true, id: existing.id, subnets: { compute, ...given }, egress };
  }
  const addressSpace = chooseAddressSpace(source, merged, environment, region, order);
  const cut = cutZones(addressSpace);
  const optional = (zone: OptionalZone) =>
    merged.network?.zones?.[zone === 'apiServer' ? 'api-server' : zone] ?? cut?.[zone] ?? addressSpace;
  const subnet = (zone: Zone) => ({
    name: subnetName(zone),
    // Too small a space is refused when the file is read, unless all zones are written.
    cidr: merged.network?.zones?.[zone] ?? cut?.[zone] ?? addressSpace,
  });
  return {
    existing: false,
    name: networkName(source.name, environment, region),
    addressSpace,
    subnets: {
      dmz: subnet('dmz'),
      compute: subnet('compute'),
      data: subnet('data'),
      management: subnet('management'),
      ...(merged.network?.bastion === true
        ? // The one name that Azure takes for it.
          { bastion: { name: 'AzureBastionSubnet', cidr: optional('bastion') } }
        : {}),
      ...(merged.cluster?.['vnet-integration'] === true
        ? { apiServer: { name: subnetName('api-server'), cidr: optional('apiServer') } }
        : {}),
    },
    egress: resolveEgress(merged),
    flowLogs: flowLogs(merged),
  };
}

function resolveEgress({ network }: Merged): Egress {
  const kind = network?.egress ?? 'nat-gateway';
  // A missing one is refused when the file is read.
  return kind === 'user-defined' ? { kind, nextHop: network?.['next-hop'] ?? '' } : { kind };
}

function flowLogs({ network }: Merged): { readonly retentionDays: number } | undefined {
  const said = network?.['flow-logs'] ?? false;
  if (said === false) return undefined;
  return { retentionDays: days((said === true ? undefined : said.retention) ?? defaults.network.flowLogs) };
}

/**
 * By default 10.X.0.0/16, clear of pods and services, where X is 10 for the first region of the first environment, 11 for
 * its second region, 20 for the first region of the second environment. A range that is said for several regions is shared
 * out in quarters, so that a region more moves no other one.
 */
function chooseAddressSpace(
  source: PlatformSource,
  merged: Merged,
  environment: string,
  region: string,
  order: number,
): string {
  const index = regionsOf(source, environment).indexOf(region);
  const wanted = merged.network?.['address-space'];
  if (wanted === undefined) return `10.${10 * (order + 1) + index}.0.0/16`;
  const { regions } = entry(source, environment);
  const ownOfRegion = regions?.[region]?.network?.['address-space'] !== undefined;
  return regions === undefined || ownOfRegion ? wanted : quarter(wanted, index);
}

function quarter(cidr: string, index: number): string {
  const range = parseCidr(cidr);
  if (range === undefined || range.bits > 30 || index > 3) return cidr;
  return formatCidr({ first: range.first + index * 2 ** (30 - range.bits), bits: range.bits + 2 });
}

/**
 * The zones inside of an address space: compute takes its second quarter, the others lie at the beginning. Application
 * Gateway for Containers needs exactly a /24, a bastion at least a /26, the API server a /28. Undefined when the space is
 * too small.
 */
export function cutZones(addressSpace: string): Record<Zone | OptionalZone, string> | undefined {
  const space = parseCidr(addressSpace);
  if (space === undefined || space.bits > 20) return undefined;
  const at = (offset: number, bits: number): string => formatCidr({ first: space.first + offset, bits });
  return {
    dmz: at(0, 24),
    data: at(256, 24),
    management: at(512, 26),
    bastion: at(576, 26),
    apiServer: at(640, 28),
    compute: at(2 ** (30 - space.bits), space.bits + 2),
  };
}
