import { json, type WorldResponse } from '../../../network/http.ts';
import type { RegistrationState } from '../conditions.ts';
import { ArmError, refusals } from '../errors.ts';
import { sameId } from '../ids.ts';
import type { ArmContext } from '../type.ts';
import type { EndpointCall } from './endpoint.ts';

/** Namespaces, with the kinds of resource that a platform makes in them. */
const resourceTypes: Readonly<Record<string, readonly string[]>> = {
  'Microsoft.AlertsManagement': ['actionRules', 'prometheusRuleGroups'],
  'Microsoft.Authorization': ['locks', 'policyAssignments', 'roleAssignments', 'roleDefinitions'],
  'Microsoft.Cache': ['redisEnterprise'],
  'Microsoft.Compute': ['diskEncryptionSets', 'disks', 'virtualMachines', 'virtualMachineScaleSets'],
  'Microsoft.Consumption': ['budgets'],
  'Microsoft.ContainerRegistry': ['registries', 'registries/replications'],
  'Microsoft.ContainerService': ['managedClusters', 'managedClusters/agentPools'],
  'Microsoft.DataProtection': ['backupVaults'],
  'Microsoft.DBforPostgreSQL': ['flexibleServers'],
  'Microsoft.Features': ['features'],
  'Microsoft.Insights': ['actionGroups', 'dataCollectionEndpoints', 'dataCollectionRules', 'diagnosticSettings', 'metricAlerts'],
  'Microsoft.KeyVault': ['vaults'],
  'Microsoft.KubernetesConfiguration': ['extensions', 'fluxConfigurations'],
  'Microsoft.ManagedIdentity': ['userAssignedIdentities'],
  'Microsoft.Monitor': ['accounts'],
  'Microsoft.Network': [
    'applicationGatewayWebApplicationFirewallPolicies', 'bastionHosts', 'dnsZones', 'natGateways', 'networkSecurityGroups',
    'privateDnsZones', 'privateEndpoints', 'publicIPAddresses', 'routeTables', 'virtualNetworks',
  ],
  'Microsoft.NetworkFunction': ['azureTrafficCollectors'],
  'Microsoft.OperationalInsights': ['workspaces'],
  'Microsoft.OperationsManagement': ['solutions'],
  'Microsoft.PolicyInsights': ['policyStates'],
  'Microsoft.Resources': ['deployments', 'resourceGroups'],
  'Microsoft.Security': ['pricings'],
  'Microsoft.ServiceNetworking': ['trafficControllers', 'trafficControllers/associations', 'trafficControllers/frontends', 'trafficControllers/securityPolicies'],
  'Microsoft.Storage': ['storageAccounts'],
}; // biome-ignore format: a table to read across

const always = new Set([
  'microsoft.authorization',
  'microsoft.consumption',
  'microsoft.features',
  'microsoft.resources',
]);

/** `Microsoft.Features`: what has to be asked for before it can be used. */
export const featureEndpoint = ({ context, request, subscription, path, demand, id }: EndpointCall): WorldResponse => {
  const [name = ''] = path.names;
  const key = `${subscription}/${path.namespace}/${name}`.toLowerCase();
  if (request.method === 'POST') {
    demand('Microsoft.Features/providers/features/register/action');
    register(context, context.conditions.features, key, id);
  } else {
    demand('Microsoft.Features/providers/features/read');
  }
  const state = context.conditions.features.get(key) ?? (sameId(name, 'EncryptionAtHost') ? 'Registered' : undefined);
  if (state === undefined) {
    throw new ArmError(404, 'FeatureNotFound', `The feature '${name}' could not be found.`);
  }
  return json(200, {
    id: `/subscriptions/${subscription}/providers/Microsoft.Features/providers/${path.namespace}/features/${name}`,
    type: 'Microsoft.Features/providers/features',
    name: `${path.namespace}/${name}`,
    properties: { state },
  });
};

export function listProviders(context: ArmContext, subscription: string): WorldResponse {
  return json(200, {
    value: Object.keys(resourceTypes).map(namespace => showProvider(context, subscription, namespace)),
  });
}

/** GET of a namespace, POST of `register`. */
export function answerProviderRegistration({
  context,
  request,
  subscription,
  path,
  demand,
  id,
}: EndpointCall): WorldResponse | undefined {
  const namespace = Object.keys(resourceTypes).find(one => sameId(one, path.namespace));
  if (namespace === undefined) {
    throw new ArmError(404, 'InvalidResourceNamespace', `The resource namespace '${path.namespace}' is invalid.`);
  }
  const [verb] = path.types;
  if (verb === undefined && request.method === 'GET') {
    demand('Microsoft.Resources/subscriptions/providers/read');
    return json(200, showProvider(context, subscription, namespace));
  }
  if (request.method !== 'POST' || verb === undefined || !sameId(verb, 'register'))
    throw refusals.noOperation(request.method, id);
  demand(`${namespace}/register/action`);
  register(context, context.conditions.providers, `${subscription}/${namespace}`.toLowerCase(), id);
  return json(200, showProvider(context, subscription, namespace));
}

/** Takes a while; what is registered already stays so. */
function register(context: ArmContext, states: Map<string, RegistrationState>, key: string, id: string): void {
  if (states.get(key) !== 'NotRegistered') return;
  states.set(key, 'Registering');
  context.operations.start({ kind: 'put', type: 'Microsoft.Resources/providers', id }, succeeded => {
    states.set(key, succeeded ? 'Registered' : 'NotRegistered');
  });
}

function stateOf({ conditions }: ArmContext, subscription: string, namespace: string): RegistrationState {
  return conditions.providers.get(`${subscription}/${namespace}`.toLowerCase()) ?? 'Registered';
}

/** Nothing is made in a namespace that the subscription is not registered for. */
export function demandRegistration(context: ArmContext, subscription: string, namespace: string): void {
  if (stateOf(context, subscription, namespace) !== 'NotRegistered') return;
  throw new ArmError(
    409,
    'MissingSubscriptionRegistration',
    `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`,
  );
}

function showProvider(context: ArmContext, subscription: string, namespace: string): object {
  return {
    id: `/subscriptions/${subscription}/providers/${namespace}`,
    namespace,
    registrationPolicy: always.has(namespace.toLowerCase()) ? 'RegistrationFree' : 'RegistrationRequired',
    registrationState: stateOf(context, subscription, namespace),
    resourceTypes: (resourceTypes[namespace] ?? []).map(resourceType => ({
      resourceType,
      // Of types the regions are named as people read them.
      locations: context.locations
        .filter(
          location => !context.conditions.missingTypes.has(`${location}/${namespace}/${resourceType}`.toLowerCase()),
        )
        .map(location => locationNames[location] ?? location),
      apiVersions: ['2025-01-01'],
      capabilities: 'CrossResourceGroupResourceMove, SupportsTags, SupportsLocation',
    })),
  };
}

const locationNames: Readonly<Record<string, string>> = {
  westeurope: 'West Europe',
  northeurope: 'North Europe',
  germanywestcentral: 'Germany West Central',
  swedencentral: 'Sweden Central',
  uksouth: 'UK South',
  eastus: 'East US',
  westus2: 'West US 2',
};
