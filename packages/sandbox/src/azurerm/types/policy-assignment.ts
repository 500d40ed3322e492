import { asObject, canonicalJson, parseJson } from '@suite/foundation';
import { ArmError } from '../arm/client.ts';
import { blocks, type Field, flag, identity, list, text } from './fields.ts';
import { at, block, text as textOf } from './shape.ts';
import { tableResource } from './table-resource.ts';

/** A text of JSON in Terraform, an object in Azure. */
function jsonText(property: string): Field {
  return {
    write: (body, value) => {
      const { [property]: before, ...properties } = asObject(body['properties']);
      const given = typeof value === 'string' && value !== '' ? parseJson(value) : undefined;
      const isGone = before !== undefined && given === undefined;
      body['properties'] = given === undefined && !isGone ? properties : { ...properties, [property]: given ?? {} };
    },
    read: body => {
      const found = at(body, 'properties', property);
      return found == null || Object.keys(Object(found)).length === 0 ? '' : canonicalJson(found);
    },
  };
}

/** Azure tells whether it makes the policy hold in words. */
const enforce = flag('properties.enforcementMode', { words: ['Default', 'DoNotEnforce'] });

const selectors = blocks('selectors', { kind: text('kind'), in: list('in'), not_in: list('notIn') });

export const resourceGroupPolicyAssignment = tableResource({
  type: 'azurerm_resource_group_policy_assignment',
  kind: {
    label: 'Scoped Policy Assignment',
    namespace: 'Microsoft.Authorization',
    isScoped: true,
    segments: [['policyAssignments', 'Policy Assignment Name']],
  },
  apiVersion: '2022-06-01',
  scope: 'resource_group_id',
  fields: {
    policy_definition_id: text('properties.policyDefinitionId'),
    display_name: text('properties.displayName'),
    description: text('properties.description'),
    enforce,
    parameters: jsonText('parameters'),
    metadata: jsonText('metadata'),
    not_scopes: list('properties.notScopes', { sendEmpty: true }),
    identity,
    non_compliance_message: blocks('properties.nonComplianceMessages', {
      content: text('message'),
      policy_definition_reference_id: text('policyDefinitionReferenceId'),
    }),
    overrides: blocks(
      'properties.overrides',
      { value: text('value'), selectors },
      { constant: { kind: 'policyEffect' } },
    ),
    resource_selectors: blocks('properties.resourceSelectors', { name: text('name'), selectors }),
  },
  complete: (body, planned) => {
    if (block(planned, 'identity') !== undefined && textOf(planned, 'location') === undefined) {
      throw new ArmError('`location` must be set when `identity` is assigned');
    }
    return body;
  },
});
