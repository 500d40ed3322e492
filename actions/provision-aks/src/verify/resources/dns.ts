import { asArray, asObject, asString, type JsonObject } from '@suite/foundation';
import type { EnvironmentScope, SharedScope } from '@suite/platform-file';
import { apiVersionOf } from '../../resource-ids.ts';
import type { Check } from '../check.ts';
import { type Match, same } from '../match.ts';
import { derived, type Inspection, inspect } from './inspection.ts';
import { locate, own, zoneId } from './names.ts';

/** The environment's zone, and that whoever asks the one above is sent to it. */
export function zoneInspections(view: EnvironmentScope): Inspection[] {
  const { dns } = view;
  if (dns === undefined || dns.existing) return [];
  const { parent, label } = dns;
  const delegation = locate(
    'azurerm_dns_ns_record',
    { resource_group_name: parent.resourceGroup, zone_name: parent.name, name: label },
    parent.subscription,
  );
  return [
    inspect(`DNS zone ${dns.name}`, own(view, 'azurerm_dns_zone', dns.name), [], zone => [
      inspect(`Delegation of ${dns.name}`, delegation, [
        derived(
          'name servers',
          'NSRecords',
          texts(asObject(zone['properties'])['nameServers']),
          properties => texts(asArray(properties['NSRecords']).map(record => asObject(record)['nsdname'])),
          sameNames,
        ),
      ]),
    ]),
  ];
}

/** Every name of the environment leads to the gateway's frontend. */
export function recordInspections(view: EnvironmentScope, fqdn: string | undefined): Inspection[] {
  const zone = zoneId(view);
  if (zone === undefined || fqdn === undefined) return [];
  const record = { id: `${zone}/CNAME/*`, apiVersion: apiVersionOf('azurerm_dns_cname_record') };
  return [inspect(`DNS record *.${view.dns?.name ?? ''}`, record, [leadsTo(fqdn)])];
}

function leadsTo(fqdn: string): Check<JsonObject> {
  return derived(
    'target',
    'CNAMERecord.cname',
    fqdn,
    properties => asString(asObject(properties['CNAMERecord'])['cname']),
    sameName,
  );
}

export function sharedZoneInspections(view: SharedScope): Inspection[] {
  if (view.dns === undefined) return [];
  const { dns } = view;
  const zone = dns.existing
    ? { id: dns.id, apiVersion: apiVersionOf('azurerm_dns_zone') }
    : own(view, 'azurerm_dns_zone', dns.name);
  return [inspect(`DNS zone ${zone.id.split('/').at(-1)}`, zone, [])];
}

function texts(value: unknown): string[] {
  return asArray(value).flatMap(item => (typeof item === 'string' ? [item] : []));
}

// Azure ends some names with a dot and leaves it out of others.
const plain = (name: string) => name.toLowerCase().replace(/\.$/, '');
const plainList = (names: unknown) => texts(names).map(plain).sort().join(' ');
const sameNames: Match = (expected, actual) => plainList(expected) === plainList(actual);
const sameName: Match = (expected, actual) =>
  typeof expected === 'string' && typeof actual === 'string' && same(plain(expected), plain(actual));
