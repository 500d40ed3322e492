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
  readBy,
  readInputs,
  scopePattern,
  text,
  withDefault,
} from '@suite/action-kit';
import { type PinnedChart, parsePinnedCharts } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import { leaseWait } from '@suite/lease';
import type { BundleCharts } from './held-charts.ts';
import { parseReviewedReleases, type Review } from './review.ts';

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
  | (Target & {
      readonly command: 'plan';
      /** What charts are held to; undefined where there is no bundle, or one of before they were part of it. */
      readonly bundle: BundleCharts | undefined;
      readonly failIfBlocked: boolean;
      /** Plan that everything goes. */
      readonly destroy: boolean;
      /** Report of the plan of the infrastructure that is applied first; undefined where none is. */
      readonly infrastructureReport: string | undefined;
      /** Folder with the reports that people reviewed on the pull request; undefined where there was none. */
      readonly reviewed: string | undefined;
      /** Whether somebody approves before the plan is applied. */
      readonly approval: boolean;
    })
  | (Target & {
      /** `destroy` takes away what a plan showed by which everything goes; the environment's name was typed again. */
      readonly command: 'apply' | 'destroy';
      /** What was reviewed; nothing else is applied. */
      readonly review: Review;
      readonly bundle: BundleCharts | undefined;
      /** Releases at once. */
      readonly parallel: number;
      /** How long to wait for another run that works on the same environment and region. */
      readonly leaseWaitMs: number;
    })
  | (Target & { readonly command: 'verify' | 'drift' });

/** Needs no environment, and nobody's rights. */
export interface VersionsRequest {
  readonly command: 'versions';
  /** Absolute path of the platform file. */
  readonly platformFile: string;
  /** Render what is proposed, and hand over what becomes different. */
  readonly differences: boolean;
}

/** The same, for a bundle. */
export interface ChartsRequest {
  readonly command: 'charts';
  /** Absolute path of the platform file. */
  readonly platformFile: string;
}

const pinnedCharts = readBy(parsePinnedCharts, 'Use the `charts` output of the gate.');
const bundled = { charts: optional(pinnedCharts), rollback: withDefault(flag, false) };

const environmentName = text(scopePattern, 'Use the name of an environment in the platform file.');
const releases: Input<number> = {
  absent: 'required',
  parse: value =>
    /^(?:[1-9]|1\d|20)$/.test(value) ? { value: Number(value) } : { expected: 'Use a whole number from 1 to 20.' },
};

const reviewedReleases = readBy(parseReviewedReleases, 'Use the `releases` output of a plan.');

/** Throws a UserError that names every wrong input. */
export function readRequest(source: InputSource, workspace: string): Request | VersionsRequest | ChartsRequest {
  const command = readInputs(source, {
    command: choice(['plan', 'apply', 'verify', 'drift', 'destroy', 'versions', 'charts']),
  }).command;
  const platformFile = { 'platform-file': withDefault(path(workspace), `${workspace}/platform.yaml`) };
  if (command === 'charts') return { command, platformFile: readInputs(source, platformFile)['platform-file'] };
  if (command === 'versions') {
    const inputs = readInputs(source, { ...platformFile, differences: withDefault(flag, false) });
    return { command, platformFile: inputs['platform-file'], differences: inputs.differences };
  }
  const common = {
    ...platformFile,
    scope: environmentName,
    region: optional(location),
    'client-id': optional(guid),
  };
  if (command === 'apply' || command === 'destroy') {
    const inputs = readInputs(source, {
      ...common,
      confirm: optional(text(/^\S{1,100}$/, 'Type the name of the environment.')),
      'expected-digest': planHash('digest'),
      'expected-releases': optional(reviewedReleases),
      ...bundled,
      parallel: withDefault(releases, 4),
      'lease-wait': leaseWait,
    });
    if (command === 'destroy') requireConfirmed(inputs.scope, inputs.confirm);
    return {
      ...targetOf(inputs),
      command,
      review: { digest: inputs['expected-digest'], releases: inputs['expected-releases'] },
      bundle: bundleOf(inputs),
      parallel: inputs.parallel,
      leaseWaitMs: inputs['lease-wait'],
    };
  }
  if (command === 'plan') {
    const inputs = readInputs(source, {
      ...common,
      'fail-if-blocked': withDefault(flag, false),
      destroy: withDefault(flag, false),
      'infrastructure-report': optional(path(workspace)),
      reviewed: optional(path(workspace)),
      approval: withDefault(flag, true),
      ...bundled,
    });
    return {
      ...targetOf(inputs),
      command,
      failIfBlocked: inputs['fail-if-blocked'],
      bundle: bundleOf(inputs),
      destroy: inputs.destroy,
      infrastructureReport: inputs['infrastructure-report'],
      reviewed: inputs.reviewed,
      approval: inputs.approval,
    };
  }
  return { ...targetOf(readInputs(source, common)), command };
}

function bundleOf({
  charts,
  rollback,
}: {
  readonly charts: readonly PinnedChart[] | undefined;
  readonly rollback: boolean;
}): BundleCharts | undefined {
  return charts === undefined ? undefined : { charts, isRollback: rollback };
}

function requireConfirmed(scope: string, typed: string | undefined): void {
  if (typed === scope) return;
  const given = typed === undefined ? 'is needed' : `is ${JSON.stringify(typed)}`;
  throw new UserError({
    message: `${given}: it repeats the name of the environment that goes, \`${scope}\`. Nothing was touched.`,
    location: { kind: 'input', name: 'confirm' },
    remedy: 'Type the name of the environment that is to go.',
  });
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
