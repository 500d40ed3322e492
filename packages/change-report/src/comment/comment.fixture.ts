import { judgeAllowance } from '../allowance.ts';
import type { ChangeReport } from '../model.ts';
import { changedCluster, rotatedPool, sampleChange, sampleReport } from '../testing/samples.ts';
import type { CommentContent, Row } from './content.ts';

export function row(scope: string, report: Partial<ChangeReport> | undefined, more: Partial<Row> = {}): Row {
  const order = ['shared', 'dev', 'staging', 'prod'];
  const before = order[order.indexOf(scope) - 1];
  return {
    scope,
    region: 'westeurope',
    title: scope,
    production: scope === 'shared' || scope === 'prod',
    actions: ['provision-aks'],
    gate: {
      ...(before === undefined ? {} : { after: before }),
      reviewers: scope === 'prod' ? 1 : 0,
      waitMinutes: 0,
    },
    reports: report === undefined ? [] : [sampleReport({ scope, ...report })],
    ...more,
  };
}

export function content(rows: readonly Row[], more: Partial<CommentContent> = {}): CommentContent {
  return {
    platform: 'contoso',
    file: 'platform.yaml',
    commit: { head: '9f3c2e1000000000000000000000000000000000' },
    run: { id: '4711', attempt: '1', url: 'https://github.com/contoso/platform/actions/runs/4711' },
    finishedAt: '2026-11-24T05:01:30.000Z',
    rows,
    problems: [],
    ...more,
  };
}

/** Each environment has a cluster of its own name, of the same address. */
export function cleaner(scope: string) {
  const [attribute] = changedCluster.attributes;
  return {
    ...changedCluster,
    title: `cluster aks-contoso-${scope}`,
    attributes: attribute === undefined ? [] : [{ ...attribute, setting: 'cluster.features.image-cleaner.interval' }],
  };
}

const size = { ...rotatedPool.attributes[0], setting: 'cluster.pools.gpu.size' };
export const rotated = {
  ...rotatedPool,
  reasons: [{ text: '', attribute: size }],
  attributes: [size],
} as typeof rotatedPool;

export const routine = (scope: string): Partial<ChangeReport> => ({
  verdict: 'changes',
  changes: [sampleChange(), cleaner(scope)],
});

export const blocked = (scope: string): Partial<ChangeReport> => ({
  verdict: 'blocked',
  changes: [sampleChange(), cleaner(scope), rotated],
  checks: judgeAllowance([rotated], [], { scope, platformFile: 'platform.yaml' }),
});

export const allowed = (scope: string): Partial<ChangeReport> => ({
  verdict: 'changes',
  changes: [rotated],
  checks: judgeAllowance([rotated], ['node-pool/gpu'], { scope, platformFile: 'platform.yaml' }),
});

export const failed: Partial<ChangeReport> = {
  verdict: 'failed',
  checks: [
    {
      id: 'failure/0',
      name: 'Failed',
      status: 'failed',
      message: 'The state is locked by mona since 05:00.',
      remedy: 'Wait for that run.',
    },
  ],
};
