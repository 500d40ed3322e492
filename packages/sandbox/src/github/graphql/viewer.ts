import { GraphQLError } from 'graphql';
import { type Need, permits } from '../permissions.ts';
import type { GitHubState, RepositoryState } from '../store/state.ts';
import { canSee, grantOn, type Identity, noteUse } from '../tokens.ts';

/** Whose query it is. */
export interface Viewer {
  readonly state: GitHubState;
  readonly caller: Identity;
}

/** By `owner/name`; what the viewer cannot see does not exist. */
export function findRepository({ state, caller }: Viewer, name: string): RepositoryState {
  const repository = state.repositories.get(name.toLowerCase());
  if (repository === undefined || !canSee(caller, repository)) {
    throw failure('NOT_FOUND', `Could not resolve to a Repository with the name '${name}'.`);
  }
  return repository;
}

export function demand({ caller }: Viewer, repository: RepositoryState, need: Need): void {
  const granted = grantOn(caller, repository);
  if (granted !== undefined) noteUse(caller, granted, need);
  if (caller.kind === 'person' || (need.level === 'read' && !repository.isPrivate)) return;
  if (granted !== undefined && permits(granted, need)) return;
  throw failure('FORBIDDEN', 'Resource not accessible by integration', { saml_failure: false });
}

export function failure(type: string, message: string, extensions: Record<string, unknown> = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { ...extensions, type } });
}
