import { bot, Passing } from '../conversation.fixture.ts';
import type { Issue, IssueTracker, OpenPull } from '../ports.ts';

/** A repository's issues in memory. `before` runs in front of every call, to fail it. */
export function trackerInMemory(before: (call: string) => void = () => {}) {
  const issues: (Issue & { readonly title: string; readonly labels: readonly string[] })[] = [];
  const comments: { readonly number: number; readonly body: string }[] = [];
  const calls: string[] = [];
  const pulls: OpenPull[] = [];
  /** By head and name of the artifact. */
  const artifacts = new Map<string, readonly string[]>();
  const call = (name: string) => {
    calls.push(name);
    before(name);
  };
  const tracker: IssueTracker = {
    viewer: async () => bot,
    readRun: async () => undefined,
    retryOf: error => (error instanceof Passing ? { afterMs: 1000 } : undefined),
    list: async label => issues.filter(({ labels }) => labels.includes(label)),
    open: async ({ title, body, label }) => {
      call('open');
      const number = issues.length + 1;
      const url = `https://github.com/contoso/platform/issues/${number}`;
      const issue = { number, title, body, labels: [label], author: bot, state: 'open' as const, url };
      issues.push(issue);
      call('opened');
      return issue;
    },
    change: async (number, change) => {
      call('change');
      const at = issues.findIndex(issue => issue.number === number);
      const found = issues[at];
      if (found === undefined) throw new Passing('it is gone');
      const changed = { ...found, ...change };
      issues[at] = changed;
      return changed;
    },
    comment: async (number, body) => {
      call('comment');
      comments.push({ number, body });
    },
    openPulls: async () => {
      call('pulls');
      return pulls;
    },
    reportsOf: async (headSha, artifact) => artifacts.get(`${headSha} ${artifact}`) ?? [],
  };
  return { tracker, issues, comments, calls, pulls, artifacts };
}
