import { json } from '../../../network/http.ts';
import { isWithin } from '../../access.ts';
import { at, type Body, text } from '../body.ts';
import type { PolicyDenial } from '../conditions.ts';
import { looksAt, policyInfo, violations } from '../policies.ts';
import { readBody } from '../resources.ts';
import type { Endpoints } from './endpoint.ts';

/** `checkPolicyRestrictions` (REST reference, policyinsights 2023-03-01): what policies would say of a resource. */
export const policyEndpoints: Endpoints = {
  'Microsoft.PolicyInsights/checkPolicyRestrictions': async ({ context, request, demand, scope }) => {
    demand('Microsoft.PolicyInsights/checkPolicyRestrictions/read', scope);
    const sent = await readBody(request);
    const content = at(sent, 'resourceDetails', 'resourceContent');
    const type = text(content['type']) ?? '';
    const mine = context.conditions.denials.filter(one => isWithin(scope, one.scope) && looksAt(one, type));
    return json(200, {
      fieldRestrictions: mine.flatMap(denial => fieldRestrictions(denial)),
      contentEvaluationResult: {
        policyEvaluations: mine.flatMap(denial => evaluate(denial, content)),
      },
    });
  },
};

function evaluate(denial: PolicyDenial, content: Readonly<Body>): readonly object[] {
  const found = violations(denial, content);
  if (found.length === 0) return [];
  return [
    {
      policyInfo: policyInfo(denial),
      evaluationResult: 'NonCompliant',
      evaluationDetails: {
        evaluatedExpressions: found.map(({ field, operator, value, target }) => ({
          result: 'True',
          expressionKind: 'field',
          expression: field,
          path: field,
          ...(value === undefined ? {} : { expressionValue: value }),
          targetValue: target,
          operator,
        })),
        reason: denial.displayName,
      },
      effectDetails: { policyEffect: 'Deny' },
    },
  ];
}

/** What a field must or must not be, whatever the content says. */
function fieldRestrictions(denial: PolicyDenial): readonly object[] {
  const policy = policyInfo(denial);
  return [
    ...(denial.locations === undefined
      ? []
      : [
          {
            field: 'location',
            restrictions: [
              {
                result: 'Required',
                values: denial.locations,
                policy,
                policyEffect: 'Deny',
                reason: denial.displayName,
              },
            ],
          },
        ]),
    ...(denial.requiredTags ?? []).map(tag => ({
      field: `tags.${tag}`,
      restrictions: [{ result: 'Required', policy, policyEffect: 'Deny', reason: denial.displayName }],
    })),
  ];
}
