import { at, list, merge, properties, text } from '../body.ts';
import { ArmError } from '../errors.ts';
import { parentIdOf, sameId, subscriptionOf } from '../ids.ts';
import type { ArmContext, PutCall, TypeBehaviour } from '../type.ts';
import { identityOf } from './identity.ts';
import { link } from './network.ts';
import { postgresqlParameters } from './postgresql-parameters.ts';
import { withConnections } from './private-endpoints.ts';

const base = 'Microsoft.DBforPostgreSQL/flexibleServers';
const version = /^(11|12|13|14|15|16|17|18)$/;

export const flexibleServers: TypeBehaviour = {
  type: base,
  longRunning: ['put', 'patch', 'delete'],
  startedStatus: 202,
  isTracked: true,
  isStateless: true,
  links: sent => {
    const { delegatedSubnetResourceId, privateDnsZoneArmResourceId } = at(sent, 'properties', 'network');
    return [
      ...link({ id: delegatedSubnetResourceId }, 'Microsoft.Network/virtualNetworks/subnets/join/action'),
      ...link({ id: privateDnsZoneArmResourceId }, 'Microsoft.Network/privateDnsZones/join/action'),
    ];
  },
  check: call => {
    checkName(call);
    checkNetwork(call);
    const asked = text(properties(call.sent)['version']);
    if (asked !== undefined && !version.test(asked)) {
      throw new ArmError(400, 'ParameterOutOfRange', `The value ${asked} of version is not offered.`);
    }
  },
  fill: call => {
    const { sent, name, existing, context } = call;
    const isPrivate = at(sent, 'properties', 'network')['delegatedSubnetResourceId'] !== undefined;
    const filled = merge(
      {
        properties: {
          version: '17',
          minorVersion: '6',
          availabilityZone: '1',
          authConfig: { activeDirectoryAuth: 'Disabled', passwordAuth: 'Enabled' },
          backup: { backupRetentionDays: 7, geoRedundantBackup: 'Disabled' },
          dataEncryption: { type: 'SystemManaged' },
          highAvailability: { mode: 'Disabled', state: 'NotEnabled' },
          maintenanceWindow: { customWindow: 'Disabled', dayOfWeek: 0, startHour: 0, startMinute: 0 },
          network: { publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled' },
          replica: { role: 'Primary', capacity: 5 },
          replicationRole: 'Primary',
          replicaCapacity: 5,
          storage: { storageSizeGB: 32, tier: 'P4', iops: 120, autoGrow: 'Disabled', type: '' },
        },
      },
      sent,
      identityOf(call),
      {
        properties: {
          state: 'Ready',
          fullyQualifiedDomainName: `${name}.postgres.database.azure.com`,
          backup: {
            earliestRestoreDate:
              at(existing?.body, 'properties', 'backup')['earliestRestoreDate'] ??
              new Date(context.clock.now()).toISOString(),
          },
          ...standby(sent),
        },
      },
    );
    // Passwords and modes of creation are taken, and never shown.
    const { administratorLoginPassword: _, createMode: __, ...shown } = properties(filled);
    return { ...filled, properties: shown };
  },
  stored: ({ id }, { context, existing }) => {
    if (existing !== undefined) return;
    for (const [name, parameter] of Object.entries(postgresqlParameters)) {
      context.create(`${id}/configurations/${name}`, { properties: { ...parameter, value: parameter.defaultValue } });
    }
    for (const name of ['azure_maintenance', 'azure_sys', 'postgres']) {
      context.create(`${id}/databases/${name}`, { properties: { charset: 'UTF8', collation: 'en_US.utf8' } });
    }
  },
  view: withConnections,
  actions: {
    restart: ({ resource, context, request }) => {
      const { id, type, body } = resource;
      const { name } = context.operations.start({ kind: 'put', type, id }, () => undefined);
      const place = `/subscriptions/${subscriptionOf(id)}/providers/Microsoft.DBforPostgreSQL/locations/${String(body['location'])}`;
      return {
        status: 202,
        headers: {
          'Azure-AsyncOperation': `https://management.azure.com${place}/operations/${name}?api-version=${request.query.get('api-version')}`,
          'Retry-After': String(context.retryAfter),
        },
      };
    },
  },
};

export const databases: TypeBehaviour = {
  type: `${base}/databases`,
  longRunning: ['put', 'delete'],
  startedStatus: 202,
  isStateless: true,
  checkBusy,
  fill: ({ sent }) => merge({ properties: { charset: 'UTF8', collation: 'en_US.utf8' } }, sent),
};

export const administrators: TypeBehaviour = {
  type: `${base}/administrators`,
  longRunning: ['put', 'delete'],
  startedStatus: 202,
  isStateless: true,
  checkBusy,
  fill: ({ sent, name }) => merge(sent, { properties: { objectId: name } }),
};

export const configurations: TypeBehaviour = {
  type: `${base}/configurations`,
  longRunning: ['patch'],
  startedStatus: 202,
  checkBusy,
  isStateless: true,
  check: ({ sent, name }) => {
    const { value, isReadOnly, allowedValues, dataType } = properties(sent);
    const isFree = dataType !== 'Enumeration' && dataType !== 'Boolean';
    const isAllowed = isFree || String(allowedValues).split(',').includes(String(value));
    if (isReadOnly !== true && isAllowed) return;
    throw new ArmError(
      400,
      'InvalidParameterValue',
      `The value '${String(value)}' of the server parameter '${name}' is not allowed: ${String(allowedValues)}.`,
    );
  },
  fill: ({ sent, name }) =>
    merge(sent, {
      properties: {
        source:
          properties(sent)['value'] === postgresqlParameters[name]?.defaultValue ? 'system-default' : 'user-override',
      },
    }),
};

function standby(sent: PutCall['sent']) {
  const { mode, standbyAvailabilityZone } = at(sent, 'properties', 'highAvailability');
  if (mode === undefined || mode === 'Disabled') return {};
  const zone = standbyAvailabilityZone ?? (mode === 'SameZone' ? '1' : '2');
  return { highAvailability: { state: 'Healthy', standbyAvailabilityZone: zone } };
}

function checkName({ context, id, name }: PutCall): void {
  const other = context.store
    .all()
    .find(resource => resource.type === base && sameId(resource.name, name) && !sameId(resource.id, id));
  if (other === undefined) return;
  throw new ArmError(409, 'ServerNameAlreadyExists', 'Specified server name is already used.');
}

function checkNetwork({ context, id, sent }: PutCall): void {
  const { delegatedSubnetResourceId, publicNetworkAccess } = at(sent, 'properties', 'network');
  const subnetId = text(delegatedSubnetResourceId);
  if (subnetId === undefined) return;
  if (publicNetworkAccess === 'Enabled') {
    throw new ArmError(
      400,
      'ConflictingPublicNetworkAccessAndVirtualNetworkConfiguration',
      'Conflicting configuration is detected between Public Network Access and Virtual Network arguments. Public Network Access is not supported along with Virtual Network feature.',
    );
  }
  const subnet = context.store.get(subnetId);
  const isDelegated = list(properties(subnet?.body)['delegations']).some(delegation =>
    sameId(text(at(delegation, 'properties')['serviceName']) ?? '', base),
  );
  if (isDelegated) return;
  throw new ArmError(
    400,
    'SubnetMissingRequiredDelegation',
    `Subnet ${subnetId} requires any of the following delegation(s) [${base}] to reference service association link ${subnetId}/serviceAssociationLinks/${id.split('/').at(-1)}.`,
  );
}

/** A server does one thing at a time. */
function checkBusy(id: string, { store }: ArmContext): void {
  const serverId = parentIdOf(id) ?? '';
  const busy = [store.get(serverId), ...store.under(serverId)].some(
    resource => resource?.operation !== undefined && !sameId(resource.id, id),
  );
  if (!busy) return;
  throw new ArmError(
    409,
    'ServerIsBusy',
    `Cannot complete operation while server '${serverId.split('/').at(-1)}' is busy processing another operation. Try again later.`,
  );
}
