import { type Kit, mask } from '@suite/action-kit';
import { duration } from '@suite/foundation';
import { createCheckRun, createConversation, createRequests, GitHubFailure, readPull, readRun } from '@suite/github';
import type { Request } from './inputs.ts';
import type { PullRequest, Services } from './ports.ts';

/** Wires the runner and GitHub to what the commands ask for. */
export function createServices(kit: Kit, request: Request): Services {
  const { context, log, clock, summary, setOutputs } = kit;
  const token = request.command === 'summary' ? '' : request.token;
  mask(token);
  return { context, log, clock, summary, setOutputs, openPull: number => openPull(kit, token, number) };
}

function openPull({ context, clock, log, signal }: Kit, token: string, number: number): PullRequest {
  const { repository } = context;
  const requests = createRequests({
    token,
    apiUrl: context.apiUrl,
    clock,
    signal,
    onPause: pause => log.info(`Trying GitHub again in ${duration(pause)}.`),
  });
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
    readRun: () =>
      readRun(requests, repository, { id: context.runId, attempt: context.runAttempt }).catch(error => {
        // Only where a link leads and which of two runs is newer depend on it.
        if (!(error instanceof GitHubFailure)) throw error;
        log.info(`Without links to jobs: ${error.message}`);
        return undefined;
      }),
    retryOf: error => {
      if (!(error instanceof GitHubFailure)) return undefined;
      // What is not there when it is to be changed was deleted in between.
      if (error.status === 404 && error.isWrite) return { afterMs: 0 };
      return error.isWrite && error.retry.retry ? error.retry : undefined;
    },
  };
}
