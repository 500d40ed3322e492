import type { Change } from '@suite/change-report';
import { duration, mapInParallel, sentenceList, UserError } from '@suite/foundation';
import { type StateResource, TerraformFailure } from '@suite/terraform';
import { lookupOf } from '../resource-ids.ts';
import type { FindResource } from '../unrecorded.ts';

/** Azure needs minutes until a subnet is free of what was deleted in it, and until a lock that was removed holds no more. */
const passing = /\b(?:InUseSubnetCannotBeDeleted|ScopeLocked)\b/;
export const retryPauseMs = 25_000;
export const mostRetries = 24;

/** Why a destroy may go on after a pause, as Azure calls it; undefined when something else failed. */
export function passingFailure(error: unknown): string | undefined {
  if (!(error instanceof UserError) || !(error.cause instanceof TerraformFailure)) return undefined;
  const errors = error.cause.diagnostics.filter(({ severity }) => severity === 'error');
  const codes = errors.map(({ summary, detail }) => passing.exec(`${summary} ${detail}`)?.[0]);
  return codes.length > 0 && codes.every(code => code !== undefined) ? codes[0] : undefined;
}

export function describeRetry(code: string, attempt: number): string {
  return `Azure says ${code}, which passes once what was deleted has left it: trying again in ${duration(retryPauseMs)} (${attempt} of ${mostRetries})`;
}

/** What was reviewed and is left of it may be destroyed; anything else needs another review. */
export function isLeftOf(changes: readonly Change[], reviewed: readonly Change[]): boolean {
  const known = new Set(reviewed.map(({ kind, address }) => `${kind} ${address}`));
  return changes.every(({ kind, address }) => known.has(`${kind} ${address}`));
}

/** Throws a UserError unless Azure has nothing more of what went. */
export async function requireGone(
  going: readonly Change[],
  recorded: readonly StateResource[],
  find: FindResource,
): Promise<void> {
  const addresses = new Set(going.filter(({ kind }) => kind === 'delete').map(({ address }) => address));
  const asked = recorded.flatMap(({ address, type, id }) => {
    const lookup = lookupOf(type);
    const isArm = id !== undefined && /^\/subscriptions\/[^|]+$/.test(id);
    return addresses.has(address) && lookup !== undefined && isArm ? [{ id, ...lookup }] : [];
  });
  const bodies = await mapInParallel(asked, 8, ({ id, apiVersion }) => find(id, apiVersion));
  const left = asked.filter(({ heldBy }, index) => bodies[index] !== undefined && heldBy(bodies[index]));
  if (left.length === 0) return;
  const ids = left.slice(0, 5).map(({ id }) => `\`${id}\``);
  throw new UserError({
    message: `It was deleted, but Azure still has ${sentenceList(ids)}.`,
    remedy: 'Look at it in Azure; what is being deleted may take some minutes.',
  });
}
