import { asObject, type JsonObject } from '@suite/foundation';
import { ArmError } from '../arm/client.ts';
import { describeId, type IdKind } from '../arm/ids.ts';
import { normaliseLocation } from '../schema/plan.ts';
import type { ObjectValue } from '../schema/values.ts';
import { computed, reference, text } from './fields.ts';
import { doing } from './messages.ts';
import type { Azure } from './resource-type.ts';
import { textAt, textMap, textsAt } from './shape.ts';
import { tableResource } from './table-resource.ts';

/** Application Gateway for Containers, as Azure's name is now. */
const apiVersion = '2025-01-01';
const namespace = 'Microsoft.ServiceNetworking';
const operation = 'CreateOrUpdate';

const balancerKind: IdKind = {
  label: 'Traffic Controller',
  namespace,
  segments: [['trafficControllers', 'Traffic Controller Name']],
};
const parent = { argument: 'application_load_balancer_id', kind: balancerKind };

export const applicationLoadBalancer = tableResource({
  type: 'azurerm_application_load_balancer',
  kind: balancerKind,
  apiVersion,
  operation,
  fields: {
    primary_configuration_endpoint: {
      read: body => textsAt(body, 'properties', 'configurationEndpoints')[0] ?? '',
    },
  },
});

export const applicationLoadBalancerFrontend = tableResource({
  type: 'azurerm_application_load_balancer_frontend',
  kind: childKind('Frontend', 'frontends'),
  apiVersion,
  operation,
  parent,
  prepare: inParentLocation,
  fields: { fully_qualified_domain_name: computed(text('properties.fqdn')) },
});

export const applicationLoadBalancerSubnetAssociation = tableResource({
  type: 'azurerm_application_load_balancer_subnet_association',
  kind: childKind('Association', 'associations'),
  apiVersion,
  operation,
  parent,
  prepare: inParentLocation,
  fields: { subnet_id: reference('properties.subnet') },
  complete: (body, planned, existing) =>
    // azurerm takes a new subnet for a change in place, and then writes the tags alone.
    existing === undefined
      ? { ...body, properties: { ...asObject(body['properties']), associationType: 'subnets' } }
      : { ...existing, tags: textMap(planned, 'tags') },
});

export const applicationLoadBalancerSecurityPolicy = tableResource({
  type: 'azurerm_application_load_balancer_security_policy',
  kind: childKind('Security Policy', 'securityPolicies'),
  apiVersion,
  operation,
  parent,
  fields: { web_application_firewall_policy_id: reference('properties.wafPolicy') },
});

function childKind(label: string, segment: string): IdKind {
  return { label, namespace, segments: [...balancerKind.segments, [segment, `${label} Name`]] };
}

async function inParentLocation(azure: Azure, planned: ObjectValue, body: JsonObject): Promise<JsonObject> {
  const id = String(planned[parent.argument]);
  const what = describeId(balancerKind, id);
  const balancer = await doing(`retrieving ${what}`, () => azure.arm.get(id, apiVersion));
  if (balancer === undefined) throw new ArmError(`retrieving ${what}: it was not found`);
  return { ...body, location: normaliseLocation(textAt(balancer, 'location')) };
}
