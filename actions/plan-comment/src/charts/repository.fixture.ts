import { bot, Passing } from '../conversation.fixture.ts';
import type { ProposedPull, Repository } from '../ports.ts';

interface Commit {
  readonly sha: string;
  readonly author: string;
  readonly message: string;
  readonly text: string;
}

/** A repository with one file, in memory: branches are lists of commits. `before` runs in front of every write, to fail it. */
export function repositoryInMemory(file: string, text: string, before: (call: string) => void = () => {}) {
  let count = 0;
  const shaOf = () => String(++count).padStart(40, '0');
  const branches = new Map<string, Commit[]>([['main', [{ sha: shaOf(), author: 'mona', message: 'Begin', text }]]]);
  const pulls: (ProposedPull & { readonly branch: string })[] = [];
  const comments: { readonly number: number; readonly body: string }[] = [];
  const writes: string[] = [];
  const conflicting = new Set<number>();
  const state = { viewer: bot };
  const write = (call: string) => {
    before(call);
    writes.push(call);
  };
  const commitsOf = (branch: string) => branches.get(branch) ?? [];
  const tip = (branch: string) => commitsOf(branch).at(-1) as Commit;
  const find = (sha: string) => [...branches.values()].flat().find(commit => commit.sha === sha);
  const patch = (number: number, change: Partial<ProposedPull>) => {
    const at = pulls.findIndex(pull => pull.number === number);
    const found = pulls[at];
    if (found === undefined) throw new Passing('it is gone');
    pulls[at] = { ...found, ...change };
  };
  const push = (branch: string, commit: Omit<Commit, 'sha'>) =>
    void branches.set(branch, [...commitsOf(branch), { sha: shaOf(), ...commit }]);
  const drop = (branch: string) => {
    branches.delete(branch);
    for (const { number, branch: from, state } of [...pulls]) {
      if (from === branch && state === 'open') patch(number, { state: 'closed' });
    }
  };
  const port: Repository = {
    viewer: async () => state.viewer,
    retryOf: error => (error instanceof Passing ? { afterMs: 1000 } : undefined),
    defaultBranch: async () => 'main',
    branches: async prefix =>
      new Map([...branches.keys()].filter(name => name.startsWith(prefix)).map(name => [name, tip(name).sha])),
    ahead: async (base, head) => {
      const known = new Set(commitsOf(base).map(({ sha }) => sha));
      return commitsOf(head).filter(({ sha }) => !known.has(sha));
    },
    fileAt: async (sha, path) => {
      const found = path === file ? find(sha) : undefined;
      return found === undefined ? undefined : Buffer.from(found.text);
    },
    pullsFrom: async branch => pulls.filter(pull => pull.branch === branch).toReversed(),
    conflicts: async number => conflicting.has(number),
    createBranch: async (branch, sha) => {
      write(`branch ${branch}`);
      const main = commitsOf('main');
      branches.set(branch, main.slice(0, main.findIndex(commit => commit.sha === sha) + 1));
    },
    deleteBranch: async branch => {
      write(`delete ${branch}`);
      drop(branch);
    },
    commit: async ({ branch, parent, headline, body, additions }) => {
      write(`commit to ${branch}`);
      if (tip(branch).sha !== parent) return { kind: 'moved' };
      push(branch, { author: state.viewer, message: `${headline}\n\n${body}`, text: additions[0]?.content ?? '' });
      return { kind: 'committed' };
    },
    open: async ({ title, body, branch }) => {
      write(`open ${title}`);
      const number = pulls.length + 1;
      const url = `https://github.com/contoso/platform/pull/${number}`;
      const pull = { number, title, body, branch, url, author: state.viewer, state: 'open' as const };
      pulls.push(pull);
      return pull;
    },
    change: async (number, change) => {
      write(`change ${number}`);
      patch(number, change);
    },
    comment: async (number, body) => {
      write(`comment on ${number}`);
      comments.push({ number, body });
    },
    close: async () => {},
  };
  return {
    port,
    pulls,
    comments,
    writes,
    branches,
    conflicting,
    state,
    push,
    drop,
    patch,
    head: () => tip('main').sha,
    text: (branch: string) => tip(branch).text,
    /** As GitHub's button does, with a commit of the person's. */
    merge: (number: number) => {
      const pull = pulls.find(one => one.number === number);
      push('main', { author: 'mona', message: 'Merge', text: tip(pull?.branch ?? '').text });
      patch(number, { state: 'merged' });
    },
  };
}
