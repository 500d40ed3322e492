import { readMarker } from '@suite/change-report';
import { retry } from '@suite/foundation';
import type { Ours } from './decide.ts';
import type { Comment, Pull, PullRequest, Services } from './ports.ts';

/** The pull request as it stands, with our comments on this platform file. */
export interface Situation {
  readonly pull: Pull;
  readonly ours: readonly Ours[];
}

// The job's own time is ten minutes.
const longestPauseMs = 3 * 60_000;

export interface Subject {
  readonly number: number;
  /** Path of the platform file in the repository. */
  readonly file: string;
}

/**
 * Looks at the conversation, acts, and begins anew after a failure that may pass: after a broken answer nobody knows whether
 * the comment was written, and after a pause another run may have been there.
 */
export async function converse<T>(
  subject: Subject,
  port: PullRequest,
  { clock, log }: Pick<Services, 'clock' | 'log'>,
  act: (situation: Situation) => Promise<T>,
): Promise<T> {
  return lookAgain(port, { clock, log }, async () => act(await observe(subject, port)));
}

/** Begins anew after a failure that may pass. */
export function lookAgain<T>(
  port: Pick<PullRequest, 'retryOf'>,
  { clock, log }: Pick<Services, 'clock' | 'log'>,
  work: () => Promise<T>,
): Promise<T> {
  return retry(work, {
    clock,
    attempts: 5,
    baseMs: 1000,
    capMs: longestPauseMs,
    judge: error => {
      const again = port.retryOf(error);
      return again === undefined ? { retry: false } : { retry: true, ...again };
    },
    onRetry: error => log.info(`Looking again: ${error instanceof Error ? error.message : String(error)}`),
  });
}

/** The conversation as it is now. */
export async function observe({ number, file }: Subject, port: PullRequest): Promise<Situation> {
  const [viewer, pull, comments] = await Promise.all([port.viewer(), port.read(), port.comments()]);
  const ours = comments
    .filter(({ author }) => author === viewer)
    .flatMap((comment): Ours[] => {
      const marker = readMarker(comment.body);
      return marker?.pull === number && marker.file === file ? [{ comment, marker }] : [];
    });
  return { pull, ours };
}

/** Only the newest stays: two runs that found none may both have made one. */
export async function removeOthers(
  { ours }: Pick<Situation, 'ours'>,
  kept: Comment,
  { removeComment }: Pick<PullRequest, 'removeComment'>,
): Promise<void> {
  for (const { comment } of ours) if (comment.id !== kept.id) await removeComment(comment.id);
}
