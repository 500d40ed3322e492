import { asObject, type JsonObject } from '@suite/foundation';
import { ArmError } from '../../arm/client.ts';
import type { ObjectValue, Value } from '../../schema/values.ts';
import {
  at,
  block,
  countAt,
  flag,
  flagAt,
  idsAt,
  positive,
  references,
  someTexts,
  text,
  textAt,
  texts,
  textsAt,
} from '../shape.ts';

export function networkProfileToArm(network: ObjectValue | undefined, existing: JsonObject): JsonObject | undefined {
  if (network === undefined) return undefined;
  checkNetwork(network);
  const outbound = text(network, 'outbound_type');
  const advanced = block(network, 'advanced_networking');
  const balancer = block(network, 'load_balancer_profile');
  const gateway = block(network, 'nat_gateway_profile');
  const usesNat = outbound === 'managedNATGateway' || outbound === 'userAssignedNATGateway';
  return {
    ...existing,
    networkPlugin: text(network, 'network_plugin'),
    networkPluginMode: text(network, 'network_plugin_mode'),
    networkMode: text(network, 'network_mode'),
    networkPolicy: text(network, 'network_policy'),
    networkDataplane: text(network, 'network_data_plane'),
    loadBalancerSku: text(network, 'load_balancer_sku'),
    outboundType: outbound,
    dnsServiceIP: text(network, 'dns_service_ip'),
    podCidr: text(network, 'pod_cidr'),
    podCidrs: someTexts(network, 'pod_cidrs'),
    serviceCidr: text(network, 'service_cidr'),
    serviceCidrs: someTexts(network, 'service_cidrs'),
    ipFamilies: someTexts(network, 'ip_versions'),
    advancedNetworking: {
      enabled: advanced !== undefined,
      observability: { enabled: flag(advanced, 'observability_enabled') },
      security: { enabled: flag(advanced, 'security_enabled') },
    },
    loadBalancerProfile:
      outbound === 'loadBalancer' && balancer !== undefined
        ? balancerToArm(balancer, asObject(existing['loadBalancerProfile']))
        : undefined,
    natGatewayProfile: usesNat && gateway !== undefined ? gatewayToArm(gateway) : undefined,
  };
}

export function networkProfileFromArm(properties: JsonObject): Value {
  const profile = properties['networkProfile'];
  if (profile === undefined || profile === null) return [];
  const balancer = at(profile, 'loadBalancerProfile');
  const gateway = at(profile, 'natGatewayProfile');
  const policy = textAt(profile, 'networkPolicy');
  return [
    {
      network_plugin: textAt(profile, 'networkPlugin'),
      network_plugin_mode: textAt(profile, 'networkPluginMode').toLowerCase() === 'overlay' ? 'overlay' : '',
      network_mode: textAt(profile, 'networkMode'),
      network_policy: policy === 'none' ? '' : policy,
      network_data_plane: textAt(profile, 'networkDataplane') || 'azure',
      load_balancer_sku: textAt(profile, 'loadBalancerSku').toLowerCase() || 'standard',
      outbound_type: textAt(profile, 'outboundType'),
      dns_service_ip: textAt(profile, 'dnsServiceIP'),
      pod_cidr: textAt(profile, 'podCidr'),
      pod_cidrs: textsAt(profile, 'podCidrs'),
      service_cidr: textAt(profile, 'serviceCidr'),
      service_cidrs: textsAt(profile, 'serviceCidrs'),
      ip_versions: textsAt(profile, 'ipFamilies'),
      advanced_networking: flagAt(profile, 'advancedNetworking', 'enabled')
        ? [
            {
              observability_enabled: flagAt(profile, 'advancedNetworking', 'observability', 'enabled'),
              security_enabled: flagAt(profile, 'advancedNetworking', 'security', 'enabled'),
            },
          ]
        : [],
      load_balancer_profile:
        balancer === undefined || balancer === null
          ? []
          : [
              {
                backend_pool_type: backendPoolType(textAt(balancer, 'backendPoolType')),
                effective_outbound_ips: idsAt(balancer, 'effectiveOutboundIPs'),
                idle_timeout_in_minutes: countAt(balancer, 'idleTimeoutInMinutes'),
                managed_outbound_ip_count: countAt(balancer, 'managedOutboundIPs', 'count'),
                managed_outbound_ipv6_count: countAt(balancer, 'managedOutboundIPs', 'countIPv6'),
                outbound_ip_address_ids: idsAt(balancer, 'outboundIPs', 'publicIPs'),
                outbound_ip_prefix_ids: idsAt(balancer, 'outboundIPPrefixes', 'publicIPPrefixes'),
                outbound_ports_allocated: countAt(balancer, 'allocatedOutboundPorts'),
              },
            ],
      nat_gateway_profile:
        gateway === undefined || gateway === null
          ? []
          : [
              {
                effective_outbound_ips: idsAt(gateway, 'effectiveOutboundIPs'),
                idle_timeout_in_minutes: countAt(gateway, 'idleTimeoutInMinutes'),
                managed_outbound_ip_count: countAt(gateway, 'managedOutboundIPProfile', 'count'),
              },
            ],
    },
  ];
}

