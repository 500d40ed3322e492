import type { CommentView } from '../views.ts';
import type { Comment, GitHubState, RepositoryState } from './state.ts';

/** Bytes that GitHub takes, though its refusal speaks of 65,536 characters (objectstack#18826, measured 2026-09). */
export const commentBytes = 262_144;

export function addComment(
  state: GitHubState,
  repository: RepositoryState,
  { pull, author, body }: { readonly pull: number; readonly author: string; readonly body: string },
): Comment {
  const at = state.clock.now();
  const comment: Comment = {
    id: state.newId(),
    pull,
    author,
    body,
    createdAt: at,
    updatedAt: at,
    revisions: [{ at, body }],
    isDeleted: false,
    minimized: undefined,
  };
  repository.comments.set(comment.id, comment);
  return comment;
}

export function changeComment(state: GitHubState, comment: Comment, body: string): void {
  const at = state.clock.now();
  comment.updatedAt = at;
  // GitHub keeps no revision of an edit that changed nothing.
  if (comment.body === body) return;
  comment.body = body;
  comment.revisions.push({ at, body });
}

/** A comment that still stands. */
export function findComment(repository: RepositoryState, id: number): Comment | undefined {
  const comment = repository.comments.get(id);
  return comment === undefined || comment.isDeleted ? undefined : comment;
}

/** In the order in which they were written. */
export function commentsOf(repository: RepositoryState, pull: number): readonly Comment[] {
  return [...repository.comments.values()].filter(comment => comment.pull === pull && !comment.isDeleted);
}

export function commentView({ id, author, body, createdAt, revisions, isDeleted }: Comment): CommentView {
  return { id, author, body, createdAt, revisions: [...revisions], deleted: isDeleted };
}
