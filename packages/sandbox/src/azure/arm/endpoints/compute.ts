import { json } from '../../../network/http.ts';
import { list, properties } from '../body.ts';
import { offerOf, zonesOf } from '../compute/offers.ts';
import { regionalCores, spotCores, usageOf } from '../compute/quota.ts';
import { ephemeralBytes, type VmSizeFacts, vmCatalogue } from '../compute/vm-catalogue.ts';
import { sameId } from '../ids.ts';
import type { ArmContext } from '../type.ts';
import type { EndpointCall, Endpoints } from './endpoint.ts';

/** `skus` and `usages` of Compute (REST reference, compute 2021-07-01 and 2024-07-01). */
export const computeEndpoints: Endpoints = {
  'Microsoft.Compute/skus': ({ context, request, demand, subscription }) => {
    demand('Microsoft.Compute/skus/read', `/subscriptions/${subscription}`);
    const location = /location eq '([^']+)'/i.exec(request.query.get('$filter') ?? '')?.[1];
    const { locations } = context;
    const regions = location === undefined ? locations : locations.filter(one => sameId(one, location));
    return json(200, { value: regions.flatMap(region => showSkus(context, subscription, region)) });
  },

  'Microsoft.Compute/locations/usages': call => {
    const location = call.path.names[0] ?? '';
    call.demand('Microsoft.Compute/locations/usages/read', `/subscriptions/${call.subscription}`);
    return json(200, { value: showUsages(call, location) });
  },
};

function showSkus({ conditions }: ArmContext, subscription: string, location: string): readonly object[] {
  return [...vmCatalogue.values()].map(size => {
    const offer = offerOf(conditions, subscription, location, size.name);
    const mine = conditions.restrictions.filter(
      one => sameId(one.subscription, subscription) && sameId(one.location, location) && sameId(one.size, size.name),
    );
    const [, tier = '', form = ''] = /^(Standard)_(.+)$/.exec(size.name) ?? [];
    return {
      resourceType: 'virtualMachines',
      name: size.name,
      tier,
      size: form,
      family: offer?.size.family,
      locations: [location],
      locationInfo: [{ location, zones: zonesOf(location), zoneDetails: [] }],
      capabilities: showCapabilities(size),
      restrictions: mine.map(({ zones, reason }) => ({
        type: zones === undefined ? 'Location' : 'Zone',
        values: [location],
        restrictionInfo: { locations: [location], ...(zones === undefined ? {} : { zones }) },
        reasonCode: reason,
      })),
    };
  });
}

/** Values are texts, booleans `True` and `False`. */
function showCapabilities(size: VmSizeFacts): readonly object[] {
  const { cores, memoryGb, gpus, temporaryDiskMb, cacheBytes, nvmeDiskMb } = size;
  const placements = [
    ...(cacheBytes === undefined ? [] : ['CacheDisk']),
    ...(temporaryDiskMb > 0 ? ['ResourceDisk'] : []),
    ...(nvmeDiskMb === undefined ? [] : ['NvmeDisk']),
  ];
  const all: readonly (readonly [name: string, value: string | number | boolean | undefined])[] = [
    ['MaxResourceVolumeMB', temporaryDiskMb],
    ['OSVhdSizeMB', 1_047_552],
    ['vCPUs', cores],
    ['HyperVGenerations', 'V1,V2'],
    ['MemoryGB', memoryGb],
    ['MaxDataDiskCount', Math.min(32, cores * 2)],
    ['CpuArchitectureType', 'x64'],
    ['LowPriorityCapable', true],
    ['PremiumIO', true],
    ['VMDeploymentTypes', 'IaaS'],
    ['vCPUsAvailable', cores],
    ['GPUs', gpus === 0 ? undefined : gpus],
    ['CachedDiskBytes', cacheBytes],
    ['NvmeDiskSizeInMiB', nvmeDiskMb],
    ['EphemeralOSDiskSupported', ephemeralBytes(size) > 0],
    ['SupportedEphemeralOSDiskPlacements', placements.length === 0 ? undefined : placements.join(',')],
    ['EncryptionAtHostSupported', true],
    ['AcceleratedNetworkingEnabled', true],
    ['RdmaEnabled', size.name.includes('isr_')],
  ];
  return all.flatMap(([name, value]) =>
    value === undefined
      ? []
      : [{ name, value: typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value) }],
  );
}

function showUsages({ context, subscription }: EndpointCall, location: string): readonly object[] {
  const families = [...new Set([...vmCatalogue.values()].map(({ family }) => family))];
  const quota = (value: string, localizedValue: string) => {
    const { limit, used } = usageOf(context, subscription, location, value);
    return { limit, unit: 'Count', currentValue: used, name: { value, localizedValue } };
  };
  return [
    quota(regionalCores, 'Total Regional vCPUs'),
    {
      limit: 25_000,
      unit: 'Count',
      currentValue: nodesIn(context, subscription, location),
      name: { value: 'virtualMachines', localizedValue: 'Virtual Machines' },
    },
    quota(spotCores, 'Total Regional Low-priority vCPUs'),
    ...families.map(family =>
      quota(family, `${family.replace(/Family$/, ' Family').replace(/^standard/i, 'Standard ')} vCPUs`),
    ),
  ];
}

function nodesIn({ store }: ArmContext, subscription: string, location: string): number {
  const clusters = store
    .all()
    .filter(
      ({ type, id, body }) =>
        type === 'Microsoft.ContainerService/managedClusters' &&
        id.toLowerCase().startsWith(`/subscriptions/${subscription}/`) &&
        sameId(String(body['location']), location),
    );
  return clusters
    .flatMap(({ id }) => list(store.children(id, 'agentPools')))
    .reduce<number>(
      (sum, pool) => sum + Number(properties((pool as { body: Record<string, unknown> }).body)['count'] ?? 0),
      0,
    );
}
