import { choice, guid, type InputSource, optional, path, readInputs, text, withDefault } from '@suite/action-kit';
import { type Problem, UserError } from '@suite/foundation';

interface Target {
  /** Absolute path of the platform file. */
  readonly platformFile: string;
  readonly scope: string;
  readonly region: string | undefined;
  /** Overrides the identity of the platform lock. */
  readonly clientId: string | undefined;
}

export type Request =
  | (Target & { readonly command: 'plan'; readonly planFile: string | undefined })
  | (Target & { readonly command: 'apply'; readonly reviewed: Reviewed })
  | (Target & { readonly command: 'verify' })
  | CheckRequest;

export type ScopeRequest = Exclude<Request, CheckRequest>;

/** Of all scopes, without an identity. */
export interface CheckRequest {
  readonly command: 'check';
  readonly platformFile: string;
}

/** What was reviewed: the plan itself, its digest, or both. Apply does nothing that was not. */
export type Reviewed =
  | { readonly planFile: string; readonly digest: string | undefined }
  | { readonly planFile: undefined; readonly digest: string };

const scopeName = text(/^[a-z][a-z0-9-]{0,31}$/, 'Use `shared` or the name of an environment in the platform file.');
const location = text(/^[a-z][a-z0-9]{1,39}$/, 'Use an Azure location such as `westeurope`.');
const digest = text(/^[0-9a-f]{64}$/, 'Use the `digest` output of a plan: 64 hexadecimal digits.');

/** Throws a UserError that names every wrong input. */
export function readRequest(source: InputSource, workspace: string): Request {
  const inputs = readInputs(source, {
    command: choice(['plan', 'apply', 'verify', 'check']),
    'platform-file': withDefault(path(workspace), `${workspace}/platform.yaml`),
    scope: optional(scopeName),
    region: optional(location),
    'plan-file': optional(path(workspace)),
    'expected-digest': optional(digest),
    'client-id': optional(guid),
  });
  if (inputs.command === 'check') {
    const given = (['scope', 'region', 'plan-file', 'expected-digest', 'client-id'] as const).filter(
      name => inputs[name] !== undefined,
    );
    if (given.length > 0) throw new UserError(given.map(name => misplaced('check', name, 'Leave it out.')));
    return { command: 'check', platformFile: inputs['platform-file'] };
  }
  if (inputs.scope === undefined) {
    throw new UserError({
      message: 'is required but was not given.',
      location: { kind: 'input', name: 'scope' },
      remedy: 'Add `scope:` under `with:`.',
    });
  }
  const target: Target = {
    platformFile: inputs['platform-file'],
    scope: inputs.scope,
    region: inputs.region,
    clientId: inputs['client-id'],
  };
  const planFile = inputs['plan-file'];
  const expectedDigest = inputs['expected-digest'];
  const problems: Problem[] = [];
  const { command } = inputs;
  if (expectedDigest !== undefined && command !== 'apply') {
    problems.push(misplaced(command, 'expected-digest', 'Use it with `apply`.'));
  }
  if (planFile !== undefined && command === 'verify') {
    problems.push(misplaced(command, 'plan-file', 'Use it with `plan` or `apply`.'));
  }
  if (problems.length > 0) throw new UserError(problems);

  switch (command) {
    case 'plan':
      return { ...target, command: 'plan', planFile };
    case 'verify':
      return { ...target, command: 'verify' };
    case 'apply':
      if (planFile !== undefined)
        return { ...target, command: 'apply', reviewed: { planFile, digest: expectedDigest } };
      if (expectedDigest !== undefined) {
        return { ...target, command: 'apply', reviewed: { planFile, digest: expectedDigest } };
      }
      throw new UserError({
        message: '`apply` performs only what was reviewed, and neither a plan nor its digest was given.',
        location: { kind: 'input', name: 'plan-file' },
        remedy: 'Give the `plan-file` output of a plan step, or the `digest` output as `expected-digest`.',
      });
  }
}

function misplaced(command: string, name: string, remedy: string): Problem {
  return { message: `has no meaning with \`${command}\`.`, location: { kind: 'input', name }, remedy };
}
