import {
  choice,
  flag,
  guid,
  type InputSource,
  location,
  optional,
  path,
  planHash,
  readInputs,
  scopeName,
  text,
  token,
  withDefault,
} from '@suite/action-kit';
import { type Problem, sentenceList, UserError } from '@suite/foundation';
import { leaseWait } from '@suite/lease';
import { type Redundancy, redundancies } from './bootstrap/redundancy.ts';

interface Target {
  /** Absolute path of the platform file. */
  readonly platformFile: string;
  readonly scope: string;
  readonly region: string | undefined;
  /** Overrides the identity of the platform lock. */
  readonly clientId: string | undefined;
}

export type Request = ScopeRequest | CheckRequest | BootstrapRequest;

export type ScopeRequest = PlanRequest | ApplyRequest | (Target & { readonly command: 'verify' });

export interface PlanRequest extends Target {
  readonly command: 'plan';
  readonly planFile: string | undefined;
  /** Hand the plan file on to an apply in another job. */
  readonly store: boolean;
  /** Folder with the report that people reviewed on the pull request; undefined where there was none. */
  readonly reviewed: string | undefined;
  /** Whether somebody will look at this plan before it is applied. */
  readonly approval: boolean;
  /** Fail, after the report was written, when apply would refuse the plan. */
  readonly failIfBlocked: boolean;
}

export interface ApplyRequest extends Target {
  readonly command: 'apply';
  readonly reviewed: Reviewed;
  /** How long to wait for another run that works on the same scope and region. */
  readonly leaseWaitMs: number;
}

/** Of all scopes, without an identity. */
export interface CheckRequest {
  readonly command: 'check';
  readonly platformFile: string;
}

/** Of all scopes, as an identity that owns their subscriptions. */
export interface BootstrapRequest {
  readonly command: 'bootstrap';
  readonly platformFile: string;
  readonly clientId: string;
  /** Show what would be made, and make nothing. */
  readonly dryRun: boolean;
  /** Undefined makes them where the platform file has a domain. */
  readonly entraApplications: boolean | undefined;
  readonly redundancy: Redundancy;
  readonly token: string;
}

/** What was reviewed: a plan file in this job, one that another job stored, or a digest. Apply does nothing that was not. */
export type Reviewed =
  | { readonly kind: 'file'; readonly planFile: string; readonly digest: string | undefined }
  | { readonly kind: 'stored'; readonly key: string; readonly sha256: string; readonly digest: string }
  | { readonly kind: 'digest'; readonly digest: string };

/** Throws a UserError that names every wrong input. */
export function readRequest(source: InputSource, workspace: string): Request {
  const inputs = readInputs(source, {
    command: choice(['plan', 'apply', 'verify', 'check', 'bootstrap']),
    'platform-file': withDefault(path(workspace), `${workspace}/platform.yaml`),
    scope: optional(scopeName),
    region: optional(location),
    'plan-file': optional(path(workspace)),
    'store-plan': withDefault(flag, false),
    reviewed: optional(path(workspace)),
    approval: withDefault(flag, true),
    'fail-if-blocked': withDefault(flag, false),
    'plan-key': optional(text(/^[\x21-\x7e]{1,500}$/, 'Use the `plan-key` output of a plan.')),
    'plan-sha256': optional(planHash('plan-sha256')),
    'expected-digest': optional(planHash('digest')),
    'lease-wait': leaseWait,
    'client-id': optional(guid),
    'dry-run': withDefault(flag, false),
    'entra-applications': optional(flag),
    'state-redundancy': withDefault(choice(redundancies), 'zrs'),
    'github-token': optional(token),
  });
  const { command } = inputs;
  const given = Object.entries(inputs).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : [name],
  );
  const problems = given.flatMap(name => {
    const of = commandsOf[name];
    return of === undefined || of.includes(command) ? [] : [misplaced(command, name, of)];
  });
  if (problems.length > 0) throw new UserError(problems);
  if (command === 'check') return { command, platformFile: inputs['platform-file'] };
  if (command === 'bootstrap') {
    return {
      command,
      platformFile: inputs['platform-file'],
      clientId: inputs['client-id'] ?? missing('client-id'),
      dryRun: inputs['dry-run'],
      entraApplications: inputs['entra-applications'],
      redundancy: inputs['state-redundancy'],
      token: inputs['github-token'] ?? missing('github-token'),
    };
  }
  const target: Target = {
    platformFile: inputs['platform-file'],
    scope: inputs.scope ?? missing('scope'),
    region: inputs.region,
    clientId: inputs['client-id'],
  };
  switch (command) {
    case 'plan':
      return {
        ...target,
        command,
        planFile: inputs['plan-file'],
        store: inputs['store-plan'],
        reviewed: inputs.reviewed,
        approval: inputs.approval,
        failIfBlocked: inputs['fail-if-blocked'],
      };
    case 'verify':
      return { ...target, command };
    case 'apply': {
      const reviewed = readReviewed({
        planFile: inputs['plan-file'],
        key: inputs['plan-key'],
        sha256: inputs['plan-sha256'],
        digest: inputs['expected-digest'],
      });
      return { ...target, command, reviewed, leaseWaitMs: inputs['lease-wait'] };
    }
  }
}

