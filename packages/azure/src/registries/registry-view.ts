import { asArray, asObject, asString } from '@suite/foundation';

/** What promotion has to know of a registry, as its resource says. */
export interface RegistryView {
  readonly id: string;
  readonly name: string;
  /** `acrshop.azurecr.io`; registries with a domain name label have more in it than their name. */
  readonly loginServer: string;
  readonly location: string;
  /** `Basic`, `Standard` or `Premium`; networks, data endpoints and private endpoints are Premium's. */
  readonly sku: string;
  /** `Succeeded` when it is ready. */
  readonly state: string;
  readonly network: RegistryNetwork;
  /** Where downloads are handed on to, when it has dedicated data endpoints. */
  readonly dataHosts: readonly string[];
  /** `repositories`: "RBAC Registry + ABAC Repository Permissions", where AcrPull and AcrPush mean nothing. */
  readonly permissions: 'registry' | 'repositories';
  /** Whether it takes tokens that Entra made for the resource manager (policy `azureADAuthenticationAsArmPolicy`). */
  readonly takesArmTokens: boolean;
}

export interface RegistryNetwork {
  /** False when only private endpoints lead to it (`publicNetworkAccess`). */
  readonly isPublic: boolean;
  /** Whether addresses that no rule names get in. */
  readonly isOpen: boolean;
  /** Addresses and ranges that rules let in. */
  readonly allowed: readonly string[];
  /** Whether trusted services of Azure, imports among them, pass all this (`networkRuleBypassOptions`). */
  readonly trustsServices: boolean;
}

/** Shapes: Azure/azure-rest-api-specs, Microsoft.ContainerRegistry 2025-11-01. Undefined for what is no registry. */
export function readRegistry(body: unknown): RegistryView | undefined {
  const registry = asObject(body);
  const properties = asObject(registry['properties']);
  const [id, name, loginServer] = [registry['id'], registry['name'], properties['loginServer']].map(asString);
  if (id === undefined || name === undefined || loginServer === undefined) return undefined;
  const policy = asObject(asObject(properties['policies'])['azureADAuthenticationAsArmPolicy']);
  return {
    id,
    name,
    loginServer: loginServer.toLowerCase(),
    location: asString(registry['location']) ?? '',
    sku: asString(asObject(registry['sku'])['name']) ?? '',
    state: asString(properties['provisioningState']) ?? '',
    network: readNetwork(properties),
    dataHosts: properties['dataEndpointEnabled'] === true ? texts(properties['dataEndpointHostNames']) : [],
    permissions: properties['roleAssignmentMode'] === 'AbacRepositoryPermissions' ? 'repositories' : 'registry',
    takesArmTokens: policy['status'] !== 'disabled',
  };
}

function readNetwork(properties: Readonly<Record<string, unknown>>): RegistryNetwork {
  // Only Premium has rules; without any, everybody gets in.
  const rules = asObject(properties['networkRuleSet']);
  return {
    isPublic: properties['publicNetworkAccess'] !== 'Disabled',
    isOpen: rules['defaultAction'] !== 'Deny',
    allowed: asArray(rules['ipRules']).flatMap(rule => asString(asObject(rule)['value']) ?? []),
    trustsServices: properties['networkRuleBypassOptions'] !== 'None',
  };
}

function texts(value: unknown): string[] {
  return asArray(value).flatMap(one => asString(one) ?? []);
}
