import { isObject } from '@suite/foundation';
import { at, type Body, list, merge, properties, text } from '../body.ts';
import { ArmError } from '../errors.ts';
import { groupId, sameId } from '../ids.ts';
import type { Link, PutCall, TypeBehaviour } from '../type.ts';
import { guidFrom, hashOf } from './hash.ts';

export const actionGroups: TypeBehaviour = {
  type: 'Microsoft.Insights/actionGroups',
  isStateless: true,
  isTracked: true,
  check: ({ sent }) => {
    const name = text(properties(sent)['groupShortName']) ?? '';
    if (name.length > 0 && name.length <= 12) return;
    throw new ArmError(400, 'BadRequest', 'The short name of an action group has 1 to 12 characters.');
  },
  fill: ({ sent }) => {
    const receivers = list(properties(sent)['emailReceivers']).map(receiver => ({
      ...at(receiver),
      status: 'Enabled',
    }));
    return merge(emptyReceivers, sent, { properties: { emailReceivers: receivers } });
  },
};

const emptyReceivers = {
  properties: Object.fromEntries(
    [
      'emailReceivers', 'smsReceivers', 'webhookReceivers', 'eventHubReceivers', 'itsmReceivers', 'azureAppPushReceivers',
      'automationRunbookReceivers', 'voiceReceivers', 'logicAppReceivers', 'azureFunctionReceivers', 'armRoleReceivers',
    ].map(name => [name, []]),
  ),
}; // biome-ignore format: a list to read across

export const metricAlerts: TypeBehaviour = {
  type: 'Microsoft.Insights/metricAlerts',
  isStateless: true,
  isTracked: true,
  createdStatus: 200,
  links: sent => [
    ...list(properties(sent)['scopes']).map(id => ({ id: String(id), action: 'Microsoft.Insights/Metrics/Read' })),
    ...list(properties(sent)['actions']).flatMap(action =>
      named(at(action)['actionGroupId'], 'Microsoft.Insights/ActionGroups/Read'),
    ),
  ],
  check: ({ sent }) => {
    const { evaluationFrequency, windowSize } = properties(sent);
    const [every = 0, window = 0] = [evaluationFrequency, windowSize].map(span => minutesOf(String(span)));
    if (every <= window) return;
    throw new ArmError(
      400,
      'BadRequest',
      `The window size ${String(windowSize)} must not be shorter than the evaluation frequency ${String(evaluationFrequency)}.`,
    );
  },
  fill: ({ sent }) => {
    const asked = properties(sent);
    const target = text(asked['targetResourceType']) ?? typeOfScope(String(list(asked['scopes'])[0] ?? ''));
    return merge(sent, { properties: { targetResourceType: target } });
  },
};

/** Of an ISO 8601 span as alerts have it: `PT5M`, `PT1H`, `P1D`. */
function minutesOf(span: string): number {
  const [, days = 0, hours = 0, minutes = 0] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(span) ?? [];
  return Number(days ?? 0) * 1440 + Number(hours ?? 0) * 60 + Number(minutes ?? 0);
}

function typeOfScope(id: string): string {
  const words = id
    .slice(id.toLowerCase().lastIndexOf('/providers/') + 1)
    .split('/')
    .slice(1);
  return [words[0], ...words.slice(1).filter((_, index) => index % 2 === 0)].join('/');
}

/** Where the logs and metrics of a resource go. One of them goes to each place once. */
export const diagnosticSettings: TypeBehaviour = {
  type: 'Microsoft.Insights/diagnosticSettings',
  isStateless: true,
  createdStatus: 200,
  links: sent => {
    const { workspaceId, storageAccountId } = properties(sent);
    return [
      ...named(workspaceId, 'Microsoft.OperationalInsights/workspaces/sharedKeys/action'),
      ...named(storageAccountId, 'Microsoft.Storage/storageAccounts/listKeys/action'),
    ];
  },
  check: call => {
    judgeCategories(call);
    judgeSink(call);
  },
  fill: ({ sent, id }) => {
    const target = scopeOf(id);
    const asked = properties(sent);
    const supported = categoriesOf(target);
    const listed = list(asked['logs']).filter(isObject) as readonly Body[];
    const asksForGroups = listed.some(log => log['categoryGroup'] !== undefined);
    const complete = (entries: readonly Body[]) =>
      entries.map(entry => ({
        category: null,
        categoryGroup: null,
        retentionPolicy: { days: 0, enabled: false },
        ...entry,
      }));
    const unnamed = asksForGroups
      ? []
      : supported
          .filter(category => !listed.some(log => sameId(String(log['category']), category)))
          .map(category => ({ category, enabled: false }));
    const metrics = list(asked['metrics']).filter(isObject) as readonly Body[];
    return merge(sent, {
      properties: {
        logs: complete([...listed, ...unnamed]),
        metrics: complete(metrics.length === 0 ? [{ category: 'AllMetrics', enabled: false }] : metrics),
      },
    });
  },
};

/** Log categories by type (Microsoft Learn, "Supported resource logs"); types that are not named take any category. */
const categories: Readonly<Record<string, readonly string[]>> = {
  'microsoft.containerservice/managedclusters': [
    'kube-apiserver', 'kube-audit', 'kube-audit-admin', 'kube-controller-manager', 'kube-scheduler', 'cluster-autoscaler',
    'cloud-controller-manager', 'guard', 'csi-azuredisk-controller', 'csi-azurefile-controller', 'csi-snapshot-controller',
    'fleet-member-agent', 'fleet-member-net-controller-manager', 'fleet-mcs-controller-manager',
  ],
  'microsoft.keyvault/vaults': ['AuditEvent', 'AzurePolicyEvaluationDetails'],
  'microsoft.containerregistry/registries': ['ContainerRegistryRepositoryEvents', 'ContainerRegistryLoginEvents'],
}; // biome-ignore format: lists to read across

