import { count, UserError } from '@suite/foundation';
import { GitHubFailure } from '@suite/github';
import type { CommitText } from './message.ts';
import type { DeliverPorts } from './ports.ts';

/** What is to become of the branch, seen from its present head. */
export interface Intent {
  readonly additions: readonly { readonly path: string; readonly content: string | Uint8Array }[];
  readonly message: CommitText;
}

export interface Committed {
  /** The commit that was made; else the branch's head, which said the same already. */
  readonly commit: string;
  readonly changed: boolean;
}

const attempts = 10;
const longestPauseMs = 15_000;

/**
 * Brings a branch to what `intend` wants of it, by one commit at most, however many others write to it: what was read of a head is
 * only ever committed on that head. After a failure that leaves open whether the commit was made, the branch tells.
 */
export async function commitOn(
  branch: string,
  intend: (head: string) => Promise<Intent>,
  { gitops, clock, random, log }: DeliverPorts,
): Promise<Committed> {
  let doubt: { readonly parent: string; readonly message: CommitText } | undefined;
  let unclear: unknown;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const head = await gitops.head(branch);
    const own = doubt === undefined ? undefined : await findOwn(gitops, head, doubt);
    const { additions, message } = await intend(head);
    if (additions.length === 0) return { commit: own ?? head, changed: own !== undefined };
    let pauseMs: number | undefined;
    try {
      const outcome = await gitops.commit({ branch, parent: head, ...message, additions, deletions: [] });
      if (outcome.kind === 'committed') return { commit: outcome.commit, changed: true };
      log(`${gitops.repository}: ${branch} has moved on from ${head.slice(0, 7)}; reading it again.`);
      unclear = undefined;
    } catch (error) {
      if (!(error instanceof GitHubFailure) || !error.retry.retry) throw error;
      log(`${error.message} Looking whether the commit was made.`);
      pauseMs = error.retry.afterMs;
      unclear = error;
    }
    doubt = { parent: head, message };
    if (attempt < attempts) await clock.sleep(pauseMs ?? pauseOf(attempt, random));
  }
  throw unclear ?? tooBusy(gitops.repository, branch);
}

/** Half a second, doubled each time, with a spread: those who collided must not collide again. */
function pauseOf(attempt: number, random: () => number): number {
  return Math.min(longestPauseMs, 500 * 2 ** (attempt - 1)) * (0.5 + random() / 2);
}

/** Others may have committed on top of it by then. */
const mostOnTop = 20;

/** Sha of the commit that was asked for, if it was made: on that parent, with these words. */
async function findOwn(
  gitops: DeliverPorts['gitops'],
  head: string,
  { parent, message }: { readonly parent: string; readonly message: CommitText },
): Promise<string | undefined> {
  const words = (text: string) => text.replace(/\s+/g, ' ').trim();
  const wanted = words(`${message.headline} ${message.body}`);
  let sha: string | undefined = head;
  for (let steps = 0; sha !== undefined && sha !== parent && steps < mostOnTop; steps++) {
    const found = await gitops.commitOf(sha);
    if (found.parents[0] === parent && words(found.message) === wanted) return found.sha;
    sha = found.parents[0];
  }
  return undefined;
}

function tooBusy(repository: string, branch: string): UserError {
  return new UserError({
    message: `Others write to the branch ${branch} of ${repository} all the time: ${count(attempts, 'attempt')} to commit came too late.`,
    remedy: 'Run the job again; nothing of it was written.',
  });
}
