import { randomBytes } from 'node:crypto';
import { header, type WorldRequest } from '../network/http.ts';
import { type Need, type PermissionName, type Permissions, satisfying } from './permissions.ts';
import type { App } from './store/apps.ts';

/** Whose token a request carries. */
export type Identity =
  /** GITHUB_TOKEN of a job: exactly these permissions on this repository. */
  | { readonly kind: 'job'; readonly login: string; readonly repository: string; readonly permissions: Permissions }
  /** A token of an App's installation. */
  | {
      readonly kind: 'installation';
      readonly login: string;
      /** Full names. */
      readonly repositories: readonly string[];
      readonly permissions: Permissions;
      /** Milliseconds since 1970 when it ends. */
      readonly until: number;
    }
  /** An App as itself, which reaches no repository. */
  | { readonly kind: 'app'; readonly login: string; readonly app: App }
  /** A person who owns everything. */
  | { readonly kind: 'person'; readonly login: string };

export const actionsBot = 'github-actions[bot]';

export interface Tokens {
  issue(identity: Identity): string;
  revoke(token: string): void;
  find(token: string): Identity | undefined;
  /** What of its permissions a token was let in by, until now. */
  usesOf(token: string): Permissions;
}

export function createTokens(): Tokens {
  const known = new Map<string, Identity>();
  return {
    issue: identity => {
      const token = `${identity.kind === 'person' ? 'ghp' : 'ghs'}_${letters(36)}`;
      known.set(token, identity);
      return token;
    },
    revoke: token => void known.delete(token),
    find: token => known.get(token),
    usesOf: token => {
      const identity = known.get(token);
      return Object.fromEntries(identity === undefined ? [] : (uses.get(identity) ?? []));
    },
  };
}

/** By the identity that its token stands for. */
const uses = new WeakMap<Identity, Map<PermissionName, 'read' | 'write'>>();

/** Notes what lets a request through, also where everybody would be: a repository may become private. */
export function noteUse(caller: Identity, permissions: Permissions, need: Need): void {
  const name = satisfying(permissions, need);
  if (name === undefined) return;
  const own = uses.get(caller) ?? new Map();
  uses.set(caller, own);
  if (own.get(name) !== 'write') own.set(name, need.level);
}

/** `token …` as octokit sends it, `Bearer …`, or the password of `Basic …` as git sends it. */
export function tokenOf(request: WorldRequest): string | undefined {
  const [, scheme = '', value = ''] =
    /^(token|bearer|basic) +(\S+)$/i.exec(header(request, 'authorization') ?? '') ?? [];
  if (value === '') return undefined;
  if (scheme.toLowerCase() !== 'basic') return value;
  const text = Buffer.from(value, 'base64').toString('utf8');
  return text.slice(text.indexOf(':') + 1);
}

function letters(length: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from(randomBytes(length), byte => alphabet[byte % alphabet.length]).join('');
}

/** Whether a repository exists to somebody. */
export function canSee(
  caller: Identity | undefined,
  repository: { readonly name: string; readonly isPrivate: boolean },
): boolean {
  if (!repository.isPrivate || caller?.kind === 'person') return true;
  return caller !== undefined && grantOn(caller, repository) !== undefined;
}

/** What a job or an installation may do in a repository; undefined where its token does not reach, and for everybody else. */
export function grantOn(caller: Identity, { name }: { readonly name: string }): Permissions | undefined {
  if (caller.kind !== 'job' && caller.kind !== 'installation') return undefined;
  const own = caller.kind === 'job' ? [caller.repository] : caller.repositories;
  return own.some(one => one.toLowerCase() === name.toLowerCase()) ? caller.permissions : undefined;
}