/** Azure gives the value back in another case than azurerm knows it. */
function backendPoolType(value: string): string {
  return ['NodeIPConfiguration', 'NodeIP'].find(known => known.toLowerCase() === value.toLowerCase()) ?? value;
}

function balancerToArm(balancer: ObjectValue, existing: JsonObject): JsonObject {
  const addresses = texts(balancer, 'outbound_ip_address_ids');
  const prefixes = texts(balancer, 'outbound_ip_prefix_ids');
  const managed = {
    count: positive(balancer, 'managed_outbound_ip_count'),
    countIPv6: positive(balancer, 'managed_outbound_ipv6_count'),
  };
  // Azure takes exactly one of the three kinds.
  const source =
    addresses.length > 0
      ? { outboundIPs: { publicIPs: references(addresses) } }
      : prefixes.length > 0
        ? { outboundIPPrefixes: { publicIPPrefixes: references(prefixes) } }
        : managed.count !== undefined || managed.countIPv6 !== undefined
          ? { managedOutboundIPs: managed }
          : { managedOutboundIPs: existing['managedOutboundIPs'] };
  return {
    idleTimeoutInMinutes: positive(balancer, 'idle_timeout_in_minutes'),
    allocatedOutboundPorts: positive(balancer, 'outbound_ports_allocated') ?? 0,
    backendPoolType: text(balancer, 'backend_pool_type'),
    effectiveOutboundIPs: existing['effectiveOutboundIPs'],
    ...source,
  };
}

function gatewayToArm(gateway: ObjectValue): JsonObject {
  const amount = positive(gateway, 'managed_outbound_ip_count');
  return {
    idleTimeoutInMinutes: positive(gateway, 'idle_timeout_in_minutes'),
    ...(amount === undefined ? {} : { managedOutboundIPProfile: { count: amount } }),
  };
}

function checkNetwork(network: ObjectValue): void {
  const hasServiceCidr = text(network, 'service_cidr') !== undefined || texts(network, 'service_cidrs').length > 0;
  const hasDns = text(network, 'dns_service_ip') !== undefined;
  if (
    text(network, 'pod_cidr') !== undefined &&
    network['network_plugin'] === 'azure' &&
    network['network_plugin_mode'] !== 'overlay'
  ) {
    throw new ArmError(
      '`pod_cidr` and `azure` cannot be set together unless specifying `network_plugin_mode` to `overlay`',
    );
  }
  if (hasDns !== hasServiceCidr) {
    throw new ArmError('`dns_service_ip` and `service_cidr` should all be empty or both should be set');
  }
}
