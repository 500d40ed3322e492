import { at, type Body, merge, properties, text } from '../body.ts';
import { ArmError } from '../errors.ts';
import { lockType } from '../locks.ts';
import type { PutCall, TypeBehaviour } from '../type.ts';
import { forgetIdentity, identityOf, knowIdentity } from './identity.ts';

/** Owner and User Access Administrator may write locks; Contributor may not (by what its role takes away). */
export const locks: TypeBehaviour = {
  type: lockType,
  isStateless: true,
  check: ({ sent }) => {
    const level = properties(sent)['level'];
    if (level === 'CanNotDelete' || level === 'ReadOnly') return;
    throw new ArmError(
      400,
      'LockLevelNotSupported',
      `The lock level '${String(level)}' is not supported. Use CanNotDelete or ReadOnly.`,
    );
  },
  fill: ({ sent }) => merge(sent),
};

export const policyAssignments: TypeBehaviour = {
  type: 'Microsoft.Authorization/policyAssignments',
  changedStatus: 201,
  isStateless: true,
  check: ({ sent, existing }) => {
    const before = text(properties(existing?.body)['policyDefinitionId']);
    const wanted = text(properties(sent)['policyDefinitionId']);
    if (wanted === undefined || !/\/policy(?:Set)?Definitions\//i.test(wanted)) {
      throw new ArmError(
        400,
        'InvalidCreatePolicyAssignmentRequest',
        `The policy definition specified in policy assignment is out of scope or invalid: '${wanted ?? ''}'.`,
      );
    }
    if (before !== undefined && before !== wanted) {
      throw new ArmError(
        400,
        'PolicyDefinitionIdCannotBeChanged',
        'The policy definition of an assignment cannot be changed.',
      );
    }
  },
  fill: call => {
    const { sent, context, caller, id, existing } = call;
    const now = new Date(context.clock.now()).toISOString();
    return merge({ properties: { enforcementMode: 'Default', displayName: '', notScopes: [], parameters: {} } }, sent, {
      ...identityOf(call),
      properties: {
        scope: id.slice(0, id.toLowerCase().lastIndexOf('/providers/')),
        metadata: stampOf(existing?.body, caller?.objectId ?? '', now),
      },
    });
  },
  stored: knowIdentity,
  removed: forgetIdentity,
};

/** Who made and who changed it, which Azure keeps among the user's own metadata. */
function stampOf(before: Readonly<Body> | undefined, who: string, now: string): Body {
  const known = at(before, 'properties', 'metadata');
  return known['createdOn'] === undefined
    ? { createdBy: who, createdOn: now, updatedBy: null, updatedOn: null }
    : { createdBy: known['createdBy'], createdOn: known['createdOn'], updatedBy: who, updatedOn: now };
}

export const budgets: TypeBehaviour = {
  type: 'Microsoft.Consumption/budgets',
  isStateless: true,
  check: call => {
    judgeEtag(call);
    judgePeriod(call);
  },
  fill: ({ sent, context, id }) => {
    const asked = properties(sent);
    const period = at(asked, 'timePeriod');
    return merge({ properties: { category: 'Cost' } }, without(sent, 'eTag'), {
      eTag: `"${context.clock.now().toString(16)}${id.length.toString(16)}"`,
      properties: {
        timePeriod: {
          startDate: moment(period['startDate']),
          endDate: moment(period['endDate']) ?? tenYearsAfter(period),
        },
        currentSpend: { amount: 0, unit: 'EUR' },
      },
    });
  },
};

/** Azure gives moments back with seconds and without their fractions. */
function moment(value: unknown): string | undefined {
  const found = text(value);
  return found === undefined ? undefined : new Date(found).toISOString().replace('.000Z', 'Z');
}

/** Budgets without an end go on for ten years. */
function tenYearsAfter(period: Readonly<Body>): string {
  const start = new Date(String(period['startDate']));
  return new Date(Date.UTC(start.getUTCFullYear() + 10, start.getUTCMonth(), start.getUTCDate()))
    .toISOString()
    .replace('.000Z', 'Z');
}

function judgeEtag({ sent, existing }: PutCall): void {
  const given = text(sent['eTag']);
  if (existing === undefined || given === undefined || given === existing.body['eTag']) return;
  throw new ArmError(
    412,
    'PreconditionFailed',
    'The eTag of the budget does not match: it was changed since it was read.',
  );
}

function judgePeriod({ sent }: PutCall): void {
  const start = new Date(String(at(sent, 'properties', 'timePeriod')['startDate']));
  if (start.getUTCDate() === 1) return;
  throw new ArmError(400, '400', 'Start date must be the first of the month and should be less than the end date.');
}

function without(body: Readonly<Body>, name: string): Body {
  const { [name]: _, ...rest } = body;
  return rest;
}

/** Plans of Defender. Each is there from the start: see the endpoint of the same name. */
export const pricings: TypeBehaviour = {
  type: 'Microsoft.Security/pricings',
  isStateless: true,
  createdStatus: 200,
  check: ({ sent }) => {
    const { pricingTier } = properties(sent);
    if (pricingTier === 'Free' || pricingTier === 'Standard') return;
    throw new ArmError(
      400,
      'InvalidInputJson',
      `The pricing tier '${String(pricingTier)}' is not one of Free, Standard.`,
    );
  },
  fill: ({ sent, name }) => {
    const asked = properties(sent);
    const isPaid = asked['pricingTier'] === 'Standard';
    return merge(freePricing(name), sent, {
      properties: isPaid && asked['extensions'] === undefined ? { extensions: extensionsOf(name, 'True') } : {},
    });
  },
};

export function freePricing(name: string): Body {
  return {
    properties: {
      pricingTier: 'Free',
      freeTrialRemainingTime: 'P30D',
      ...(extensionsOf(name, 'False').length === 0 ? {} : { extensions: extensionsOf(name, 'False') }),
    },
  };
}

/** Extensions by plan, all on for one who starts to pay (Microsoft Learn, "Defender for Containers"). */
function extensionsOf(plan: string, isEnabled: 'True' | 'False'): readonly Body[] {
  const names = plan.toLowerCase() === 'containers' ? containerExtensions : [];
  return names.map(name => ({ name, isEnabled }));
}

const containerExtensions = [
  'ContainerRegistriesVulnerabilityAssessments',
  'AgentlessDiscoveryForKubernetes',
  'AgentlessVmScanning',
  'ContainerSensor',
];
