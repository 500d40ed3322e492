import { randomUUID } from 'node:crypto';
import { at, type Body, merge, properties, text } from '../body.ts';
import { ArmError } from '../errors.ts';
import { nameOf, parentIdOf, parseResourcePath, sameId } from '../ids.ts';
import type { Resource } from '../store.ts';
import type { ArmContext, PutCall, TypeBehaviour } from '../type.ts';
import { numberOf } from './hash.ts';
import { link } from './network.ts';

const publicBase = 'Microsoft.Network/dnsZones';
const privateBase = 'Microsoft.Network/privateDnsZones';
const domains = ['com', 'net', 'org', 'info'];
const twoDays = 172_800;

export const dnsZones: TypeBehaviour = {
  type: publicBase,
  longRunning: ['delete'],
  isStateless: true,
  fill: ({ sent, id }) => merge(sent, { properties: zoneNumbers(id), location: 'global' }),
  stored: ({ id }, { context, existing }) => {
    if (existing !== undefined) return;
    const nameServers = nameServersOf(id);
    context.create(`${id}/NS/@`, {
      properties: { TTL: twoDays, NSRecords: nameServers.map(nsdname => ({ nsdname })) },
    });
    context.create(`${id}/SOA/@`, {
      properties: {
        TTL: 3600,
        SOARecord: {
          email: 'azuredns-hostmaster.microsoft.com',
          host: nameServers[0],
          expireTime: 2_419_200,
          minimumTTL: 300,
          refreshTime: 3600,
          retryTime: 300,
          serialNumber: 1,
        },
      },
    });
  },
  view: (zone, { store }) =>
    merge(zone.body, { properties: { numberOfRecordSets: recordsOf(zone.id, { store }).length } }),
};

export const privateDnsZones: TypeBehaviour = {
  type: privateBase,
  longRunning: ['put', 'delete'],
  fill: ({ sent, existing }) =>
    merge(
      { properties: { internalId: Buffer.from(`Immutable;${randomUUID()};0`).toString('base64') } },
      existing === undefined ? undefined : { properties: { internalId: properties(existing.body)['internalId'] } },
      sent,
      {
        location: 'global',
        properties: {
          maxNumberOfRecordSets: 25_000,
          maxNumberOfVirtualNetworkLinks: 1000,
          maxNumberOfVirtualNetworkLinksWithRegistration: 100,
        },
      },
    ),
  stored: ({ id }, { context, existing }) => {
    if (existing !== undefined) return;
    context.create(`${id}/SOA/@`, {
      properties: {
        ttl: 3600,
        soaRecord: {
          email: 'azureprivatedns-host.microsoft.com',
          host: 'azureprivatedns.net',
          expireTime: 2_419_200,
          minimumTtl: 10,
          refreshTime: 3600,
          retryTime: 300,
          serialNumber: 1,
        },
      },
    });
  },
  view: (zone, { store }) => {
    const links = store.children(zone.id, 'virtualNetworkLinks');
    const registering = links.filter(one => properties(one.body)['registrationEnabled'] === true);
    return merge(zone.body, {
      properties: {
        numberOfRecordSets: recordsOf(zone.id, { store }).length,
        numberOfVirtualNetworkLinks: links.length,
        numberOfVirtualNetworkLinksWithRegistration: registering.length,
      },
    });
  },
  checkDelete: (zone, { store }) => {
    const [nested] = store.children(zone.id, 'virtualNetworkLinks');
    if (nested === undefined) return;
    throw new ArmError(
      409,
      'CannotDeleteResource',
      `Cannot delete resource while nested resources exist. Some existing nested resource IDs include: '${privateBase}/${zone.name}/virtualNetworkLinks/${nested.name}'. Please delete all nested resources before deleting this resource.`,
    );
  },
};

