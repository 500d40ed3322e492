import { describe, expect, test } from '@jest/globals';
import type { Change } from '@suite/change-report';
import { exitCodes, hasPlan, recordedCases, recordedPlan, recordedPlans } from './plan.fixture.ts';
import { type PlanContent, readPlan } from './read-plan.ts';

/** What a recorded plan has to be judged as. What is left out is empty, or true for `applyable` and `complete`. */
interface Judgement {
  /** `kind title`, in the order of the plan. */
  readonly changes?: readonly string[];
  readonly drift?: readonly string[];
  readonly outputs?: readonly string[];
  /** `id status` */
  readonly checks?: readonly string[];
  readonly allow?: readonly string[];
  /** `build` where it is left out. */
  readonly mode?: 'destroy' | 'either';
  readonly applyable?: false;
  readonly complete?: false;
  readonly errored?: true;
}

const batch: Judgement = { changes: ['create node pool batch'] };
const threeGroups: Judgement = {
  changes: ['first', 'second', 'third'].map(name => `create network security group nsg-${name}-dev`),
};
const nothing: Judgement = { applyable: false };
const blockedUser: Judgement = {
  changes: ['rotate node pool user'],
  checks: ['temporary-name/user blocked'],
  allow: ['node-pool/user'],
};
const twoDrifted = ['update node pool user', 'update resource group rg-platform-dev'];
const newIdentity = ['create managed identity id-extra-dev'];

