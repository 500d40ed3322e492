import { isObject } from '@suite/foundation';
import { isWithin } from '../access.ts';
import { type Body, text } from './body.ts';
import type { PolicyDenial } from './conditions.ts';
import { ArmError } from './errors.ts';
import { sameId } from './ids.ts';
import type { ArmContext } from './type.ts';

/** Refuses a PUT that a policy denies. */
export function demandPolicies({ conditions }: ArmContext, id: string, type: string, body: Readonly<Body>): void {
  const denial = conditions.denials.find(
    one => isWithin(id, one.scope) && looksAt(one, type) && violations(one, body).length > 0,
  );
  if (denial === undefined) return;
  const ids = policyInfo(denial);
  const identifiers = [
    {
      policyAssignment: { name: denial.displayName, id: ids.policyAssignmentId },
      policyDefinition: { name: denial.displayName, id: ids.policyDefinitionId },
    },
  ];
  throw new ArmError(
    403,
    'RequestDisallowedByPolicy',
    `Resource '${id.slice(id.lastIndexOf('/') + 1)}' was disallowed by policy. Policy identifiers: '${JSON.stringify(identifiers)}'.`,
  );
}

export function looksAt({ types }: PolicyDenial, type: string): boolean {
  return types === undefined || types.some(one => sameId(one, type));
}

export interface Violation {
  readonly field: string;
  readonly operator: 'NotIn' | 'Exists';
  readonly value: unknown;
  readonly target: unknown;
}

export function violations({ locations, requiredTags = [] }: PolicyDenial, body: Readonly<Body>): readonly Violation[] {
  const location = text(body['location'])?.toLowerCase().replaceAll(' ', '');
  const tags = isObject(body['tags']) ? body['tags'] : {};
  const isElsewhere =
    locations !== undefined && location !== undefined && location !== 'global' && !locations.includes(location);
  // A policy that names no condition denies the type as such.
  const isPlain = locations === undefined && requiredTags.length === 0;
  return [
    ...(isElsewhere ? [{ field: 'location', operator: 'NotIn' as const, value: location, target: locations }] : []),
    ...requiredTags
      .filter(tag => !(tag in tags))
      .map(tag => ({ field: `tags[${tag}]`, operator: 'Exists' as const, value: undefined, target: 'true' })),
    ...(isPlain ? [{ field: 'type', operator: 'NotIn' as const, value: body['type'], target: [] }] : []),
  ];
}

export function policyInfo({ scope, assignment, definition }: PolicyDenial): {
  readonly policyDefinitionId: string;
  readonly policyAssignmentId: string;
} {
  return {
    policyDefinitionId: `/providers/Microsoft.Authorization/policyDefinitions/${definition}`,
    policyAssignmentId: `${scope}/providers/Microsoft.Authorization/policyAssignments/${assignment}`,
  };
}
