import type { RunContext } from '@suite/action-kit';
import {
  assembleComment,
  type Banner,
  bannerRoom,
  type CommentState,
  type Marker,
  writeMarker,
} from '@suite/change-report';
import type { Pull } from './ports.ts';

/** GitHub takes 65,536 characters; ours are UTF-16 units, of which no character has less than one. */
export const commentLimit = 65_536;
/** What content may have, so that a later banner still fits. */
export const contentLimit = commentLimit - bannerRoom - 1000;

/** The body of a comment; undefined when it would be too long or say nothing, because somebody has edited it by hand. */
export function bodyOf(marker: Marker, banner: Banner, content: string): string | undefined {
  const body = assembleComment(writeMarker(marker), banner, content);
  return body.length > commentLimit || content.trim() === '' ? undefined : body;
}

/** What has to be said above a plan. */
export function bannerOf(
  { head, promotion }: Pick<Marker, 'head' | 'promotion'>,
  { state, headSha, mergeSha }: Pull,
  { runUrl = '' }: Pick<RunContext, 'runUrl'>,
): Banner {
  if (state === 'merged') {
    const runs = runUrl.replace(/\/[^/]*$/, '');
    return {
      is: 'merged',
      head,
      headSha,
      runs,
      ...(mergeSha === undefined ? {} : { mergeSha }),
      ...(promotion === undefined ? {} : { promotion }),
    };
  }
  if (state === 'closed') return { is: 'closed' };
  return head === headSha ? { is: 'none' } : { is: 'outdated', head, newHead: headSha };
}

export function stateOf({ state }: Pull, stale: boolean): CommentState {
  if (state !== 'open') return state;
  return stale ? 'outdated' : 'planned';
}
