import { asObject } from '@suite/foundation';
import { isList, isObjectValue, type ObjectValue } from '../../schema/values.ts';
import {
  blocks,
  count,
  type Draft,
  type Field,
  type Fields,
  flag,
  list,
  map,
  readFields,
  text,
  writeFields,
} from '../fields.ts';
import { objectsAt, textAt } from '../shape.ts';
import { tableResource } from '../table-resource.ts';

const multiple = 'Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria';
const single = 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria';
const webTest = 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria';

const common: Fields = {
  metric_namespace: text('metricNamespace'),
  metric_name: text('metricName'),
  aggregation: text('timeAggregation'),
  operator: text('operator'),
  skip_metric_validation: flag('skipMetricValidation'),
  dimension: blocks(
    'dimensions',
    { name: text('name'), operator: text('operator'), values: list('values') },
    { sendEmpty: true },
  ),
};

/** Criteria of the two kinds share one list in Azure, and an alert has one kind only. */
function criteria(kind: 'StaticThresholdCriterion' | 'DynamicThresholdCriterion', fields: Fields): Field {
  return {
    inner: fields,
    write: (body, value) => {
      const items = isList(value) ? value.filter(isObjectValue) : [];
      if (items.length === 0) return;
      const isLegacy = textAt(body, 'properties', 'criteria', 'odata.type') === single;
      setCriteria(body, {
        'odata.type': isLegacy ? single : multiple,
        allOf: items.map((item, index) => ({
          ...writeFields(fields, item, {}),
          criterionType: kind,
          name: `Metric${index + 1}`,
        })),
      });
    },
    read: body =>
      [single, multiple].includes(textAt(body, 'properties', 'criteria', 'odata.type'))
        ? objectsAt(body, 'properties', 'criteria', 'allOf')
            .filter(item => textAt(item, 'criterionType') === kind)
            .map(item => readFields(fields, item))
        : [],
  };
}

const webTestFields: Fields = {
  web_test_id: text('webTestId'),
  component_id: text('componentId'),
  failed_location_count: count('failedLocationCount'),
};

const webTestCriteria: Field = {
  inner: webTestFields,
  write: (body, value) => {
    const item = isList(value) ? value[0] : undefined;
    if (isObjectValue(item)) setCriteria(body, { 'odata.type': webTest, ...writeFields(webTestFields, item, {}) });
  },
  read: body =>
    textAt(body, 'properties', 'criteria', 'odata.type') === webTest
      ? [readFields(webTestFields, asObject(asObject(asObject(body)['properties'])['criteria']))]
      : [],
};

function setCriteria(body: Draft, value: object): void {
  body['properties'] = { ...asObject(body['properties']), criteria: value };
}

export const metricAlert = tableResource({
  type: 'azurerm_monitor_metric_alert',
  kind: { label: 'Metric Alert', namespace: 'Microsoft.Insights', segments: [['metricAlerts', 'Metric Alert Name']] },
  apiVersion: '2018-03-01',
  fields: {
    description: text('properties.description'),
    enabled: flag('properties.enabled'),
    auto_mitigate: flag('properties.autoMitigate'),
    severity: count('properties.severity'),
    frequency: text('properties.evaluationFrequency'),
    window_size: text('properties.windowSize'),
    scopes: list('properties.scopes'),
    target_resource_type: text('properties.targetResourceType'),
    target_resource_location: text('properties.targetResourceRegion'),
    criteria: criteria('StaticThresholdCriterion', { ...common, threshold: count('threshold') }),
    dynamic_criteria: criteria('DynamicThresholdCriterion', {
      ...common,
      alert_sensitivity: text('alertSensitivity'),
      evaluation_total_count: count('failingPeriods.numberOfEvaluationPeriods'),
      evaluation_failure_count: count('failingPeriods.minFailingPeriodsToAlert'),
      ignore_data_before: text('ignoreDataBefore'),
    }),
    application_insights_web_test_location_availability_criteria: webTestCriteria,
    action: blocks(
      'properties.actions',
      { action_group_id: text('actionGroupId'), webhook_properties: map('webHookProperties') },
      { sendEmpty: true },
    ),
  },
  complete: (body, planned) => ({
    ...body,
    location: 'global',
    properties: { ...withoutOther(asObject(body['properties']), planned) },
  }),
});

/** Azure wants an answer to both, and takes an empty one. */
function withoutOther(properties: Draft, planned: ObjectValue): Draft {
  const given = (name: string) => (typeof planned[name] === 'string' ? planned[name] : '');
  return {
    ...properties,
    targetResourceType: given('target_resource_type'),
    targetResourceRegion: given('target_resource_location'),
  };
}
