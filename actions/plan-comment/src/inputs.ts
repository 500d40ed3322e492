import {
  appId,
  appKey,
  choice,
  flag,
  type Input,
  type InputSource,
  optional,
  path,
  readInputs,
  text,
  token,
  withDefault,
} from '@suite/action-kit';
import { type ChartVersions, type ExpectedScope, parseChartVersions, parseExpected } from '@suite/change-report';
import { asArray, asString, parseJson, pathInside, UserError } from '@suite/foundation';
import {
  pullNumber,
  type Result,
  result,
  type Stage,
  stage,
  stages,
  type WayBack,
  wayBack,
} from './promotion/inputs.ts';
import type { StageResults } from './promotion/outcome.ts';

interface OnPullRequest {
  /** Absolute path of the platform file, and its place in the repository, which identifies the comment. */
  readonly platformFile: string;
  readonly file: string;
  readonly token: string;
}

export type Request =
  | (OnPullRequest & {
      readonly command: 'write';
      readonly platform: string;
      readonly expected: readonly ExpectedScope[];
      readonly problems: readonly string[];
      /** Fail, after everything is written, when apply would refuse a plan or one is missing. */
      readonly failIfBlocked: boolean;
      /** Folder. */
      readonly reports: string;
    })
  | (OnPullRequest & {
      readonly command: 'drift';
      readonly platform: string;
      readonly expected: readonly ExpectedScope[];
      readonly problems: readonly string[];
      /** Folder. */
      readonly reports: string;
    })
  | (OnPullRequest & {
      readonly command: 'versions';
      /** What `deploy-platform` has found. */
      readonly found: ChartVersions;
    })
  | (OnPullRequest & {
      readonly command: 'update-charts';
      /** File with what `deploy-platform` has found, and what becomes different by it. */
      readonly proposals: string;
      /** Place in the repository of a list of charts that is changed, in the place of the platform file. */
      readonly list: string | undefined;
      /** Who opens the pull requests, instead of the token's owner. */
      readonly app: { readonly id: string; readonly key: string } | undefined;
    })
  | (OnPullRequest & { readonly command: 'announce' | 'close' | 'find' })
  | (OnPullRequest & {
      readonly command: 'promotion';
      /** Undefined for a commit that came without one. */
      readonly pull: number | undefined;
      readonly tells:
        | { readonly is: 'begin'; readonly stages: readonly Stage[] }
        | {
            readonly is: 'stage';
            readonly stage: Stage;
            readonly results: StageResults;
            readonly wayBack: WayBack | undefined;
          };
    })
  | { readonly command: 'summary'; readonly report: string; readonly part: number };

const commands = [
  'write',
  'announce',
  'close',
  'find',
  'promotion',
  'drift',
  'versions',
  'update-charts',
  'summary',
] as const;

const anything: Input<string> = { absent: { value: '' }, parse: value => ({ value }) };
const part = text(/^[1-9]\d?$/, 'Use a number from 1 to 99.');

/** Throws a UserError that names every wrong input. */
export function readRequest(source: InputSource, workspace: string): Request {
  const inputs = readInputs(source, {
    command: withDefault(choice(commands), 'write'),
    'platform-file': withDefault(path(workspace), `${workspace}/platform.yaml`),
    platform: anything,
    scopes: anything,
    problems: anything,
    'fail-if-blocked': withDefault(flag, false),
    reports: withDefault(path(workspace), `${workspace}/reports`),
    report: optional(path(workspace)),
    part: withDefault(part, '2'),
    versions: anything,
    proposals: optional(path(workspace)),
    list: optional(path(workspace)),
    'app-id': optional(appId),
    'app-key': optional(appKey),
    pull: pullNumber,
    stages,
    stage,
    'plan-result': result,
    'apply-result': result,
    rollback: wayBack,
    'github-token': withDefault(token, ''),
  });
  if (inputs.command === 'summary') {
    if (inputs.report === undefined) throw missing('report', 'Give the `report` output of the step that planned.');
    return { command: 'summary', report: inputs.report, part: Number(inputs.part) };
  }
  if (inputs['github-token'] === '') throw missing('github-token', 'Leave it out: the job’s own token is the default.');
  const onPullRequest = {
    platformFile: inputs['platform-file'],
    file: pathInside(workspace, inputs['platform-file']),
    token: inputs['github-token'],
  };
  if (inputs.command === 'announce' || inputs.command === 'close' || inputs.command === 'find') {
    return { ...onPullRequest, command: inputs.command };
  }
  if (inputs.command === 'promotion') {
    return { ...onPullRequest, command: 'promotion', pull: inputs.pull, tells: tellsOf(inputs) };
  }
  if (inputs.command === 'versions') {
    return { ...onPullRequest, command: 'versions', found: parseChartVersions(inputs.versions) };
  }
  if (inputs.command === 'update-charts') {
    if (inputs.proposals === undefined)
      throw missing('proposals', 'Give the file of the `proposals` output of the look.');
    const list = inputs.list === undefined ? undefined : pathInside(workspace, inputs.list);
    return { ...onPullRequest, command: 'update-charts', proposals: inputs.proposals, list, app: appOf(inputs) };
  }
  const joined = {
    ...onPullRequest,
    platform: inputs.platform,
    expected: inputs.scopes === '' ? [] : parseExpected(inputs.scopes),
    problems: asArray(parseJson(inputs.problems)).flatMap(problem => asString(problem) ?? []),
    reports: inputs.reports,
  };
  if (inputs.command === 'drift') return { ...joined, command: 'drift' };
  return { ...joined, command: 'write', failIfBlocked: inputs['fail-if-blocked'] };
}

function appOf(inputs: { readonly 'app-id': string | undefined; readonly 'app-key': string | undefined }) {
  const { 'app-id': id, 'app-key': key } = inputs;
  if (id !== undefined && key !== undefined) return { id, key };
  if (id !== undefined) throw missing('app-key', 'Give the private key of the App `app-id`.');
  if (key !== undefined) throw missing('app-id', 'Give the client id of the App whose key `app-key` is.');
  return undefined;
}

function tellsOf({
  stages,
  stage,
  'plan-result': plan,
  'apply-result': apply,
  rollback,
}: {
  readonly stages: readonly Stage[] | undefined;
  readonly stage: Stage | undefined;
  readonly 'plan-result': Result | undefined;
  readonly 'apply-result': Result | undefined;
  readonly rollback: WayBack | undefined;
}): Extract<Request, { command: 'promotion' }>['tells'] {
  if (stages !== undefined) return { is: 'begin', stages };
  if (stage === undefined) throw missing('stage', 'Give the stage that ended, or all `stages` when the first begins.');
  if (plan === undefined) throw missing('plan-result', 'Give `needs.<job>.result` of the job that planned.');
  if (apply === undefined) throw missing('apply-result', 'Give `needs.<job>.result` of the job that applied.');
  return { is: 'stage', stage, results: { plan, apply }, wayBack: rollback };
}

function missing(name: string, remedy: string): UserError {
  return new UserError({ message: 'is required but was not given.', location: { kind: 'input', name }, remedy });
}
