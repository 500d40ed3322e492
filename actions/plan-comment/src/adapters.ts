import { type Kit, mask } from '@suite/action-kit';
import { duration } from '@suite/foundation';
import {
  createAppAccess,
  createCheckRun,
  createConversation,
  createGitOps,
  createIssueTracker,
  createProposals,
  createRequests,
  GitHubFailure,
  listOpenPulls,
  pullsOfCommit,
  type Requests,
  readDefaultBranch,
  readFailures,
  readPull,
  readReviewArtifact,
  readRun,
} from '@suite/github';
import type { Request } from './inputs.ts';
import type { IssueTracker, PullRequest, Repository, Run, Services } from './ports.ts';

/** Wires the runner and GitHub to what the commands ask for. */
export function createServices(kit: Kit, request: Request): Services {
  const { context, log, clock, summary, setOutputs } = kit;
  const token = request.command === 'summary' ? '' : request.token;
  mask(token);
  return {
    context,
    log,
    clock,
    summary,
    setOutputs,
    openPull: number => openPull(kit, token, number),
    openTracker: () => openTracker(kit, token),
    openRepository: () => openRepository(kit, request, token),
    pullsOf: async commit => {
      const pulls = await pullsOfCommit(requestsOf(kit, token), context.repository, commit);
      return pulls.map(({ number }) => number);
    },
  };
}

function openPull(kit: Kit, token: string, number: number): PullRequest {
  const { repository } = kit.context;
  const requests = requestsOf(kit, token);
  const conversation = createConversation(requests, repository, number);
  return {
    viewer: conversation.viewer,
    read: () => readPull(requests, repository, number),
    comments: conversation.list,
    createComment: conversation.create,
    updateComment: conversation.update,
    removeComment: id =>
      conversation.remove(id).catch(error => {
        if (!(error instanceof GitHubFailure) || error.status !== 404) throw error;
      }),
    createCheck: check => createCheckRun(requests, repository, check),
    readRun: () => readThisRun(requests, kit),
    failuresOf: job =>
      readFailures(requests, repository, job).catch(error => {
        // Where it stopped is told without why.
        if (!(error instanceof GitHubFailure)) throw error;
        kit.log.info(error.message);
        return [];
      }),
    retryOf,
  };
}

function openTracker(kit: Kit, token: string): IssueTracker {
  const { repository } = kit.context;
  const requests = requestsOf(kit, token);
  return {
    ...createIssueTracker(requests, repository),
    openPulls: () => listOpenPulls(requests, repository),
    reportsOf: (headSha, artifact) => readReviewArtifact(requests, repository, headSha, artifact),
    readRun: () => readThisRun(requests, kit),
    retryOf,
  };
}

function openRepository(kit: Kit, request: Request, token: string): Repository {
  const { context, clock, signal } = kit;
  const { repository } = context;
  const app = request.command === 'update-charts' ? request.app : undefined;
  if (app !== undefined) mask(app.key);
  const access =
    app === undefined
      ? undefined
      : createAppAccess({
          apiUrl: context.apiUrl,
          clock,
          signal,
          app: app.id,
          key: app.key,
          inputs: { app: 'app-id', key: 'app-key' },
          repository,
          contents: 'write',
          pulls: true,
          mask,
        });
  const requests = requestsOf(kit, access?.token ?? token);
  const { commit, fileAt } = createGitOps(requests, repository);
  return {
    ...createProposals(requests, repository),
    commit,
    fileAt,
    defaultBranch: () => readDefaultBranch(requests, repository),
    retryOf,
    close: async () => access?.revoke(),
  };
}

function requestsOf({ context, clock, log, signal }: Kit, token: string | (() => Promise<string>)): Requests {
  return createRequests({
    token,
    apiUrl: context.apiUrl,
    clock,
    signal,
    onPause: pause => log.info(`Trying GitHub again in ${duration(pause)}.`),
  });
}

function readThisRun(requests: Requests, { context, log }: Kit): Promise<Run | undefined> {
  return readRun(requests, context.repository, { id: context.runId, attempt: context.runAttempt }).catch(error => {
    // Only where a link leads and which of two runs is newer depend on it.
    if (!(error instanceof GitHubFailure)) throw error;
    log.info(`Without links to jobs: ${error.message}`);
    return undefined;
  });
}

function retryOf(error: unknown): { readonly afterMs?: number } | undefined {
  if (!(error instanceof GitHubFailure)) return undefined;
  // What is not there when it is to be changed was deleted in between.
  if (error.status === 404 && error.isWrite) return { afterMs: 0 };
  return error.isWrite && error.retry.retry ? error.retry : undefined;
}
