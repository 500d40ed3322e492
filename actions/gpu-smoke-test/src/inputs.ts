import {
  choice,
  flag,
  guid,
  type Input,
  type InputSource,
  location,
  optional,
  path,
  readBy,
  readInputs,
  scopePattern,
  text,
  withDefault,
} from '@suite/action-kit';
import { nearest, sentenceList } from '@suite/foundation';
import { type ImageReference, parseImageReference } from '@suite/platform-file';

/** Kinds of verdicts that a step may fail with. */
export const failures = ['failed', 'blocked', 'inconclusive'] as const;
export type Failure = (typeof failures)[number];

interface Place {
  /** Absolute path of the platform file. */
  readonly platformFile: string;
  /** An environment of it. */
  readonly scope: string;
  readonly region: string | undefined;
  /** Overrides the identity of the platform lock. */
  readonly clientId: string | undefined;
}

export interface RunRequest extends Place {
  readonly command: 'run';
  /** Undefined: every GPU pool of the environment. */
  readonly pool: string | undefined;
  readonly level: 'quick' | 'standard';
  /** Undefined: one of the action's own, for as long as it works. */
  readonly namespace: string | undefined;
  /** Undefined: the action's own. */
  readonly image: ImageReference | undefined;
  readonly failOn: readonly Failure[];
  /** How long all pools together may take. */
  readonly timeoutMs: number;
  readonly watchesScaleDown: boolean;
}

export type Request = RunRequest | (Place & { readonly command: 'sweep' });

const environmentName = text(scopePattern, 'Use the name of an environment in the platform file.');
const poolName = text(/^[a-z][a-z0-9]{0,11}$/, 'Use the name of a GPU pool such as `gpu`.');
const namespaceName = text(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'Use the name of a namespace.');

const image = readBy(
  parseImageReference,
  'Use an image with its digest: `registry/repository@sha256:…`, as `docker buildx imagetools inspect` prints it.',
);

const failOn: Input<readonly Failure[]> = {
  absent: 'required',
  parse: value => {
    const words = value.split(/[\s,]+/).filter(word => word !== '');
    if (words.length === 1 && words[0] === 'none') return { value: [] };
    const wrong = words.find(word => !failures.some(failure => failure === word));
    if (wrong === undefined) return { value: failures.filter(failure => words.includes(failure)) };
    const near = nearest(wrong, [...failures, 'none']);
    const known = sentenceList(failures.map(failure => `\`${failure}\``));
    return {
      expected: `Use any of ${known}, with commas between, or \`none\`.${near === undefined ? '' : ` Did you mean \`${near}\`?`}`,
    };
  },
};

const minute = 60_000;
const mostMinutes = 120;
const minutes: Input<number> = {
  absent: 'required',
  parse: value => {
    const number = Number(value);
    return /^\d{1,3}$/.test(value) && number >= 1 && number <= mostMinutes
      ? { value: number * minute }
      : { expected: `Use whole minutes from 1 to ${mostMinutes}.` };
  },
};

const place = (workspace: string) => ({
  'platform-file': withDefault(path(workspace), `${workspace}/platform.yaml`),
  scope: environmentName,
  region: optional(location),
  'client-id': optional(guid),
});

/** Throws a UserError that names every wrong input. */
export function readRequest(source: InputSource, workspace: string): Request {
  const { command } = readInputs(source, { command: withDefault(choice(['run', 'sweep']), 'run') });
  const placeOf = (inputs: ReturnType<typeof readPlace>) => ({
    platformFile: inputs['platform-file'],
    scope: inputs.scope,
    region: inputs.region,
    clientId: inputs['client-id'],
  });
  const readPlace = () => readInputs(source, place(workspace));
  if (command === 'sweep') return { ...placeOf(readPlace()), command };
  const inputs = readInputs(source, {
    ...place(workspace),
    pool: optional(poolName),
    level: withDefault(choice(['quick', 'standard']), 'quick'),
    namespace: optional(namespaceName),
    image: optional(image),
    'fail-on': withDefault(failOn, ['failed', 'blocked']),
    timeout: withDefault(minutes, 25 * minute),
    'watch-scale-down': withDefault(flag, false),
  });
  return {
    ...placeOf(inputs),
    command,
    pool: inputs.pool,
    level: inputs.level,
    namespace: inputs.namespace,
    image: inputs.image,
    failOn: inputs['fail-on'],
    timeoutMs: inputs.timeout,
    watchesScaleDown: inputs['watch-scale-down'],
  };
}
