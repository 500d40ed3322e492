import type { Check } from '@suite/change-report';
import type { Planned } from './planned.ts';
import type { Answer, Grant, PreflightReader } from './ports.ts';
import { rightNeeds } from './right-needs.ts';
import { judgeRights, type Principal } from './rights.ts';

/**
 * Whether whoever applies may do what the plan does, asked with its own token just before: groups and activated roles count,
 * which nobody else can see.
 */
export async function checkOwnRights(
  reader: Pick<PreflightReader, 'ownPermissions'>,
  planned: Planned,
  place: { readonly subscription: string; readonly groupId: string },
  principal: Omit<Principal, 'objectId'>,
): Promise<readonly Check[]> {
  const { subscription, groupId } = place;
  const needs = rightNeeds(planned, subscription, groupId);
  const root = `/subscriptions/${subscription}`;
  const scopes = [...new Set([root, ...needs.needs.map(({ scope }) => scope)])].filter(scope =>
    scope.toLowerCase().startsWith(root),
  );
  const answers = await Promise.all(scopes.map(async scope => [scope, await askAt(reader, scope)] as const));
  const grants: Grant[] = [];
  for (const [scope, answer] of answers) {
    if (!answer.known) return judgeRights(needs, subscription, { ...principal, objectId: undefined }, answer);
    grants.push({ scope, role: '', permissions: answer.value, condition: undefined });
  }
  return judgeRights(
    needs,
    subscription,
    { ...principal, objectId: undefined },
    { known: true, value: { grants, denials: [] } },
  );
}

/** A scope that is still to be made has the rights of what it will lie in, which is asked too. */
async function askAt(
  reader: Pick<PreflightReader, 'ownPermissions'>,
  scope: string,
): Promise<Answer<Grant['permissions']>> {
  const answer = await reader.ownPermissions(scope);
  return answer.known ? { known: true, value: answer.value ?? [] } : answer;
}
