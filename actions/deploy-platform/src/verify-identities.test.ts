import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import { releaseOf, resolve } from './checks/checks.fixture.ts';
import type { RenderedRelease } from './render.ts';
import { verifyIdentities } from './verify-identities.ts';

const view = resolve('    releases: { mlflow: { artifacts: blob } }');
const issuer = 'https://westeurope.oic.prod-aks.azure.com/t/c/';
const outputs = {
  oidc_issuer_url: issuer,
  workload_identities: { mlflow: { name: 'id-mlflow', client_id: 'client', object_id: 'object' } },
};
const use = { 'azure.workload.identity/use': 'true' };
const account = (clientId?: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: {
    name: 'mlflow',
    namespace: 'ai-tools',
    ...(clientId === undefined ? {} : { annotations: { 'azure.workload.identity/client-id': clientId } }),
  },
});
const deployment = (labels: Record<string, string>): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'mlflow', namespace: 'ai-tools' },
  spec: {
    replicas: 1,
    template: { metadata: { labels }, spec: { serviceAccountName: 'mlflow', containers: [{ name: 'mlflow' }] } },
  },
});
const rendered = (labels: Record<string, string> = use): RenderedRelease => ({
  release: releaseOf({ name: 'mlflow', namespace: 'ai-tools', setting: 'releases.mlflow' }),
  chart: { path: '', name: 'mlflow', version: '1.0.0', digest: '' },
  objects: [account('client'), deployment(labels)].map(object => ({ object, keep: false })),
  hooks: [],
});
const pod = (labels: Record<string, string>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'mlflow-1', namespace: 'ai-tools', labels },
  spec: { serviceAccountName: 'mlflow' },
  status: { phase: 'Running' },
});
const credential = (change: object = {}) => ({
  properties: { subject: 'system:serviceaccount:ai-tools:mlflow', issuer, ...change },
});
const assignment = (change: object = {}) => ({
  properties: {
    principalId: 'object',
    roleDefinitionId: '/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe',
    ...change,
  },
});

interface World {
  readonly account?: KubernetesObject | undefined;
  readonly pods?: readonly KubernetesObject[];
  readonly credential?: unknown;
  readonly assignment?: unknown;
}

const whole: World = {
  account: account('client'),
  pods: [pod(use)],
  credential: credential(),
  assignment: assignment(),
};

function judge(world: World, one = rendered()) {
  const asked: string[] = [];
  const answer = (value: unknown) => {
    if (value instanceof Error) throw value;
    return value;
  };
  const checks = verifyIdentities({
    view,
    rendered: [one],
    outputs,
    cluster: { get: async () => world.account, list: async () => [...(world.pods ?? [])] },
    resources: {
      find: async id => {
        asked.push(id);
        return answer(id.includes('roleAssignments') ? world.assignment : world.credential);
      },
    },
  });
  return { checks, asked };
}

describe('from the pod to the right in Azure', () => {
  test('all four links', async () => {
    const { checks, asked } = judge(whole);
    expect(await checks).toEqual([
      {
        id: 'identity/mlflow',
        name: 'mlflow can sign in to Azure',
        setting: 'releases.mlflow',
        status: 'passed',
        message: 'Service account, pods, federated credential and role agree.',
      },
    ]);
    expect(asked).toEqual([
      expect.stringMatching(/id-mlflow-aks-contoso-dev-westeurope\/federatedIdentityCredentials\/kubernetes$/),
      expect.stringMatching(
        /\/containers\/mlflow\/providers\/Microsoft\.Authorization\/roleAssignments\/[0-9a-f-]{36}$/,
      ),
    ]);
  });

  const refused = new UserError({ message: 'plan may not read that.' });
  test.each<[string, World, string, string]>([
    ['no service account', { ...whole, account: undefined }, 'failed', 'There is no service account ai-tools/mlflow.'],
    ['another identity', { ...whole, account: account('other') }, 'failed', 'names other instead of client.'],
    ['no identity', { ...whole, account: account() }, 'failed', 'names no identity instead of client.'],
    ['a pod without a token', { ...whole, pods: [pod({})] }, 'failed', 'ai-tools/mlflow-1 lacks the label'],
    ['no pod', { ...whole, pods: [] }, 'unknown', 'No pod runs'],
    ['nobody trusted', { ...whole, credential: undefined }, 'failed', 'Entra trusts nobody as'],
    [
      'somebody else trusted',
      { ...whole, credential: credential({ subject: 'x' }) },
      'failed',
      'Entra trusts x instead',
    ],
    [
      'another cluster trusted',
      { ...whole, credential: credential({ issuer: 'x' }) },
      'failed',
      'Entra trusts the cluster x',
    ],
    [
      'no role',
      { ...whole, assignment: undefined },
      'failed',
      'It has not the role Storage Blob Data Contributor on mlflow.',
    ],
    [
      'a role of somebody else',
      { ...whole, assignment: assignment({ principalId: 'x' }) },
      'failed',
      'Somebody else has the role',
    ],
    ['another role', { ...whole, assignment: assignment({ roleDefinitionId: 'x' }) }, 'failed', 'It has another role'],
    [
      'a right that nobody may look at',
      { ...whole, assignment: refused },
      'unknown',
      'Nobody could look: plan may not read that.',
    ],
  ])('%s', async (_name, world, status, message) => {
    expect(await judge(world).checks).toMatchObject([{ status, message: expect.stringContaining(message) }]);
  });

  test('who has the account and asks for no token is not judged', async () => {
    expect(await judge(whole, rendered({})).checks).toEqual([]);
  });
});
