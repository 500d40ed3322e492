import {
  choice,
  flag,
  type InputSource,
  location,
  minutesUpTo,
  optional,
  path,
  paths,
  readBy,
  readInputs,
  scopeName,
  text,
  token,
  wholeNumber,
  withDefault,
} from '@suite/action-kit';
import { type GitOpsBase, type PinnedChart, parseGitOpsBases, parsePinnedCharts } from '@suite/change-report';
import { type Problem, parseJson, UserError } from '@suite/foundation';
import { type Exception, exceptionSchema } from './record.ts';
import { type Rollback, rollbackSchema } from './rollback/rollback.ts';

interface Base {
  /** Absolute paths. */
  readonly platformFile: string;
  readonly token: string;
}

interface WithBundle extends Base {
  readonly bundle: string;
}

interface WithPromotion extends WithBundle {
  readonly digest: string;
  readonly scope: string;
}

export type Request =
  | (WithBundle & {
      readonly command: 'bundle';
      /** What `deploy-platform` has found; undefined where nobody asked it. */
      readonly charts: readonly PinnedChart[] | undefined;
      /** What `sync-argocd` has found; undefined where nobody asked it. */
      readonly gitops: readonly GitOpsBase[] | undefined;
    })
  | (WithPromotion & {
      readonly command: 'check';
      readonly identity: 'plan' | 'apply';
      /** Of the plan whose review is looked for. */
      readonly region: string | undefined;
      /** File of the roots that attestations are verified with; undefined fetches them. */
      readonly trustedRoot: string | undefined;
      /** Workflow whose attestations count, with or without a ref; undefined for the suite's own. */
      readonly signer: string | undefined;
      /** Whether somebody had to approve the environment when it was planned. */
      readonly approval: boolean;
      /** How long to wait where nothing but time keeps the bundle out. */
      readonly waitMs: number;
      /** What `choose` gave, where the environment goes back. */
      readonly rollback: Rollback | undefined;
    })
  | (WithBundle & {
      readonly command: 'choose';
      readonly scope: string;
      /** A commit, at least its first seven digits, or the digest of a bundle; undefined for the one before what runs. */
      readonly to: string | undefined;
      readonly reason: string;
      /** Bundles of each region that are looked at. */
      readonly limit: number;
    })
  | (WithBundle & {
      readonly command: 'find';
      /** The environment that has verified it. */
      readonly scope: string;
      /** As with `choose`. */
      readonly to: string;
      /** Bundles of each region that are looked at. */
      readonly limit: number;
    })
  | (WithPromotion & {
      readonly command: 'limits';
      readonly region: string | undefined;
      readonly reports: readonly string[];
    })
  | {
      readonly command: 'retire';
      readonly platformFile: string;
      readonly token: string;
      readonly scope: string;
      readonly region: string | undefined;
    }
  | (Base & {
      readonly command: 'pause';
      readonly digest: string;
      readonly scope: string;
      readonly region: string | undefined;
      readonly reports: readonly string[];
    })
  | {
      readonly command: 'halt';
      readonly platformFile: string;
      readonly token: string;
      readonly scope: string;
      readonly region: string | undefined;
      /** Of all steps that have written one. */
      readonly reports: readonly string[];
    }
  | (WithPromotion & {
      readonly command: 'record';
      readonly region: string | undefined;
      readonly reports: readonly string[];
      /** What `check` gave, when an emergency lifted something. */
      readonly exception: Exception | undefined;
      /** Of the repository of the applications: what Argo CD has synced. */
      readonly gitopsCommit: string | undefined;
      readonly rollback: Rollback | undefined;
    })
  | (Base & {
      readonly command: 'ledger';
      /** Undefined for all. */
      readonly scope: string | undefined;
      /** Where the table is written as JSON. */
      readonly file: string;
      /** Bundles of each environment and region. */
      readonly limit: number;
    });

/** A job of GitHub's own runners ends after six hours. */
const mostWaitMinutes = 290;

const exception = readBy(
  given => exceptionSchema.safeParse(parseJson(given)).data,
  'Give the `exception` output of `check`.',
);

const rolledBack = readBy(
  given => rollbackSchema.safeParse(parseJson(given)).data,
  'Give the `rollback` output of `choose`.',
);

const pinnedCharts = readBy(parsePinnedCharts, 'Give the `charts` output of `deploy-platform`.');

const gitopsBases = readBy(parseGitOpsBases, 'Give the `gitops` output of `sync-argocd`.');

/** One line, as it stands in a record and a table. */
const reason = text(/^[^\p{Cc}]{1,300}$/u, 'Say in one line of at most 300 characters why.');

const digest = text(/^sha256:[0-9a-f]{64}$/, 'Use the `digest` output of the `bundle` command.');

