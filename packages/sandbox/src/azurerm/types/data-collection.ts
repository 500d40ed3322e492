import { asObject, canonicalJson, type JsonObject, parseJson } from '@suite/foundation';
import { normaliseLocation } from '../schema/plan.ts';
import type { ObjectValue, Value } from '../schema/values.ts';
import { armResource, namedParts } from './arm-resource.ts';
import { alreadyExists, doing } from './messages.ts';
import type { ResourceType } from './resource-type.ts';
import {
  at,
  block,
  blocks,
  count,
  countAt,
  identityFromArm,
  identityToArm,
  objectsAt,
  text,
  textAt,
  textMap,
  textMapAt,
  texts,
  textsAt,
} from './shape.ts';

const version = '2023-03-11';

/** One kind of source or destination: where it stands on both sides, and its fields (`[argument, property]`) by type. */
interface Part {
  readonly argument: string;
  readonly property: string;
  readonly texts: readonly (readonly [string, string])[];
  readonly lists?: readonly (readonly [string, string])[];
  readonly counts?: readonly (readonly [string, string])[];
}

const name = ['name', 'name'] as const;
const streams = ['streams', 'streams'] as const;

const sources: readonly Part[] = [
  { argument: 'iis_log', property: 'iisLogs', texts: [name], lists: [streams, ['log_directories', 'logDirectories']] },
  {
    argument: 'performance_counter',
    property: 'performanceCounters',
    texts: [name],
    lists: [streams, ['counter_specifiers', 'counterSpecifiers']],
    counts: [['sampling_frequency_in_seconds', 'samplingFrequencyInSeconds']],
  },
  { argument: 'platform_telemetry', property: 'platformTelemetry', texts: [name], lists: [streams] },
  {
    argument: 'syslog',
    property: 'syslog',
    texts: [name],
    lists: [streams, ['facility_names', 'facilityNames'], ['log_levels', 'logLevels']],
  },
  {
    argument: 'windows_event_log',
    property: 'windowsEventLogs',
    texts: [name],
    lists: [streams, ['x_path_queries', 'xPathQueries']],
  },
  { argument: 'windows_firewall_log', property: 'windowsFirewallLogs', texts: [name], lists: [streams] },
];

const storage = ['storage_account_id', 'storageAccountResourceId'] as const;
const container = ['container_name', 'containerName'] as const;
const hub = ['event_hub_id', 'eventHubResourceId'] as const;

const destinations: readonly Part[] = [
  { argument: 'event_hub', property: 'eventHubs', texts: [name, hub] },
  { argument: 'event_hub_direct', property: 'eventHubsDirect', texts: [name, hub] },
  {
    argument: 'log_analytics',
    property: 'logAnalytics',
    texts: [name, ['workspace_resource_id', 'workspaceResourceId']],
  },
  {
    argument: 'monitor_account',
    property: 'monitoringAccounts',
    texts: [name, ['monitor_account_id', 'accountResourceId']],
  },
  { argument: 'storage_blob', property: 'storageAccounts', texts: [name, storage, container] },
  { argument: 'storage_blob_direct', property: 'storageBlobsDirect', texts: [name, storage, container] },
  {
    argument: 'storage_table_direct',
    property: 'storageTablesDirect',
    texts: [name, storage, ['table_name', 'tableName']],
  },
];

const flow: Part = {
  argument: 'data_flow',
  property: 'dataFlows',
  texts: [
    ['built_in_transform', 'builtInTransform'],
    ['output_stream', 'outputStream'],
    ['transform_kql', 'transformKql'],
  ],
  lists: [streams, ['destinations', 'destinations']],
};

