import {
  flag,
  type InputSource,
  location,
  optional,
  path,
  readInputs,
  scopeName,
  scopePattern,
  text,
  token,
  withDefault,
} from '@suite/action-kit';
import type { Choice, Part } from './chosen.ts';

export interface Request {
  /** Absolute path. */
  readonly platformFile: string;
  readonly requireReviewers: boolean;
  /** Whether jobs of the workflow name GitHub environments: one that is missing would be made by that. */
  readonly requireEnvironments: boolean;
  /** One environment, for a workflow that works on no other; undefined for a whole pipeline. */
  readonly choice: Choice | undefined;
  /** The part of the stages that is wanted: what comes after one of them, up to another one. */
  readonly part: Part;
  /** The one environment whose GPUs are asked for; undefined for all. */
  readonly gpuEnvironment: string | undefined;
  readonly token: string;
}

/** Throws a UserError that names every wrong input. */
export function readRequest(source: InputSource, workspace: string): Request {
  const inputs = readInputs(source, {
    'platform-file': withDefault(path(workspace), `${workspace}/platform.yaml`),
    'require-reviewers': withDefault(flag, false),
    'require-environments': withDefault(flag, true),
    environment: optional(scopeName),
    region: optional(location),
    'require-approval': withDefault(flag, false),
    after: optional(scopeName),
    until: optional(scopeName),
    'gpu-environment': optional(text(scopePattern, 'Use the name of an environment in the platform file.')),
    'github-token': token,
  });
  const { environment, region, 'require-approval': requireApproval } = inputs;
  return {
    choice: environment === undefined ? undefined : { environment, region, requireApproval },
    part: { after: inputs.after, until: inputs.until },
    platformFile: inputs['platform-file'],
    requireReviewers: inputs['require-reviewers'],
    requireEnvironments: inputs['require-environments'],
    gpuEnvironment: inputs['gpu-environment'],
    token: inputs['github-token'],
  };
}