export const virtualNetworkLinks: TypeBehaviour = {
  type: `${privateBase}/virtualNetworkLinks`,
  longRunning: ['put', 'delete'],
  links: sent => link(properties(sent)['virtualNetwork'], 'Microsoft.Network/virtualNetworks/join/action'),
  check: call => {
    const zone = zoneOf(call.id);
    const network = networkOf(call.sent);
    const other = call.context.store
      .all()
      .find(
        ({ type, id, body }) =>
          type === virtualNetworkLinks.type &&
          !sameId(id, call.id) &&
          sameId(networkOf(body), network) &&
          sameId(zoneOf(id), zone),
      );
    if (other === undefined) return;
    throw new ArmError(
      400,
      'BadRequest',
      `A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network with '${zone}' and '${zoneOf(other.id)}' zones.`,
    );
  },
  fill: ({ sent, id }) =>
    merge(
      {
        properties: {
          registrationEnabled: false,
          ...(zoneOf(id).startsWith('privatelink.') ? { resolutionPolicy: 'Default' } : {}),
        },
      },
      sent,
      { location: 'global', properties: { virtualNetworkLinkState: 'Completed' } },
    ),
};

/** Record sets of both sorts of zones: one type for each kind of record. */
export const recordSets: readonly TypeBehaviour[] = [
  ...['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT'].map(kind => recordSet(publicBase, kind)),
  ...['A', 'AAAA', 'CNAME', 'MX', 'PTR', 'SOA', 'SRV', 'TXT'].map(kind => recordSet(privateBase, kind)),
];

function recordSet(base: string, kind: string): TypeBehaviour {
  const isPublic = base === publicBase;
  return {
    type: `${base}/${kind}`,
    isStateless: !isPublic,
    check: call => {
      if (call.existing === undefined) checkNames(call, kind);
    },
    fill: ({ sent, id, name, existing }) =>
      merge(keptSoa(existing), sent, {
        properties: {
          fqdn: name === '@' ? `${zoneOf(id)}.` : `${name}.${zoneOf(id)}.`,
          ...(isPublic ? {} : { isAutoRegistered: false }),
        },
      }),
    checkDelete: ({ name }) => {
      if (name !== '@' || !['NS', 'SOA'].includes(kind)) return;
      throw bare(400, 'BadRequest', `The record set of type ${kind} at the zone apex cannot be deleted.`);
    },
  };
}

/** What Azure itself put into an SOA record stays when a request does not speak of it. */
function keptSoa(existing: Resource | undefined): Body {
  const before = properties(existing?.body);
  const entries = ['SOARecord', 'soaRecord'].flatMap(name => {
    const { host, serialNumber } = at(before, name);
    return before[name] === undefined ? [] : [[name, { host, serialNumber }] as const];
  });
  return { properties: Object.fromEntries(entries) };
}

/** A name with a CNAME has nothing else. */
function checkNames({ context, id, name }: PutCall, kind: string): void {
  const zone = parentIdOf(id) ?? '';
  const others = recordsOf(zone, context).filter(other => sameId(other.name, name));
  if (kind === 'CNAME' && others.length > 0) {
    throw bare(
      409,
      'Conflict',
      'The CNAME record could not be created because another record with the same name already exists in this zone.',
    );
  }
  if (others.some(other => other.type.endsWith('/CNAME'))) {
    throw bare(
      409,
      'Conflict',
      'The record could not be created because a CNAME record with the same name already exists in this zone.',
    );
  }
}

/** The DNS service leaves out the `error` around its errors. */
function bare(status: number, code: string, message: string): ArmError {
  return new ArmError(status, code, message, { isBare: true });
}

function recordsOf(zoneId: string, { store }: Pick<ArmContext, 'store'>): readonly Resource[] {
  return store.under(zoneId).filter(({ type }) => !type.endsWith('/virtualNetworkLinks'));
}

function zoneOf(id: string): string {
  return parseResourcePath(id)?.names[0] ?? nameOf(id);
}

function networkOf(body: Readonly<Record<string, unknown>>): string {
  return text(at(body, 'properties', 'virtualNetwork')['id']) ?? '';
}

function nameServersOf(id: string): readonly string[] {
  const cell = String(numberOf(id, 10)).padStart(2, '0');
  return domains.map((domain, index) => `ns${index + 1}-${cell}.azure-dns.${domain}.`);
}

function zoneNumbers(id: string) {
  return { maxNumberOfRecordSets: 10_000, zoneType: 'Public', nameServers: nameServersOf(id) };
}