function categoriesOf(target: string): readonly string[] {
  return categories[typeOfScope(target).toLowerCase()] ?? [];
}

function judgeCategories({ sent, id }: PutCall): void {
  const supported = categoriesOf(scopeOf(id));
  if (supported.length === 0) return;
  for (const log of list(properties(sent)['logs'])) {
    const category = text(at(log)['category']);
    if (category === undefined || supported.some(one => sameId(one, category))) continue;
    throw new ArmError(
      400,
      'BadRequest',
      `Category '${category}' is not supported, supported ones are: ${supported.map(one => `'${one}'`).join(', ')}`,
    );
  }
}

function judgeSink({ context, sent, id }: PutCall): void {
  const workspace = text(properties(sent)['workspaceId']);
  if (workspace === undefined) return;
  const enabled = (body: Readonly<Body> | undefined) =>
    list(properties(body)['logs'])
      .map(log => at(log))
      .filter(log => log['enabled'] === true)
      .map(log => String(log['category'] ?? log['categoryGroup']).toLowerCase());
  const wanted = enabled(sent);
  const other = context.store
    .under(scopeOf(id))
    .find(
      one =>
        one.type === diagnosticSettings.type &&
        !sameId(one.id, id) &&
        sameId(String(properties(one.body)['workspaceId']), workspace) &&
        enabled(one.body).some(category => wanted.includes(category)),
    );
  if (other === undefined) return;
  throw new ArmError(
    409,
    'Conflict',
    `Data sink '${workspace}' is already used in diagnostic setting '${other.name}' for category '${enabled(other.body).find(category => wanted.includes(category))}'. Data sinks can't be reused in different settings on the same category for the same resource.`,
  );
}

/** Where Prometheus keeps metrics. It brings a managed group with an endpoint and a rule along. */
export const monitorAccounts: TypeBehaviour = {
  type: 'Microsoft.Monitor/accounts',
  longRunning: ['delete'],
  isTracked: true,
  fill: ({ sent, existing, id, name, subscription }) => {
    const location =
      text(sent['location'] ?? existing?.body['location'])
        ?.toLowerCase()
        .replaceAll(' ', '') ?? '';
    const managed = managedGroupId(subscription, name, location);
    const insights = `${managed}/providers/Microsoft.Insights`;
    return merge({ properties: { publicNetworkAccess: 'Enabled' } }, sent, {
      properties: {
        accountId: guidFrom(id),
        metrics: {
          prometheusQueryEndpoint: `https://${name}-${hashOf(id, 4)}.${location}.prometheus.monitor.azure.com`,
          internalId: `mac_${guidFrom(id)}`,
        },
        defaultIngestionSettings: {
          dataCollectionEndpointResourceId: `${insights}/dataCollectionEndpoints/${name}`,
          dataCollectionRuleResourceId: `${insights}/dataCollectionRules/${name}`,
        },
      },
    });
  },
  stored: (resource, { context, subscription, name, existing }) => {
    if (existing !== undefined) return;
    const location = String(resource.body['location']);
    const managed = managedGroupId(subscription, name, location);
    context.create(managed, { location, managedBy: resource.id });
    context.create(`${managed}/providers/Microsoft.Insights/dataCollectionEndpoints/${name}`, {
      location,
      properties: {},
    });
    context.create(`${managed}/providers/Microsoft.Insights/dataCollectionRules/${name}`, {
      location,
      properties: {
        dataFlows: [{ streams: ['Microsoft-PrometheusMetrics'], destinations: ['MonitoringAccount'] }],
        destinations: { monitoringAccounts: [{ accountResourceId: resource.id, name: 'MonitoringAccount' }] },
      },
    });
  },
  removed: ({ body, id, name }, context) => {
    const managed = context.store.get(managedGroupId(id.split('/')[2] ?? '', name, String(body['location'])));
    if (managed !== undefined) context.remove(managed);
  },
};

function managedGroupId(subscription: string, name: string, location: string): string {
  return groupId(subscription, `MA_${name}_${location}_managed`);
}

export const dataCollectionEndpoints: TypeBehaviour = {
  type: 'Microsoft.Insights/dataCollectionEndpoints',
  isTracked: true,
  createdStatus: 200,
  fill: ({ sent, existing, id, name }) => {
    const location =
      text(sent['location'] ?? existing?.body['location'])
        ?.toLowerCase()
        .replaceAll(' ', '') ?? '';
    const host = `${name}-${hashOf(id, 4)}.${location}-1`;
    return merge({ properties: { networkAcls: { publicNetworkAccess: 'Enabled' } } }, sent, {
      properties: {
        immutableId: `dce-${guidFrom(id).replaceAll('-', '')}`,
        configurationAccess: { endpoint: `https://${host}.handler.control.monitor.azure.com` },
        logsIngestion: { endpoint: `https://${host}.ingest.monitor.azure.com` },
        metricsIngestion: { endpoint: `https://${host}.metrics.ingest.monitor.azure.com` },
      },
    });
  },
};

function scopeOf(id: string): string {
  return id.slice(0, id.toLowerCase().lastIndexOf('/providers/'));
}

function named(id: unknown, action: string): Link[] {
  const found = text(id);
  return found === undefined ? [] : [{ id: found, action }];
}
