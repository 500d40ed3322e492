import type { PullRequestEvent, RunContext } from '@suite/action-kit';
import type { Clock } from '@suite/foundation';
import type { Check, Comment, IssueTracker, PullRequest, Repository, Services } from './ports.ts';

export const bot = 'github-actions[bot]';
export const head1 = '1'.repeat(40);
export const head2 = '2'.repeat(40);

/** A failure of GitHub that may pass. */
export class Passing extends Error {}

/** One pull request in memory. `before` runs in front of every call, to fail it or to do what another run does meanwhile. */
export function pullInMemory(before: (call: string) => void = () => {}) {
  let nextId = 1;
  const state = {
    viewer: bot,
    headSha: head1,
    state: 'open' as 'open' | 'merged' | 'closed',
    mergeSha: undefined as string | undefined,
    comments: [] as Comment[],
    checks: [] as Check[],
    calls: [] as string[],
  };
  const call = (name: string) => {
    state.calls.push(name);
    before(name);
  };
  const add = (author: string, body: string): Comment => {
    const id = nextId++;
    const comment = { id, author, body, url: `https://github.com/contoso/platform/pull/7#issuecomment-${id}` };
    state.comments.push(comment);
    return comment;
  };
  const port: PullRequest = {
    viewer: async () => state.viewer,
    read: async () => {
      call('read');
      return { headSha: state.headSha, state: state.state, mergeSha: state.mergeSha };
    },
    comments: async () => [...state.comments],
    createComment: async body => {
      call('create');
      const comment = add(bot, body);
      call('created');
      return comment;
    },
    updateComment: async (id, body) => {
      call('update');
      const at = state.comments.findIndex(comment => comment.id === id);
      const found = state.comments[at];
      if (found === undefined) throw new Passing('its comment is gone');
      const updated = { ...found, body };
      state.comments[at] = updated;
      return updated;
    },
    removeComment: async id => {
      call('remove');
      state.comments = state.comments.filter(comment => comment.id !== id);
    },
    createCheck: async check => {
      call('check');
      state.checks.push(check);
    },
    readRun: async () => undefined,
    failuresOf: async () => [],
    retryOf: error => (error instanceof Passing ? { afterMs: 1000 } : undefined),
  };
  return { state, port, add };
}

export function services(
  port: PullRequest,
  context: Partial<RunContext>,
  tracker?: IssueTracker,
  repository?: Repository,
) {
  const outputs: Record<string, string | undefined> = {};
  const summaries: string[] = [];
  const lines: string[] = [];
  const pauses: number[] = [];
  const clock: Clock = {
    now: () => Date.parse('2026-11-26T05:00:00Z'),
    sleep: async pause => void pauses.push(pause),
  };
  const log = {
    info: (line: string) => void lines.push(line),
    debug: () => {},
    notice: () => {},
    warning: (line: string) => void lines.push(line),
    error: (line: string) => void lines.push(line),
    group: <T>(_title: string, work: () => Promise<T>) => work(),
  };
  const given: Services = {
    context: {
      repository: 'contoso/platform',
      repositoryId: '701234567',
      action: { repository: 'org/actions', ref: 'v1' },
      sha: 'm'.repeat(40),
      ref: 'refs/pull/7/merge',
      event: 'pull_request',
      pullRequest: undefined,
      workflow: 'platform',
      job: 'comment',
      step: '',
      actor: 'mona',
      runId: '11',
      runAttempt: '1',
      apiUrl: 'https://api.github.com',
      runUrl: 'https://github.com/contoso/platform/actions/runs/11',
      workspace: '/nowhere',
      temp: '/nowhere',
      ...context,
    },
    log,
    clock,
    summary: { room: async () => 1024 * 1024, append: async blocks => void summaries.push(...blocks) },
    setOutputs: values => void Object.assign(outputs, values),
    openPull: () => port,
    openTracker: () => {
      if (tracker === undefined) throw new Error('This test has no issues.');
      return tracker;
    },
    openRepository: () => {
      if (repository === undefined) throw new Error('This test has no branches.');
      return repository;
    },
    pullsOf: async () => [7],
  };
  return { services: given, outputs, summaries, lines, pauses };
}

export function event(headSha: string, more: Partial<PullRequestEvent> = {}): PullRequestEvent {
  return {
    number: 7,
    action: 'synchronize',
    headSha,
    baseSha: 'b'.repeat(40),
    merged: false,
    author: 'mona',
    fromFork: false,
    ...more,
  };
}
