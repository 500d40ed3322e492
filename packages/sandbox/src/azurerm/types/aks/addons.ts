import { asObject, type JsonObject } from '@suite/foundation';
import type { ObjectValue, Value } from '../../schema/values.ts';
import { changes } from '../changes.ts';
import { at, block, flag, flagAt, text, textAt } from '../shape.ts';

/** Arguments that Azure knows as add-ons. */
export const addonArguments = [
  'aci_connector_linux',
  'azure_policy_enabled',
  'confidential_computing',
  'http_application_routing_enabled',
  'ingress_application_gateway',
  'key_vault_secrets_provider',
  'oms_agent',
  'open_service_mesh_enabled',
] as const;

type Addon = JsonObject;
const disabled: Addon = { enabled: false };

/** Add-ons that were never used are not mentioned; those that are taken away are switched off. */
export function addonsToArm(planned: ObjectValue, prior: ObjectValue | undefined): JsonObject {
  const fromBlock = (argument: string, config: (block: ObjectValue) => JsonObject): Addon | undefined => {
    const found = block(planned, argument);
    if (found !== undefined) return { enabled: true, config: config(found) };
    return changes(prior, planned, argument) ? disabled : undefined;
  };
  const fromFlag = (argument: string): Addon | undefined =>
    flag(planned, argument) || changes(prior, planned, argument) ? { enabled: flag(planned, argument) } : undefined;

  return {
    azurepolicy: { enabled: flag(planned, 'azure_policy_enabled'), config: { version: 'v2' } },
    httpApplicationRouting: fromFlag('http_application_routing_enabled'),
    openServiceMesh: fromFlag('open_service_mesh_enabled'),
    omsagent: fromBlock('oms_agent', agent => ({
      logAnalyticsWorkspaceResourceID: text(agent, 'log_analytics_workspace_id'),
      useAADAuth: String(flag(agent, 'msi_auth_for_monitoring_enabled')),
    })),
    aciConnectorLinux: fromBlock('aci_connector_linux', connector => ({ SubnetName: text(connector, 'subnet_name') })),
    ACCSGXDevicePlugin: fromBlock('confidential_computing', computing => ({
      ACCSGXQuoteHelperEnabled: String(flag(computing, 'sgx_quote_helper_enabled')),
    })),
    ingressApplicationGateway: fromBlock('ingress_application_gateway', gateway => ({
      applicationGatewayId: text(gateway, 'gateway_id'),
      applicationGatewayName: text(gateway, 'gateway_name'),
      subnetCIDR: text(gateway, 'subnet_cidr'),
      subnetId: text(gateway, 'subnet_id'),
    })),
    azureKeyvaultSecretsProvider: fromBlock('key_vault_secrets_provider', provider => ({
      enableSecretRotation: String(flag(provider, 'secret_rotation_enabled')),
      rotationPollInterval: text(provider, 'secret_rotation_interval'),
    })),
  };
}

export function addonsFromArm(properties: JsonObject): { readonly [argument: string]: Value } {
  const profiles = asObject(properties['addonProfiles']);
  // Azure gives the names back in another case than it got them.
  const addon = (name: string): unknown =>
    Object.entries(profiles).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  const setting = (found: unknown, name: string): string => {
    const entry = Object.entries(asObject(at(found, 'config'))).find(
      ([key]) => key.toLowerCase() === name.toLowerCase(),
    );
    return typeof entry?.[1] === 'string' ? entry[1] : '';
  };
  const asBlock = (name: string, read: (found: unknown) => ObjectValue): Value => {
    const found = addon(name);
    return flagAt(found, 'enabled') ? [read(found)] : [];
  };

  return {
    azure_policy_enabled: flagAt(addon('azurepolicy'), 'enabled'),
    http_application_routing_enabled: flagAt(addon('httpApplicationRouting'), 'enabled'),
    http_application_routing_zone_name: setting(addon('httpApplicationRouting'), 'HTTPApplicationRoutingZoneName'),
    open_service_mesh_enabled: flagAt(addon('openServiceMesh'), 'enabled'),
    oms_agent: asBlock('omsagent', found => ({
      log_analytics_workspace_id: setting(found, 'logAnalyticsWorkspaceResourceID'),
      msi_auth_for_monitoring_enabled: setting(found, 'useAADAuth') === 'true',
      oms_agent_identity: addonIdentity(found),
    })),
    aci_connector_linux: asBlock('aciConnectorLinux', found => ({
      subnet_name: setting(found, 'SubnetName'),
      connector_identity: addonIdentity(found),
    })),
    confidential_computing: asBlock('ACCSGXDevicePlugin', found => ({
      sgx_quote_helper_enabled: setting(found, 'ACCSGXQuoteHelperEnabled') === 'true',
    })),
    ingress_application_gateway: asBlock('ingressApplicationGateway', found => ({
      gateway_id: setting(found, 'applicationGatewayId'),
      gateway_name: setting(found, 'applicationGatewayName'),
      effective_gateway_id: setting(found, 'effectiveApplicationGatewayId'),
      subnet_cidr: setting(found, 'subnetCIDR'),
      subnet_id: setting(found, 'subnetId'),
      ingress_application_gateway_identity: addonIdentity(found),
    })),
    key_vault_secrets_provider: asBlock('azureKeyvaultSecretsProvider', found => ({
      secret_rotation_enabled: setting(found, 'enableSecretRotation') !== 'false',
      secret_rotation_interval: setting(found, 'rotationPollInterval'),
      secret_identity: addonIdentity(found),
    })),
  };
}

export function addonIdentity(found: unknown): Value {
  const identity = at(found, 'identity');
  if (identity === undefined || identity === null) return [];
  return [
    {
      client_id: textAt(identity, 'clientId'),
      object_id: textAt(identity, 'objectId'),
      user_assigned_identity_id: textAt(identity, 'resourceId'),
    },
  ];
}