const judgements: Readonly<Record<string, Judgement>> = {
  'apply-400-quota/plan': batch,
  'apply-403-authorization/plan': batch,
  'apply-409-conflict/plan': batch,
  'apply-429-then-success/plan': batch,
  'apply-elsewhere-backend-config/plan': threeGroups,
  'apply-elsewhere-environment/plan': threeGroups,
  'apply-operation-failed/plan': batch,
  'apply-partial/plan': { changes: ['create node pool batch', 'update node pool user'] },
  'apply-without-init/plan': threeGroups,
  'check-failed/plan': { applyable: false, checks: ['check/gpu_capacity failed', 'check/version passed'] },
  'create-all/plan': {
    changes: [
      'create registry acrplatformdev',
      'create federated credential workload',
      'create key vault kv-platform-dev',
      'create cluster aks-platform-dev',
      'create node pool gpu',
      'create node pool user',
      'create log workspace log-platform-dev',
      'create network security group nsg-endpoints-dev',
      'create network security group nsg-gpu-dev',
      'create network security group nsg-ingress-dev',
      'create network security group nsg-nodes-dev',
      'create resource group rg-platform-dev',
      'create role assignment acr_pull',
      'create storage account stplatformdev',
      'create subnet snet-endpoints',
      'create subnet snet-gpu',
      'create subnet snet-ingress',
      'create subnet snet-nodes',
      'create NSG association endpoints',
      'create NSG association gpu',
      'create NSG association ingress',
      'create NSG association nodes',
      'create managed identity id-workload-dev',
      'create virtual network vnet-platform-dev',
    ],
    outputs: ['create cluster_id', 'create oidc_issuer_url'],
  },
  'create-base/plan': {
    changes: [
      'create cluster aks-platform-dev',
      'create node pool gpu',
      'create node pool user',
      'create resource group rg-platform-dev',
      'create subnet snet-nodes',
      'create virtual network vnet-platform-dev',
    ],
    outputs: ['create cluster_id', 'create oidc_issuer_url'],
  },
  'create-exists/plan': { changes: ['create node pool gpu'] },
  'data-read-during-apply/plan': { changes: newIdentity, outputs: ['create extra_principal_id'] },
  'delete-pool/plan': { changes: ['delete node pool gpu'], allow: ['node-pool/gpu'] },
  'destroy-group-not-empty/plan': {
    mode: 'destroy',
    changes: ['delete resource group rg-spare-dev'],
    allow: ['resource-group'],
  },
  'destroy/plan': {
    mode: 'destroy',
    changes: [
      'delete cluster aks-platform-dev',
      'delete node pool gpu',
      'delete node pool user',
      'delete resource group rg-platform-dev',
      'delete subnet snet-nodes',
      'delete virtual network vnet-platform-dev',
    ],
    outputs: ['delete cluster_id', 'delete oidc_issuer_url'],
    allow: ['cluster', 'network', 'node-pool/gpu', 'node-pool/user', 'resource-group'],
  },
  'drift-deleted/plan': { changes: ['create node pool gpu'], drift: ['delete node pool gpu'] },
  'drift-deleted/refresh-only-plan': { mode: 'either', drift: ['delete node pool gpu'] },
  'drift-refresh-only-apply/plan': { mode: 'either', drift: twoDrifted },
  'drift/plan': { changes: twoDrifted, drift: twoDrifted },
  'drift/refresh-only-plan': { mode: 'either', drift: twoDrifted },
  'errored-plan-file/plan': { applyable: false, complete: false, errored: true },
  'errored-tfstate/plan': threeGroups,
  'import-with-changes/plan': { changes: ['import node pool gpu', 'update node pool gpu'] },
  'import/plan': { changes: ['import node pool gpu'] },
  'interrupted-forced-exit/plan': threeGroups,
  'interrupted-runner-cancel/plan': threeGroups,
  'interrupted-sigint-twice/plan': threeGroups,
  'interrupted-sigint/plan': threeGroups,
  'interrupted-sigterm/plan': threeGroups,
  'interrupted-update/plan': {
    changes: ['first', 'second', 'third'].map(name => `update network security group nsg-${name}-dev`),
  },
  'killed-sigkill/plan': threeGroups,
  'lease-lost-during-apply/plan': threeGroups,
  'moved/plan': { changes: ['move node pool gpu'] },
  'no-changes-base/plan': nothing,
  'no-changes/plan': nothing,
  'operation-failed-then-again/plan': threeGroups,
  'outputs-only/plan': { outputs: ['create added'] },
  'postcondition-failed-at-apply/plan': {
    changes: newIdentity,
    outputs: ['create extra_principal_id'],
    checks: ['condition/azurerm_user_assigned_identity.extra later'],
  },
  'removed-forget/plan': { changes: ['forget node pool gpu'] },
  'replace-cluster/plan': {
    changes: ['replace cluster aks-platform-dev', 'replace node pool gpu', 'replace node pool user'],
    outputs: ['update cluster_id', 'update oidc_issuer_url'],
    allow: ['cluster', 'node-pool/gpu', 'node-pool/user'],
  },
  'replace-option/plan': { changes: ['replace node pool gpu'], allow: ['node-pool/gpu'] },
  'replace-pool-cbd-same-name/plan': blockedUser,
  'replace-pool-create-before-destroy/plan': { changes: ['replace node pool user'], allow: ['node-pool/user'] },
  'replace-pool/plan': blockedUser,
  'rotate-default-pool-no-temporary-name/plan': {
    changes: ['rotate node pool system'],
    checks: ['temporary-name/system blocked'],
    allow: ['node-pool/system'],
  },
  'rotate-default-pool/plan': { changes: ['rotate node pool system'], allow: ['node-pool/system'] },
  'rotate-pool/plan': { changes: ['rotate node pool user'], allow: ['node-pool/user'] },
  'sensitive/create-plan': {
    changes: [
      'create key vault secret webhook-token',
      'create key vault secret write-only',
      'create resource group rg-sensitive-dev',
    ],
    outputs: ['create webhook_token'],
  },
  'sensitive/plan': {
    changes: ['update key vault secret webhook-token', 'update resource group rg-sensitive-dev'],
    outputs: ['update webhook_token'],
  },
  'stale-plan/plan': threeGroups,
  'state-lock-held/plan': threeGroups,
  'tainted/plan': { changes: ['replace node pool gpu'], allow: ['node-pool/gpu'] },
  'target/plan': { changes: ['update node pool gpu'], complete: false },
  'unknown-and-outputs/plan': {
    changes: ['create federated credential extra', ...newIdentity],
    outputs: ['create extra_client_id', 'delete oidc_issuer_url', 'create pools', 'create static'],
  },
  'update-in-place/plan': {
    changes: [
      'update cluster aks-platform-dev',
      'update node pool gpu',
      'update node pool user',
      'update resource group rg-platform-dev',
      'update virtual network vnet-platform-dev',
    ],
  },
};

