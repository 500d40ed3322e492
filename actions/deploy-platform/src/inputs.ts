import {
  choice,
  flag,
  guid,
  type Input,
  type InputSource,
  location,
  optional,
  path,
  planHash,
  readInputs,
  scopePattern,
  text,
  withDefault,
} from '@suite/action-kit';
import { leaseWait } from '@suite/lease';

interface Target {
  /** Absolute path of the platform file. */
  readonly platformFile: string;
  /** An environment of it. */
  readonly scope: string;
  readonly region: string | undefined;
  /** Overrides the identity of the platform lock. */
  readonly clientId: string | undefined;
}

export type Request =
  | (Target & { readonly command: 'plan'; readonly failIfBlocked: boolean })
  | (Target & {
      readonly command: 'apply';
      /** Of the plan that was reviewed; nothing else is applied. */
      readonly expectedDigest: string;
      /** Releases at once. */
      readonly parallel: number;
      /** How long to wait for another run that works on the same environment and region. */
      readonly leaseWaitMs: number;
    })
  | (Target & { readonly command: 'verify' });

const environmentName = text(scopePattern, 'Use the name of an environment in the platform file.');
const releases: Input<number> = {
  absent: 'required',
  parse: value =>
    /^(?:[1-9]|1\d|20)$/.test(value) ? { value: Number(value) } : { expected: 'Use a whole number from 1 to 20.' },
};

/** Throws a UserError that names every wrong input. */
export function readRequest(source: InputSource, workspace: string): Request {
  const command = readInputs(source, { command: choice(['plan', 'apply', 'verify']) }).command;
  const common = {
    'platform-file': withDefault(path(workspace), `${workspace}/platform.yaml`),
    scope: environmentName,
    region: optional(location),
    'client-id': optional(guid),
  };
  if (command === 'apply') {
    const inputs = readInputs(source, {
      ...common,
      'expected-digest': planHash('digest'),
      parallel: withDefault(releases, 4),
      'lease-wait': leaseWait,
    });
    return {
      ...targetOf(inputs),
      command,
      expectedDigest: inputs['expected-digest'],
      parallel: inputs.parallel,
      leaseWaitMs: inputs['lease-wait'],
    };
  }
  if (command === 'plan') {
    const inputs = readInputs(source, { ...common, 'fail-if-blocked': withDefault(flag, false) });
    return { ...targetOf(inputs), command, failIfBlocked: inputs['fail-if-blocked'] };
  }
  return { ...targetOf(readInputs(source, common)), command };
}

interface CommonInputs {
  readonly 'platform-file': string;
  readonly scope: string;
  readonly region: string | undefined;
  readonly 'client-id': string | undefined;
}

function targetOf(inputs: CommonInputs): Target {
  return {
    platformFile: inputs['platform-file'],
    scope: inputs.scope,
    region: inputs.region,
    clientId: inputs['client-id'],
  };
}