export const dataCollectionRule = armResource({
  type: 'azurerm_monitor_data_collection_rule',
  kind: {
    label: 'Data Collection Rule',
    namespace: 'Microsoft.Insights',
    segments: [['dataCollectionRules', 'Data Collection Rule Name']],
  },
  apiVersion: version,
  parts: namedParts('dataCollectionRules'),
  toArm: planned => ({
    location: planned['location'],
    kind: text(planned, 'kind'),
    identity: block(planned, 'identity') === undefined ? undefined : identityToArm(planned),
    tags: textMap(planned, 'tags'),
    properties: {
      description: text(planned, 'description') ?? '',
      dataCollectionEndpointId: text(planned, 'data_collection_endpoint_id'),
      dataFlows: writePart(flow, planned),
      dataSources: sourcesToArm(block(planned, 'data_sources')),
      destinations: destinationsToArm(block(planned, 'destinations')),
      streamDeclarations: Object.fromEntries(
        blocks(planned, 'stream_declaration').map(stream => [
          String(stream['stream_name']),
          { columns: blocks(stream, 'column').map(column => ({ name: column['name'], type: column['type'] })) },
        ]),
      ),
    },
  }),
  fromArm: (body, parts) => ({
    name: parts['dataCollectionRules'],
    resource_group_name: parts['resourceGroups'],
    location: normaliseLocation(textAt(body, 'location')),
    kind: textAt(body, 'kind'),
    identity: identityFromArm(body),
    tags: textMapAt(body, 'tags'),
    immutable_id: textAt(body, 'properties', 'immutableId'),
    description: textAt(body, 'properties', 'description'),
    data_collection_endpoint_id: textAt(body, 'properties', 'dataCollectionEndpointId'),
    data_flow: readPart(flow, at(body, 'properties')),
    data_sources: sourcesFromArm(at(body, 'properties', 'dataSources')),
    destinations: destinationsFromArm(at(body, 'properties', 'destinations')),
    stream_declaration: Object.entries(asObject(at(body, 'properties', 'streamDeclarations'))).map(
      ([stream, declared]) => ({
        stream_name: stream,
        column: objectsAt(declared, 'columns').map(column => ({
          name: textAt(column, 'name'),
          type: textAt(column, 'type'),
        })),
      }),
    ),
  }),
});

function writePart(part: Part, parent: ObjectValue): readonly JsonObject[] | undefined {
  const items = blocks(parent, part.argument);
  if (items.length === 0) return undefined;
  return items.map(item => ({
    ...Object.fromEntries(part.texts.map(([argument, property]) => [property, text(item, argument)])),
    ...Object.fromEntries((part.lists ?? []).map(([argument, property]) => [property, texts(item, argument)])),
    ...Object.fromEntries((part.counts ?? []).map(([argument, property]) => [property, count(item, argument)])),
  }));
}

function readPart(part: Part, parent: unknown): readonly ObjectValue[] {
  return objectsAt(parent, part.property).map(item => ({
    ...Object.fromEntries(part.texts.map(([argument, property]) => [argument, textAt(item, property)])),
    ...Object.fromEntries((part.lists ?? []).map(([argument, property]) => [argument, textsAt(item, property)])),
    ...Object.fromEntries((part.counts ?? []).map(([argument, property]) => [argument, countAt(item, property)])),
  }));
}

function sourcesToArm(parent: ObjectValue | undefined): JsonObject | undefined {
  if (parent === undefined) return undefined;
  const hubSource = block(block(parent, 'data_import'), 'event_hub_data_source');
  const some = <T>(items: readonly T[]) => (items.length === 0 ? undefined : items);
  return {
    ...Object.fromEntries(sources.map(part => [part.property, writePart(part, parent)])),
    dataImports:
      hubSource === undefined
        ? undefined
        : {
            eventHub: {
              name: text(hubSource, 'name'),
              stream: text(hubSource, 'stream'),
              consumerGroup: text(hubSource, 'consumer_group'),
            },
          },
    extensions: some(
      blocks(parent, 'extension').map(extension => ({
        name: text(extension, 'name'),
        extensionName: text(extension, 'extension_name'),
        extensionSettings: parseJson(text(extension, 'extension_json') ?? ''),
        inputDataSources: texts(extension, 'input_data_sources'),
        streams: texts(extension, 'streams'),
      })),
    ),
    logFiles: some(
      blocks(parent, 'log_file').map(file => {
        const format = text(block(block(file, 'settings'), 'text'), 'record_start_timestamp_format');
        return {
          name: text(file, 'name'),
          format: text(file, 'format'),
          filePatterns: texts(file, 'file_patterns'),
          streams: texts(file, 'streams'),
          settings: format === undefined ? undefined : { text: { recordStartTimestampFormat: format } },
        };
      }),
    ),
    prometheusForwarder: some(
      blocks(parent, 'prometheus_forwarder').map(forwarder => ({
        name: text(forwarder, 'name'),
        streams: texts(forwarder, 'streams'),
        labelIncludeFilter: Object.fromEntries(
          blocks(forwarder, 'label_include_filter').map(filter => [String(filter['label']), filter['value']]),
        ),
      })),
    ),
  };
}