const named = ({ kind, title }: Change) => `${kind} ${title}`;

function judge({ changes, drift, outputs, checks, mode, applyable, complete, errored }: PlanContent) {
  return {
    changes: changes.map(named),
    drift: drift.map(named),
    outputs: outputs.map(({ kind, name }) => `${kind} ${name}`),
    checks: checks.map(({ id, status }) => `${id} ${status}`),
    allow: [...new Set(changes.flatMap(({ allowKey }) => allowKey ?? []))].sort(),
    mode,
    applyable,
    complete,
    errored,
  };
}

describe('recorded plans', () => {
  test('there are 68 cases', () => expect(recordedCases).toHaveLength(68));

  test.each(recordedPlans.filter(([name]) => name !== 'big'))('%s/%s', (name, file) => {
    expect(judge(readPlan(recordedPlan(name, file)))).toEqual({
      changes: [],
      drift: [],
      outputs: [],
      checks: [],
      allow: [],
      mode: 'build',
      applyable: true,
      complete: true,
      errored: false,
      ...judgements[`${name}/${file}`],
    });
  });

  test('big: everything that changes, without the rest', () => {
    const { changes, creates } = readPlan(recordedPlan('big'));
    const entries = (recordedPlan('big')['resource_changes'] as { change: { actions: string[] } }[]).map(({ change }) =>
      change.actions.join(' '),
    );
    const counted = (kind: string) => changes.filter(change => change.kind === kind).length;
    const recorded = (actions: string) => entries.filter(entry => entry === actions).length;
    expect([counted('create'), counted('delete'), counted('replace'), counted('update')]).toEqual([
      20,
      20,
      recorded('delete create'),
      recorded('update'),
    ]);
    expect(counted('replace')).toBeGreaterThan(0);
    expect(changes).toHaveLength(entries.length - recorded('no-op'));
    expect(creates).toHaveLength(20);
  });

  // Exit 2 means something to apply, and 1 that there is no plan, or one that failed.
  test.each(recordedCases.filter(hasPlan))('%s: agrees with the exit code of the plan', name => {
    const { applyable, errored } = readPlan(recordedPlan(name));
    expect(exitCodes(name)['plan']).toBe(errored ? 1 : applyable ? 2 : 0);
  });

  test.each(recordedCases.filter(name => !hasPlan(name)))('%s: there is no plan to read', name => {
    const codes = exitCodes(name);
    expect([codes['plan'], codes['init']].find(code => code !== undefined && code !== 0)).toEqual(
      name === 'init-backend-unreachable' ? expect.stringContaining('still running') : 1,
    );
  });
});

describe('golden reports', () => {
  test.each([
    ['create-base', 'plan'],
    ['update-in-place', 'plan'],
    ['replace-cluster', 'plan'],
    ['replace-pool-create-before-destroy', 'plan'],
    ['replace-option', 'plan'],
    ['tainted', 'plan'],
    ['rotate-pool', 'plan'],
    ['rotate-default-pool-no-temporary-name', 'plan'],
    ['delete-pool', 'plan'],
    ['removed-forget', 'plan'],
    ['moved', 'plan'],
    ['import-with-changes', 'plan'],
    ['drift', 'plan'],
    ['sensitive', 'plan'],
    ['sensitive', 'create-plan'],
    ['unknown-and-outputs', 'plan'],
    ['check-failed', 'plan'],
    ['target', 'plan'],
  ])('%s/%s', (name, file) => {
    const {
      creates: _c,
      imports: _i,
      variables: _v,
      mode: _m,
      refreshed: _r,
      ...shown
    } = readPlan(recordedPlan(name, file));
    expect(shown).toMatchSnapshot();
  });
});

test.each(['drift', 'drift-deleted'])('a plan tells of %s what one that only refreshes tells', name => {
  const { refreshed } = readPlan(recordedPlan(name));
  expect(refreshed).toEqual(readPlan(recordedPlan(name, 'refresh-only-plan')).drift);
  expect(refreshed).not.toEqual([]);
});
