import {
  choice,
  type InputSource,
  location,
  optional,
  path,
  paths,
  readInputs,
  scopeName,
  text,
  token,
  withDefault,
} from '@suite/action-kit';
import { type Problem, UserError } from '@suite/foundation';

interface WithBundle {
  /** Absolute paths. */
  readonly platformFile: string;
  readonly bundle: string;
  readonly token: string;
}

interface WithPromotion extends WithBundle {
  readonly digest: string;
  readonly scope: string;
}

export type Request =
  | (WithBundle & { readonly command: 'bundle' })
  | (WithPromotion & {
      readonly command: 'check';
      readonly identity: 'plan' | 'apply';
      /** Of the plan whose review is looked for. */
      readonly region: string | undefined;
    })
  | (WithPromotion & {
      readonly command: 'record';
      readonly region: string | undefined;
      readonly reports: readonly string[];
    });

const digest = text(/^sha256:[0-9a-f]{64}$/, 'Use the `digest` output of the `bundle` command.');

/** Throws a UserError that names every wrong input. */
export function readRequest(source: InputSource, workspace: string): Request {
  const inputs = readInputs(source, {
    command: choice(['bundle', 'check', 'record']),
    'platform-file': withDefault(path(workspace), `${workspace}/platform.yaml`),
    scope: optional(scopeName),
    region: optional(location),
    bundle: withDefault(path(workspace), `${workspace}/bundle.json`),
    'bundle-digest': optional(digest),
    reports: optional(paths(workspace)),
    identity: withDefault(choice(['plan', 'apply']), 'plan'),
    'github-token': token,
  });
  const base = { platformFile: inputs['platform-file'], bundle: inputs.bundle, token: inputs['github-token'] };
  if (inputs.command === 'bundle') return { ...base, command: 'bundle' };
  const problems: Problem[] = [];
  const needed = <T>(name: string, value: T | undefined, remedy: string): T => {
    if (value === undefined) {
      problems.push({ message: 'is required but was not given.', location: { kind: 'input', name }, remedy });
    }
    return value as T;
  };
  const promotion = {
    ...base,
    scope: needed('scope', inputs.scope, 'Add `scope:` under `with:`.'),
    digest: needed('bundle-digest', inputs['bundle-digest'], 'Give the `digest` output of the `bundle` command.'),
  };
  const request: Request =
    inputs.command === 'check'
      ? { ...promotion, command: 'check', identity: inputs.identity, region: inputs.region }
      : {
          ...promotion,
          command: 'record',
          region: inputs.region,
          reports: needed('reports', inputs.reports, 'Give the `report` outputs of the applies, one on each line.'),
        };
  if (problems.length > 0) throw new UserError(problems);
  return request;
}
