import { asObject, asString } from '@suite/foundation';
import type { Answer } from './answer.ts';
import { type Arm, objects, strings } from './arm.ts';

/** What is known of a resource before it is made. */
export interface PartialResource {
  /** `Microsoft.ContainerService/managedClusters` */
  readonly type: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What Azure Policy does to such a resource (Microsoft.PolicyInsights `checkPolicyRestrictions`). */
export interface PolicyRestrictions {
  /** Policies that the content as it stands violates. */
  readonly violations: readonly {
    readonly policy: PolicyName;
    /** `deny`, `audit`, …, in lower case; empty when Azure does not say. */
    readonly effect: string;
    /** Fields that the policy looked at: `type`, `location`, `tags.owner`, … */
    readonly fields: readonly string[];
    /** Azure's or the author's sentence. */
    readonly reason: string;
  }[];
  /** What single fields have to be, or may not. */
  readonly fields: readonly {
    readonly field: string;
    readonly policy: PolicyName;
    readonly effect: string;
    readonly result: 'required' | 'denied' | 'other';
    /** Empty: any value. */
    readonly values: readonly string[];
    /** What the policy itself puts there. */
    readonly fallback: string | undefined;
    readonly reason: string;
  }[];
}

export interface PolicyName {
  /** Id of the assignment; its last segment is its name. */
  readonly assignment: string;
  readonly definition: string;
}

/** `scope`: a group that exists, or the subscription. */
export function readRestrictions(
  arm: Arm,
  scope: string,
  resource: PartialResource,
): Promise<Answer<PolicyRestrictions>> {
  return arm.ask(
    {
      path: `${scope}/providers/Microsoft.PolicyInsights/checkPolicyRestrictions`,
      apiVersion: '2024-10-01',
      body: {
        resourceDetails: { resourceContent: resource },
        pendingFields: [{ field: 'location', values: [resource.location] }, { field: 'tags' }],
      },
      doing: `asking what Azure Policy says of ${resource.type}`,
      right: { action: 'Microsoft.PolicyInsights/checkPolicyRestrictions/read', scope },
    },
    body => {
      const { contentEvaluationResult, fieldRestrictions } = asObject(body);
      return {
        violations: objects(asObject(contentEvaluationResult)['policyEvaluations'])
          .filter(({ evaluationResult }) => asString(evaluationResult)?.toLowerCase() === 'noncompliant')
          .map(({ policyInfo, effectDetails, evaluationDetails }) => {
            const { evaluatedExpressions, reason } = asObject(evaluationDetails);
            return {
              policy: nameOf(policyInfo),
              effect: lower(asObject(effectDetails)['policyEffect']),
              fields: objects(evaluatedExpressions)
                .filter(({ expressionKind }) => lower(expressionKind) === 'field')
                .flatMap(({ path, expression }) => asString(path) ?? asString(expression) ?? []),
              reason: asString(reason) ?? '',
            };
          }),
        fields: objects(fieldRestrictions).flatMap(({ field, restrictions }) =>
          objects(restrictions).map(({ policy, policyEffect, result, values, defaultValue, reason }) => ({
            field: asString(field) ?? '',
            policy: nameOf(policy),
            effect: lower(policyEffect),
            result: results[lower(result)] ?? ('other' as const),
            values: strings(values),
            fallback: asString(defaultValue),
            reason: asString(reason) ?? '',
          })),
        ),
      };
    },
  );
}

const results: Readonly<Record<string, 'required' | 'denied'>> = { required: 'required', deny: 'denied' };

const lower = (value: unknown) => asString(value)?.toLowerCase() ?? '';

function nameOf(policy: unknown): PolicyName {
  const { policyAssignmentId, policyDefinitionId } = asObject(policy);
  return { assignment: asString(policyAssignmentId) ?? '', definition: asString(policyDefinitionId) ?? '' };
}
