import type { Check } from '@suite/change-report';
import type { Planned } from './planned.ts';
import type { Grant, PreflightReader } from './ports.ts';
import { type Place, rightNeeds } from './right-needs.ts';
import { judgeRights, type Principal } from './rights.ts';

/**
 * Whether whoever applies may do what the plan does, asked with its own token just before: groups and activated roles count,
 * which nobody else can see.
 */
export async function checkOwnRights(
  reader: Pick<PreflightReader, 'ownPermissions'>,
  planned: Planned,
  place: Place,
  self: Omit<Principal, 'objectId'>,
): Promise<readonly Check[]> {
  const principal = { ...self, objectId: undefined };
  const needs = rightNeeds(planned, place);
  const subscriptions = [
    ...new Set([place.subscription, ...needs.needs.flatMap(({ scope }) => scope.split('/')[2] ?? [])]),
  ];
  // A scope that is still to be made has the rights of its subscription.
  const scopes = [
    ...new Set([...subscriptions.map(id => `/subscriptions/${id}`), ...needs.needs.map(({ scope }) => scope)]),
  ];
  const answers = await Promise.all(scopes.map(async scope => ({ scope, answer: await reader.ownPermissions(scope) })));
  const grants: Grant[] = [];
  for (const { scope, answer } of answers) {
    if (!answer.known) return judgeRights(needs, principal, answer);
    grants.push({ scope, role: '', permissions: answer.value ?? [], condition: undefined });
  }
  return judgeRights(needs, principal, { known: true, value: { subscriptions, grants, denials: [] } });
}
