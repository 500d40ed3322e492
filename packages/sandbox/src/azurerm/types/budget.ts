import { asObject, type JsonObject } from '@suite/foundation';
import type { ObjectValue, Value } from '../schema/values.ts';
import { count, type Field, text } from './fields.ts';
import {
  at,
  block,
  blocks,
  countAt,
  count as countOf,
  flag,
  flagAt,
  objectsAt,
  someTexts,
  textAt,
  text as textOf,
  texts,
  textsAt,
} from './shape.ts';
import { tableResource } from './table-resource.ts';

/** Notifications have names in Azure that are made of what they say. */
const notifications: Field = {
  write: (body, value) => {
    const named = blocks({ list: value }, 'list').map(item => {
      const kind = textOf(item, 'threshold_type');
      const operator = textOf(item, 'operator');
      const threshold = countOf(item, 'threshold') ?? 0;
      const notification = {
        enabled: flag(item, 'enabled'),
        operator,
        threshold,
        thresholdType: kind,
        contactEmails: texts(item, 'contact_emails'),
        contactRoles: someTexts(item, 'contact_roles'),
        contactGroups: someTexts(item, 'contact_groups'),
      };
      return [`${kind}_${operator}_${threshold.toFixed(6)}_Percent`, notification] as const;
    });
    body['properties'] = { ...asObject(body['properties']), notifications: Object.fromEntries(named) };
  },
  read: body =>
    Object.values(asObject(at(body, 'properties', 'notifications'))).map(item => ({
      enabled: flagAt(item, 'enabled'),
      operator: textAt(item, 'operator'),
      threshold: countAt(item, 'threshold'),
      threshold_type: textAt(item, 'thresholdType') || 'Actual',
      contact_emails: textsAt(item, 'contactEmails'),
      contact_roles: textsAt(item, 'contactRoles'),
      contact_groups: textsAt(item, 'contactGroups'),
    })),
};

/** One expression stands alone, several under `and`. */
const filter: Field = {
  write: (body, value) => {
    const given = block({ list: value }, 'list');
    const expressions = [
      ...blocks(given, 'dimension').map(item => ({ dimensions: expression(item) })),
      ...blocks(given, 'tag').map(item => ({ tags: expression(item) })),
    ];
    const { filter: _, ...properties } = asObject(body['properties']);
    const wanted = expressions.length > 1 ? { and: expressions } : expressions[0];
    body['properties'] = given === undefined ? properties : { ...properties, filter: wanted ?? {} };
  },
  read: body => {
    const found = at(body, 'properties', 'filter');
    const all = at(found, 'and') === undefined ? [asObject(found)] : objectsAt(found, 'and');
    const of = (kind: string): Value =>
      all
        .filter(item => item[kind] !== undefined)
        .map(item => ({
          name: textAt(item, kind, 'name'),
          operator: textAt(item, kind, 'operator'),
          values: textsAt(item, kind, 'values'),
        }));
    const [dimension, tag] = [of('dimensions'), of('tags')];
    return [dimension, tag].every(list => Array.isArray(list) && list.length === 0) ? [] : [{ dimension, tag }];
  },
};

function expression(item: ObjectValue): JsonObject {
  return { name: textOf(item, 'name'), operator: textOf(item, 'operator'), values: texts(item, 'values') };
}

/** Of a resource group or of a whole subscription: the same resource at another scope. */
const budget = (type: string, scope: string) =>
  tableResource({
    type,
    kind: {
      label: 'Scoped Budget',
      namespace: 'Microsoft.Consumption',
      isScoped: true,
      segments: [['budgets', 'Budget Name']],
    },
    apiVersion: '2019-10-01',
    scope,
    fields: {
      amount: count('properties.amount'),
      time_grain: text('properties.timeGrain'),
      // Azure refuses a budget that somebody else has changed since.
      etag: text('eTag'),
      time_period: {
        write: (body, value) => {
          const period = block({ list: value }, 'list');
          const end = textOf(period, 'end_date');
          const timePeriod = {
            startDate: textOf(period, 'start_date'),
            ...(end === undefined ? {} : { endDate: end }),
          };
          body['properties'] = { ...asObject(body['properties']), category: 'Cost', timePeriod };
        },
        read: body => [
          {
            start_date: textAt(body, 'properties', 'timePeriod', 'startDate'),
            end_date: textAt(body, 'properties', 'timePeriod', 'endDate'),
          },
        ],
      },
      notification: notifications,
      filter,
    },
  });

export const resourceGroupBudget = budget('azurerm_consumption_budget_resource_group', 'resource_group_id');
export const subscriptionBudget = budget('azurerm_consumption_budget_subscription', 'subscription_id');
