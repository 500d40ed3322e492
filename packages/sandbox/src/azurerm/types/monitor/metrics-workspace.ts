import { computed, flag, text } from '../fields.ts';
import { tableResource } from '../table-resource.ts';

const ingestion = 'properties.defaultIngestionSettings';

/** Where Prometheus metrics are kept. */
export const monitorWorkspace = tableResource({
  type: 'azurerm_monitor_workspace',
  kind: { label: 'Account', namespace: 'Microsoft.Monitor', segments: [['accounts', 'Account Name']] },
  apiVersion: '2023-04-03',
  fields: {
    public_network_access_enabled: flag('properties.publicNetworkAccess', {
      absent: true,
      words: ['Enabled', 'Disabled'],
    }),
    query_endpoint: computed(text('properties.metrics.prometheusQueryEndpoint')),
    default_data_collection_endpoint_id: computed(text(`${ingestion}.dataCollectionEndpointResourceId`)),
    default_data_collection_rule_id: computed(text(`${ingestion}.dataCollectionRuleResourceId`)),
  },
});

export const dataCollectionEndpoint = tableResource({
  type: 'azurerm_monitor_data_collection_endpoint',
  kind: {
    label: 'Data Collection Endpoint',
    namespace: 'Microsoft.Insights',
    segments: [['dataCollectionEndpoints', 'Data Collection Endpoint Name']],
  },
  apiVersion: '2023-03-11',
  fields: {
    description: text('properties.description'),
    kind: text('kind'),
    public_network_access_enabled: flag('properties.networkAcls.publicNetworkAccess', {
      words: ['Enabled', 'Disabled'],
    }),
    immutable_id: computed(text('properties.immutableId')),
    configuration_access_endpoint: computed(text('properties.configurationAccess.endpoint')),
    logs_ingestion_endpoint: computed(text('properties.logsIngestion.endpoint')),
    metrics_ingestion_endpoint: computed(text('properties.metricsIngestion.endpoint')),
  },
});
