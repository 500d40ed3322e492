import type { Git } from '../git/git.ts';

/** A commit as git holds it. */
export interface CommitFacts {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: CommitPerson;
  readonly committer: CommitPerson;
  readonly message: string;
}

export interface CommitPerson {
  readonly name: string;
  readonly email: string;
  /** `2026-11-23T05:00:00Z` */
  readonly date: string;
}

// One record per commit; the separators cannot stand in a message.
const format = ['%H', '%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x1f');

/** Of `base..head`, the oldest first. */
export async function readCommits(git: Git, range: string): Promise<readonly CommitFacts[]> {
  return parse(await git.run(['log', '--reverse', `--format=${format}%x1e`, range]));
}

/** Those up to `head` that touch a path (all where it is empty), the newest first. */
export async function listCommitsOf(git: Git, head: string, path: string): Promise<readonly CommitFacts[]> {
  return parse(
    await git.run(['log', `--format=${format}%x1e`, head, ...(path === '' ? [] : ['--', `:(literal)${path}`])]),
  );
}

export async function readCommit(git: Git, sha: string): Promise<CommitFacts> {
  const [commit] = parse(await git.run(['log', '--max-count=1', `--format=${format}%x1e`, sha]));
  if (commit === undefined) throw new Error(`git log said nothing of ${sha}.`);
  return commit;
}

function parse(log: string): readonly CommitFacts[] {
  return log
    .split('\x1e')
    .map(record => record.replace(/^\n/, ''))
    .filter(record => record !== '')
    .map(record => {
      const [sha = '', tree = '', parents = '', ...rest] = record.split('\x1f');
      const [name = '', email = '', date = '', committer = '', committerEmail = '', committed = '', message = ''] =
        rest;
      return {
        sha,
        tree,
        parents: parents.split(' ').filter(Boolean),
        author: { name, email, date: utc(date) },
        committer: { name: committer, email: committerEmail, date: utc(committed) },
        message: message.trimEnd(),
      };
    });
}

/** Commits of the sandbox are in UTC, which some versions of git write as an offset. */
function utc(date: string): string {
  return date.replace('+00:00', 'Z');
}
