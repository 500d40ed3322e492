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
  scopeName,
  text,
  token,
  withDefault,
} from '@suite/action-kit';
import { type Problem, sentenceList, UserError } from '@suite/foundation';
import { leaseWait } from '@suite/lease';
import type { ProviderSource } from '@suite/terraform';
import { type Redundancy, redundancies } from './bootstrap/redundancy.ts';

interface Target {
  /** Absolute path of the platform file. */
  readonly platformFile: string;
  readonly scope: string;
  readonly region: string | undefined;
  /** Overrides the identity of the platform lock. */
  readonly clientId: string | undefined;
}

export type Request = ScopeRequest | UnlockRequest | CheckRequest | LockRequest | BootstrapRequest;

export type ScopeRequest =
  | PlanRequest
  | ApplyRequest
  | SurveyRequest
  | (Target & { readonly command: 'verify' | 'drift' });

export interface PlanRequest extends Target {
  readonly command: 'plan';
  readonly planFile: string | undefined;
  /** Plan that the environment goes. */
  readonly destroy: boolean;
  /** Hand the plan file on to an apply in another job. */
  readonly store: boolean;
  /** Folder with the report that people reviewed on the pull request; undefined where there was none. */
  readonly reviewed: string | undefined;
  /** Whether somebody will look at this plan before it is applied. */
  readonly approval: boolean;
  /** Fail, after the report was written, when apply would refuse the plan. */
  readonly failIfBlocked: boolean;
}

/** Reads a cluster that another tool has made. */
export interface SurveyRequest extends Target {
  readonly command: 'survey';
  /** Its ARM id, as it was typed. */
  readonly cluster: string;
}

/** `destroy` performs a plan by which the environment goes, whose name was typed again. */
export interface ApplyRequest extends Target {
  readonly command: 'apply' | 'destroy';
  readonly reviewed: Reviewed;
  /** Reads runs, to tell whether one that holds a lock is over. */
  readonly token: string | undefined;
  /** How long to wait for another run that works on the same scope and region. */
  readonly leaseWaitMs: number;
}

/** Releases what a dead run holds. */
export interface UnlockRequest extends Target {
  readonly command: 'unlock';
  /** Id of the run that is thought to hold it; another one is not touched. */
  readonly run: string | undefined;
  readonly token: string | undefined;
  /** How long to wait for another run before a kept state is restored. */
  readonly leaseWaitMs: number;
}

/** Of all scopes, without an identity. */
export interface CheckRequest {
  readonly command: 'check';
  readonly platformFile: string;
}

/** Of all scopes, without an identity: the checksums of their providers. */
export interface LockRequest {
  readonly command: 'lock-providers';
  readonly platformFile: string;
  /** `linux_amd64`. */
  readonly platforms: readonly string[];
  readonly from: ProviderSource;
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
    command: choice([
      'plan',
      'apply',
      'verify',
      'drift',
      'survey',
      'destroy',
      'unlock',
      'check',
      'lock-providers',
      'bootstrap',
    ]),
    'platform-file': withDefault(path(workspace), `${workspace}/platform.yaml`),
    scope: optional(scopeName),
    region: optional(location),
    'plan-file': optional(path(workspace)),
    cluster: optional(text(/^\S{1,400}$/, 'Use the id of a cluster, as `az aks show --query id` prints it.')),
    destroy: withDefault(flag, false),
    confirm: optional(text(/^\S{1,100}$/, 'Type the name of the environment.')),
    'store-plan': withDefault(flag, false),
    reviewed: optional(path(workspace)),
    approval: withDefault(flag, true),
    'fail-if-blocked': withDefault(flag, false),
    'plan-key': optional(text(/^[\x21-\x7e]{1,500}$/, 'Use the `plan-key` output of a plan.')),
    'plan-sha256': optional(planHash('plan-sha256')),
    'expected-digest': optional(planHash('digest')),
    'lease-wait': leaseWait,
    run: optional(text(/^\d{1,20}$/, 'Use the id of a run: the number in the address of its page.')),
    'client-id': optional(guid),
    'dry-run': withDefault(flag, false),
    'entra-applications': optional(flag),
    'state-redundancy': withDefault(choice(redundancies), 'zrs'),
    platforms: optional(platformNames),
    'provider-mirror': optional(providerMirror(workspace)),
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
  if (command === 'lock-providers') {
    return {
      command,
      platformFile: inputs['platform-file'],
      platforms: inputs.platforms ?? defaultPlatforms,
      from: inputs['provider-mirror'] ?? { kind: 'registry' },
    };
  }
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
      if (inputs.destroy && inputs.confirm !== undefined) requireConfirmed(target.scope, inputs.confirm);
      else if (inputs.destroy) requireEnvironment(target.scope);
      return {
        ...target,
        command,
        planFile: inputs['plan-file'],
        destroy: inputs.destroy,
        store: inputs['store-plan'],
        reviewed: inputs.reviewed,
        approval: inputs.approval,
        failIfBlocked: inputs['fail-if-blocked'],
      };
    case 'survey':
      return { ...target, command, cluster: inputs.cluster ?? missing('cluster') };
    case 'verify':
    case 'drift':
      return { ...target, command };
    case 'unlock':
      return { ...target, command, run: inputs.run, token: inputs['github-token'], leaseWaitMs: inputs['lease-wait'] };
    case 'destroy':
    case 'apply': {
      if (command === 'destroy') requireConfirmed(target.scope, inputs.confirm);
      const reviewed = readReviewed({
        planFile: inputs['plan-file'],
        key: inputs['plan-key'],
        sha256: inputs['plan-sha256'],
        digest: inputs['expected-digest'],
      });
      return { ...target, command, reviewed, token: inputs['github-token'], leaseWaitMs: inputs['lease-wait'] };
    }
  }
}

