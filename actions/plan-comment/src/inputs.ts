import {
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
  | (OnPullRequest & { readonly command: 'announce' | 'close' })
  | { readonly command: 'summary'; readonly report: string; readonly part: number };

const anything: Input<string> = { absent: { value: '' }, parse: value => ({ value }) };
const part = text(/^[1-9]\d?$/, 'Use a number from 1 to 99.');

/** Throws a UserError that names every wrong input. */
export function readRequest(source: InputSource, workspace: string): Request {
  const inputs = readInputs(source, {
    command: withDefault(choice(['write', 'announce', 'close', 'drift', 'versions', 'summary']), 'write'),
    'platform-file': withDefault(path(workspace), `${workspace}/platform.yaml`),
    platform: anything,
    scopes: anything,
    problems: anything,
    'fail-if-blocked': withDefault(flag, false),
    reports: withDefault(path(workspace), `${workspace}/reports`),
    report: optional(path(workspace)),
    part: withDefault(part, '2'),
    versions: anything,
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
  if (inputs.command === 'announce' || inputs.command === 'close') return { ...onPullRequest, command: inputs.command };
  if (inputs.command === 'versions') {
    return { ...onPullRequest, command: 'versions', found: parseChartVersions(inputs.versions) };
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

function missing(name: string, remedy: string): UserError {
  return new UserError({ message: 'is required but was not given.', location: { kind: 'input', name }, remedy });
}
