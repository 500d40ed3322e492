import type { ChangeReport, Command } from './model.ts';

/** What is known of a report before anything was found out. */
export interface ReportSubject {
  readonly action: string;
  readonly command: Command;
  readonly view: Pick<ChangeReport, 'platform' | 'scope' | 'region' | 'production'>;
  /** The run, as the runner describes it. */
  readonly context: {
    readonly sha: string;
    readonly pullRequest: { readonly headSha: string; readonly baseSha: string } | undefined;
    readonly runUrl: string | undefined;
    readonly runId: string;
    readonly runAttempt: string;
    readonly actor: string;
  };
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly finishedAt: number;
}

type Head = Pick<
  ChangeReport,
  | 'schema'
  | 'action'
  | 'command'
  | 'platform'
  | 'scope'
  | 'region'
  | 'production'
  | 'commit'
  | 'run'
  | 'startedAt'
  | 'finishedAt'
>;

/** The beginning of every report: what it is about, of which commit, and by which run. */
export function reportHead({ action, command, view, context, startedAt, finishedAt }: ReportSubject): Head {
  const { sha, pullRequest, runUrl, runId, runAttempt, actor } = context;
  const { platform, scope, region, production } = view;
  return {
    schema: 'change-report/v1',
    action,
    command,
    platform,
    scope,
    region,
    production,
    // A pull request is about the tip of its branch, though what is checked out is a trial merge of it.
    commit:
      pullRequest === undefined ? { head: sha } : { head: pullRequest.headSha, base: pullRequest.baseSha, merge: sha },
    ...(runUrl === undefined ? {} : { run: { id: runId, attempt: runAttempt, url: runUrl, actor } }),
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: new Date(finishedAt).toISOString(),
  };
}