/** What GitHub's own Linux runners are. */
const defaultPlatforms: readonly string[] = ['linux_amd64', 'linux_arm64'];

const platformNames: Input<readonly string[]> = {
  absent: 'required',
  parse: value => {
    const names = [...new Set(value.split(/[\s,]+/).filter(name => name !== ''))];
    const isRight = names.length > 0 && names.every(name => /^[a-z0-9]{2,20}_[a-z0-9]{2,20}$/.test(name));
    return isRight ? { value: names } : { expected: 'Use names such as `linux_amd64, darwin_arm64`.' };
  },
};

function providerMirror(workspace: string): Input<ProviderSource> {
  const folder = path(workspace);
  return {
    absent: 'required',
    parse: value => {
      if (!/^[a-z][a-z0-9+.-]+:/i.test(value)) {
        const parsed = folder.parse(value);
        return 'value' in parsed ? { value: { kind: 'folder', path: parsed.value } } : parsed;
      }
      // Terraform takes its index from below it.
      return /^https:\/\/[^\s@]{3,500}\/$/.test(value)
        ? { value: { kind: 'server', url: value } }
        : { expected: 'Use a folder, or an address that begins with `https://` and ends with `/`.' };
    },
  };
}

/** What is shared is used by every environment, and goes by nobody's word. */
function requireEnvironment(scope: string): void {
  if (scope !== 'shared') return;
  throw new UserError({
    message: 'is `shared`, which every environment uses: only environments are destroyed. Nothing was touched.',
    location: { kind: 'input', name: 'scope' },
    remedy: 'Name an environment of the platform file.',
  });
}

function requireConfirmed(scope: string, typed: string | undefined): void {
  requireEnvironment(scope);
  if (typed === scope) return;
  throw new UserError({
    message:
      typed === undefined
        ? `is needed: it repeats the name of the environment that goes, \`${scope}\`. Nothing was touched.`
        : `is ${JSON.stringify(typed)}, but the environment is \`${scope}\`. Nothing was touched.`,
    location: { kind: 'input', name: 'confirm' },
    remedy: 'Type the name of the environment that is to go.',
  });
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
  scope: ['plan', 'apply', 'verify', 'drift', 'survey', 'destroy', 'unlock'],
  region: ['plan', 'apply', 'verify', 'drift', 'survey', 'destroy', 'unlock'],
  cluster: ['survey'],
  destroy: ['plan'],
  confirm: ['plan', 'destroy'],
  run: ['unlock'],
  'client-id': ['plan', 'apply', 'verify', 'drift', 'survey', 'destroy', 'unlock', 'bootstrap'],
  'dry-run': ['bootstrap'],
  'entra-applications': ['bootstrap'],
  platforms: ['lock-providers'],
  'provider-mirror': ['lock-providers'],
  'plan-file': ['plan', 'apply', 'destroy'],
  'store-plan': ['plan'],
  reviewed: ['plan'],
  'fail-if-blocked': ['plan'],
  'plan-key': ['apply', 'destroy'],
  'plan-sha256': ['apply', 'destroy'],
  'expected-digest': ['apply', 'destroy'],
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