/** Throws a UserError that names every wrong input. */
export function readRequest(source: InputSource, workspace: string): Request {
  const inputs = readInputs(source, {
    command: choice(['bundle', 'check', 'record', 'ledger', 'retire', 'choose', 'find', 'limits', 'pause', 'halt']),
    'platform-file': withDefault(path(workspace), `${workspace}/platform.yaml`),
    scope: optional(scopeName),
    region: optional(location),
    bundle: withDefault(path(workspace), `${workspace}/bundle.json`),
    'bundle-digest': optional(digest),
    reports: optional(paths(workspace)),
    identity: withDefault(choice(['plan', 'apply']), 'plan'),
    'trusted-root': optional(path(workspace)),
    'signer-workflow': optional(
      text(
        /^[^/\s]+\/[^/\s]+\/\.github\/workflows\/[^/\s@]+(?:@\S+)?$/,
        'Use `owner/repository/.github/workflows/file.yml`, with `@refs/heads/main` or another ref after it where only that one counts.',
      ),
    ),
    approval: withDefault(flag, false),
    wait: withDefault(minutesUpTo(mostWaitMinutes, 'do not wait'), 0),
    exception: optional(exception),
    rollback: optional(rolledBack),
    to: optional(
      text(
        /^(?:[0-9a-f]{7,40}|[0-9a-f]{64}|sha256:[0-9a-f]{64})$/,
        'Use a commit, at least its first 7 digits, or the digest of a bundle.',
      ),
    ),
    reason: optional(reason),
    charts: optional(pinnedCharts),
    gitops: optional(gitopsBases),
    'gitops-commit': optional(
      text(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/, 'Give the `gitops-commit` output of `sync-argocd`.'),
    ),
    ledger: withDefault(path(workspace), `${workspace}/ledger.json`),
    limit: withDefault(wholeNumber(1, 1000), 50),
    'github-token': token,
  });
  const plain = { platformFile: inputs['platform-file'], token: inputs['github-token'] };
  if (inputs.command === 'ledger') {
    return { ...plain, command: 'ledger', scope: inputs.scope, file: inputs.ledger, limit: inputs.limit };
  }
  const base = { ...plain, bundle: inputs.bundle };
  if (inputs.command === 'bundle') {
    return { ...base, command: 'bundle', charts: inputs.charts, gitops: inputs.gitops };
  }
  const problems: Problem[] = [];
  const needed = <T>(name: string, value: T | undefined, remedy: string): T => {
    if (value === undefined) {
      problems.push({ message: 'is required but was not given.', location: { kind: 'input', name }, remedy });
    }
    return value as T;
  };
  const missing =
    inputs.command === 'find'
      ? 'Name the environment that has verified it: `from` of `promote.yml`.'
      : 'Add `scope:` under `with:`.';
  const scope = needed('scope', inputs.scope, missing);
  if (inputs.command === 'retire') {
    if (problems.length > 0) throw new UserError(problems);
    const { platformFile, token } = base;
    return { command: 'retire', platformFile, token, scope, region: inputs.region };
  }
  if (inputs.command === 'halt') {
    if (problems.length > 0) throw new UserError(problems);
    return { ...plain, command: 'halt', scope, region: inputs.region, reports: inputs.reports ?? [] };
  }
  if (inputs.command === 'choose') {
    const why = needed('reason', inputs.reason, 'Say why the environment goes back: its record keeps it.');
    if (problems.length > 0) throw new UserError(problems);
    return { ...base, command: 'choose', scope, to: inputs.to, reason: why, limit: inputs.limit };
  }
  if (inputs.command === 'find') {
    const to = needed('to', inputs.to, 'Name the bundle: its digest, or its commit.');
    if (problems.length > 0) throw new UserError(problems);
    return { ...base, command: 'find', scope, to, limit: inputs.limit };
  }
  const promotion = {
    ...base,
    scope,
    digest: needed('bundle-digest', inputs['bundle-digest'], 'Give the `digest` output of the `bundle` command.'),
  };
  const { command, region, rollback } = inputs;
  const acts = command === 'limits' ? 'plans' : 'applies';
  const reports =
    command === 'check'
      ? []
      : needed('reports', inputs.reports, `Give the \`report\` outputs of the ${acts}, one on each line.`);
  if (problems.length > 0) throw new UserError(problems);
  if (command === 'pause') return { ...plain, command, scope, digest: promotion.digest, region, reports };
  if (command === 'limits') return { ...promotion, command, region, reports };
  if (command === 'record') {
    const gitopsCommit = inputs['gitops-commit'];
    return { ...promotion, command, region, reports, exception: inputs.exception, gitopsCommit, rollback };
  }
  const attestations = { trustedRoot: inputs['trusted-root'], signer: inputs['signer-workflow'] };
  const { identity, approval, wait: waitMs } = inputs;
  return { ...promotion, command, identity, approval, region, ...attestations, waitMs, rollback };
}