function missing(name: string): never {
  throw new UserError({
    message: 'is required but was not given.',
    location: { kind: 'input', name },
    remedy: `Add \`${name}:\` under \`with:\`.`,
  });
}

type Command = Request['command'];

/** Which commands an input means something to; all of them where it is not listed, as with those that have a default. */
const commandsOf: Readonly<Record<string, readonly Command[]>> = {
  scope: ['plan', 'apply', 'verify'],
  region: ['plan', 'apply', 'verify'],
  'client-id': ['plan', 'apply', 'verify', 'bootstrap'],
  'dry-run': ['bootstrap'],
  'entra-applications': ['bootstrap'],
  'plan-file': ['plan', 'apply'],
  'store-plan': ['plan'],
  reviewed: ['plan'],
  'fail-if-blocked': ['plan'],
  'plan-key': ['apply'],
  'plan-sha256': ['apply'],
  'expected-digest': ['apply'],
};

interface ReviewedInputs {
  readonly planFile: string | undefined;
  readonly key: string | undefined;
  readonly sha256: string | undefined;
  readonly digest: string | undefined;
}

function readReviewed({ planFile, key, sha256, digest }: ReviewedInputs): Reviewed {
  if (key !== undefined || sha256 !== undefined) {
    if (key !== undefined && sha256 !== undefined && digest !== undefined && planFile === undefined) {
      return { kind: 'stored', key, sha256, digest };
    }
    throw new UserError({
      message:
        'A stored plan is named by `plan-key`, `plan-sha256` and `expected-digest` together, and by no `plan-file`.',
      location: { kind: 'input', name: key === undefined ? 'plan-sha256' : 'plan-key' },
      remedy: 'Give the outputs `plan-key`, `plan-sha256` and `digest` of one plan.',
    });
  }
  if (planFile !== undefined) return { kind: 'file', planFile, digest };
  if (digest !== undefined) return { kind: 'digest', digest };
  throw new UserError({
    message: '`apply` performs only what was reviewed, and neither a plan nor its digest was given.',
    location: { kind: 'input', name: 'plan-file' },
    remedy: 'Give the `plan-file` output of a plan step, or the `digest` output as `expected-digest`.',
  });
}

function misplaced(command: Command, name: string, of: readonly Command[]): Problem {
  const others = sentenceList(
    of.map(other => `\`${other}\``),
    'or',
  );
  return {
    message: `has no meaning with \`${command}\`.`,
    location: { kind: 'input', name },
    remedy: `Leave it out, or use it with ${others}.`,
  };
}
