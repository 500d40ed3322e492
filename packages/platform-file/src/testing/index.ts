import { describeProblem, UserError } from '@suite/foundation';
import { type Lock, parseLock } from '../lock.ts';
import { listScopes, type Platform } from '../platform.ts';

/** The lines of everything that a UserError says; fails on any other outcome. */
export function problemsOf(action: () => unknown): string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error.problems.map(describeProblem);
    throw error;
  }
  return [];
}

/** A lock that knows every scope and region of the platform. */
export function lockFor(platform: Platform): Lock {
  const id = '0a000000-0000-4000-8000-000000000001';
  const scopes: Record<string, Record<string, unknown>> = {};
  for (const { scope, region } of listScopes(platform)) {
    scopes[scope] = {
      ...scopes[scope],
      [region]: { identities: { plan: id, apply: id }, state: { account: 'stcontoso', container: 'tfstate' } },
    };
  }
  return parseLock(JSON.stringify({ version: 1, scopes }), 'platform.lock.yaml');
}
