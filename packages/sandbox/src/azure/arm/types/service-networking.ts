import { at, list, merge, properties, text } from '../body.ts';
import { ArmError } from '../errors.ts';
import { parentIdOf, sameId } from '../ids.ts';
import type { Resource } from '../store.ts';
import type { PutCall, TypeBehaviour } from '../type.ts';
import { parseCidr } from './cidr.ts';
import { hashOf, numberOf } from './hash.ts';
import { link, prefixesOf } from './network.ts';

/** Application Gateway for Containers. */
const base = 'Microsoft.ServiceNetworking/trafficControllers';
const leastAddresses = 250;
const sixteen = 16;

export const trafficControllers: TypeBehaviour = {
  type: base,
  longRunning: ['put', 'delete'],
  isTracked: true,
  fill: ({ sent, id }) =>
    merge(sent, { properties: { configurationEndpoints: [`${hashOf(id, sixteen)}.trafficcontroller.azure.com`] } }),
  view: ({ id, body }, { store }) => {
    const children = (type: string) => store.children(id, type).map(child => ({ id: child.id }));
    return merge(body, {
      properties: {
        frontends: children('frontends'),
        associations: children('associations'),
        securityPolicies: children('securityPolicies'),
      },
    });
  },
};

export const frontends: TypeBehaviour = {
  type: `${base}/frontends`,
  longRunning: ['put', 'delete'],
  isTracked: true,
  fill: ({ sent, id }) => {
    const cell = String(numberOf(id, 100)).padStart(2, '0');
    return merge(sent, { properties: { fqdn: `${hashOf(id, sixteen)}.fz${cell}.alb.azure.com` } });
  },
};

export const associations: TypeBehaviour = {
  type: `${base}/associations`,
  longRunning: ['put', 'delete'],
  isTracked: true,
  links: sent => link(properties(sent)['subnet'], 'Microsoft.Network/virtualNetworks/subnets/join/action'),
  check: call => {
    const subnet = call.context.store.get(text(at(call.sent, 'properties', 'subnet')['id']) ?? '');
    if (subnet === undefined) throw new ArmError(400, 'SubnetNotFound', 'An association needs a subnet.');
    checkDelegation(subnet);
    checkSize(subnet, call);
    checkFree(subnet, call);
  },
};

export const securityPolicies: TypeBehaviour = {
  type: `${base}/securityPolicies`,
  longRunning: ['put', 'delete'],
  isTracked: true,
  links: sent =>
    link(
      properties(sent)['wafPolicy'],
      'Microsoft.Network/applicationGatewayWebApplicationFirewallPolicies/join/action',
    ),
  fill: ({ sent }) => merge(sent, { properties: { policyType: 'waf' } }),
};

function checkDelegation(subnet: Resource): void {
  const isDelegated = list(properties(subnet.body)['delegations']).some(delegation =>
    sameId(text(at(delegation, 'properties')['serviceName']) ?? '', base),
  );
  if (isDelegated) return;
  throw new ArmError(
    400,
    'AppGwForContainersAssociationSubnetNotDelegatedToTrafficController',
    `Subnet ${subnet.id} must be delegated to ${base} to be used by an association.`,
  );
}

/** Microsoft Learn, "Application Gateway for Containers components": at least 250 free addresses for each association. */
function checkSize(subnet: Resource, { id }: PutCall): void {
  const sizes = prefixesOf(properties(subnet.body)).map(prefix => {
    const range = parseCidr(prefix);
    return range === undefined ? 0 : range.last - range.first + 1;
  });
  if (Math.max(0, ...sizes) >= leastAddresses) return;
  throw new ArmError(
    400,
    'AppGwForContainersSubnetAssociationNotEnoughIPv4AddressesInSubnet',
    `At least ${leastAddresses} addresses are required to create Association ${id} in subnet ${subnet.id}.`,
  );
}

/** One association for a load balancer, and one for a subnet. */
function checkFree(subnet: Resource, { id, context }: PutCall): void {
  const others = context.store.all().filter(({ type, id: other }) => type === associations.type && !sameId(other, id));
  const sibling = others.find(other => sameId(parentIdOf(other.id) ?? '', parentIdOf(id) ?? ''));
  const neighbour = others.find(other => sameId(text(at(other.body, 'properties', 'subnet')['id']) ?? '', subnet.id));
  const taken = sibling ?? neighbour;
  if (taken === undefined) return;
  throw new ArmError(
    409,
    'AppGwForContainersAssociationConflict',
    sibling === undefined
      ? `Subnet ${subnet.id} is already used by association ${taken.id}.`
      : `Only one association is allowed: ${parentIdOf(id)} has association ${taken.id}.`,
  );
}
