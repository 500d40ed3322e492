import type { KeyObject } from 'node:crypto';
import type { Permissions } from '../permissions.ts';

/** A GitHub App and where it is installed. */
export interface App {
  readonly id: number;
  readonly clientId: string;
  /** `contoso-gitops`; it acts as `contoso-gitops[bot]`. */
  readonly slug: string;
  readonly publicKey: KeyObject;
  readonly installations: readonly Installation[];
}

/** On one account; an App has one there at most. */
export interface Installation {
  readonly id: number;
  /** Login. */
  readonly owner: string;
  /** Full names of those that were selected, or all of the account. */
  readonly repositories: readonly string[] | 'all';
  readonly permissions: Permissions;
  /** Milliseconds since 1970. */
  suspendedAt: number | undefined;
}

export function botOf({ slug }: App): string {
  return `${slug}[bot]`;
}

/** Whether an installation reaches a repository. */
export function reaches({ owner, repositories }: Installation, repository: string): boolean {
  const name = repository.toLowerCase();
  if (repositories === 'all') return name.startsWith(`${owner.toLowerCase()}/`);
  return repositories.some(one => one.toLowerCase() === name);
}