function sourcesFromArm(parent: unknown): Value {
  if (parent === undefined || parent === null) return [];
  const hubSource = at(parent, 'dataImports', 'eventHub');
  return [
    {
      ...Object.fromEntries(sources.map(part => [part.argument, readPart(part, parent)])),
      data_import:
        hubSource === undefined
          ? []
          : [
              {
                event_hub_data_source: [
                  {
                    name: textAt(hubSource, 'name'),
                    stream: textAt(hubSource, 'stream'),
                    consumer_group: textAt(hubSource, 'consumerGroup'),
                  },
                ],
              },
            ],
      extension: objectsAt(parent, 'extensions').map(extension => ({
        name: textAt(extension, 'name'),
        extension_name: textAt(extension, 'extensionName'),
        extension_json: extension['extensionSettings'] == null ? '' : canonicalJson(extension['extensionSettings']),
        input_data_sources: textsAt(extension, 'inputDataSources'),
        streams: textsAt(extension, 'streams'),
      })),
      log_file: objectsAt(parent, 'logFiles').map(file => {
        const format = textAt(file, 'settings', 'text', 'recordStartTimestampFormat');
        return {
          name: textAt(file, 'name'),
          format: textAt(file, 'format'),
          file_patterns: textsAt(file, 'filePatterns'),
          streams: textsAt(file, 'streams'),
          settings: format === '' ? [] : [{ text: [{ record_start_timestamp_format: format }] }],
        };
      }),
      prometheus_forwarder: objectsAt(parent, 'prometheusForwarder').map(forwarder => ({
        name: textAt(forwarder, 'name'),
        streams: textsAt(forwarder, 'streams'),
        label_include_filter: Object.entries(textMapAt(forwarder, 'labelIncludeFilter')).map(([label, value]) => ({
          label,
          value,
        })),
      })),
    },
  ];
}

function destinationsToArm(parent: ObjectValue | undefined): JsonObject {
  const metrics = block(parent, 'azure_monitor_metrics');
  return {
    ...Object.fromEntries(destinations.map(part => [part.property, writePart(part, parent ?? {})])),
    azureMonitorMetrics: metrics === undefined ? undefined : { name: text(metrics, 'name') },
  };
}

function destinationsFromArm(parent: unknown): Value {
  const metrics = at(parent, 'azureMonitorMetrics');
  return [
    {
      ...Object.fromEntries(destinations.map(part => [part.argument, readPart(part, parent)])),
      azure_monitor_metrics: metrics === undefined || metrics === null ? [] : [{ name: textAt(metrics, 'name') }],
    },
  ];
}

const associationMiddle = '/providers/Microsoft.Insights/dataCollectionRuleAssociations/';

/** Lies on the resource that is watched, so its id begins with any id. */
export const dataCollectionRuleAssociation: ResourceType = {
  async create(azure, planned) {
    const id = `${planned['target_resource_id']}${associationMiddle}${planned['name']}`;
    const what = describe(id);
    const existing = await doing(`checking for the presence of an existing ${what}`, () => azure.arm.get(id, version));
    if (existing !== undefined) throw alreadyExists('azurerm_monitor_data_collection_rule_association', id);
    await doing(`creating ${what}`, () =>
      azure.arm.send({ method: 'PUT', path: id, apiVersion: version, body: toArm(planned) }),
    );
    return id;
  },
  async read(azure, id) {
    const body = await doing(`retrieving ${describe(id)}`, () => azure.arm.get(id, version));
    if (body === undefined) return undefined;
    const [target, associationName] = split(id);
    return {
      id,
      name: associationName,
      target_resource_id: target,
      description: textAt(body, 'properties', 'description'),
      data_collection_rule_id: textAt(body, 'properties', 'dataCollectionRuleId'),
      data_collection_endpoint_id: textAt(body, 'properties', 'dataCollectionEndpointId'),
    };
  },
  async update(azure, id, _prior, planned) {
    await doing(`updating ${describe(id)}`, () =>
      azure.arm.send({ method: 'PUT', path: id, apiVersion: version, body: toArm(planned) }),
    );
  },
  async delete(azure, id) {
    await doing(`deleting ${describe(id)}`, () =>
      azure.arm.run('', { method: 'DELETE', path: id, apiVersion: version }),
    );
  },
  checkImportId: id =>
    split(id).every(part => part !== '')
      ? undefined
      : `parsing "${id}": expected <Resource ID>${associationMiddle}<name>`,
};

function toArm(planned: ObjectValue): JsonObject {
  return {
    properties: {
      description: text(planned, 'description') ?? '',
      dataCollectionRuleId: text(planned, 'data_collection_rule_id'),
      dataCollectionEndpointId: text(planned, 'data_collection_endpoint_id'),
    },
  };
}

function split(id: string): readonly [target: string, name: string] {
  const at = id.toLowerCase().indexOf(associationMiddle.toLowerCase());
  return at < 0 ? ['', ''] : [id.slice(0, at), id.slice(at + associationMiddle.length)];
}

function describe(id: string): string {
  const [target, associationName] = split(id);
  return `Scoped Data Collection Rule Association (Resource Uri: ${JSON.stringify(target)}\nData Collection Rule Association Name: ${JSON.stringify(associationName)})`;
}
