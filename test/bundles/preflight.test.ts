import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChangeReport, Check } from '@suite/change-report';
import type { EnvironmentScope } from '@suite/platform-file';
import { type BundleWorld, errors, openBundleWorld, reportOf, succeeded } from '../support/bundle.ts';

let sandbox: BundleWorld;
let dev: EnvironmentScope;

beforeAll(async () => {
  sandbox = await openBundleWorld();
  await sandbox.deploy('shared');
  const view = sandbox.views.find(({ scope }) => scope === 'dev');
  if (view?.kind !== 'environment') throw new Error('The example has no dev.');
  dev = view;
});
afterEach(async () => {
  sandbox.world.faults.clear();
  await sandbox.restore();
});
afterAll(() => sandbox.close());

async function plan(): Promise<{ report: ChangeReport; preflight: Check[]; log: string }> {
  const result = succeeded(await sandbox.run({ command: 'plan', scope: 'dev' }));
  const report = await reportOf(result);
  const preflight = report.checks.filter(({ id }) => id.startsWith('preflight/'));
  return { report, preflight, log: result.log.join('\n') };
}

const withStatus = (checks: readonly Check[], wanted: Check['status']) =>
  checks.filter(({ status }) => status === wanted).map(({ id }) => id);
const writes = () => sandbox.world.ledger.writes().filter(({ host }) => host === 'management.azure.com');

describe('before anything is made', () => {
  test('in a subscription where all is well nothing is blocked, and nothing is written', async () => {
    const before = writes();
    const { report, preflight, log } = await plan();
    expect(withStatus(preflight, 'blocked')).toEqual([]);
    expect(report.verdict).toBe('changes');
    expect(withStatus(preflight, 'unknown')).toEqual([]);
    const rights = preflight.filter(({ id }) => id.startsWith('preflight/rights'));
    expect(rights).toMatchObject([
      { id: 'preflight/rights', status: 'passed', message: expect.stringMatching(/^It has the \d+ rights/) },
    ]);
    expect(log).toMatch(/Preflight: \d+ findings; the plan waited \d/);
    expect(writes()).toEqual(before);
  });

  test('what nobody can answer is unknown: no right, no endpoint, no answer', async () => {
    const answer = (pattern: RegExp, status: number, code: string) =>
      sandbox.world.faults.add({
        match: ({ host, path }) => host === 'management.azure.com' && pattern.test(path),
        answer: { status, body: JSON.stringify({ error: { code, message: 'No.' } }) },
      });
    answer(/\/usages$/i, 403, 'AuthorizationFailed');
    answer(/\/kubernetesVersions$/i, 404, 'NotFound');
    answer(/\/checkPolicyRestrictions$/i, 503, 'ServerBusy');
    sandbox.world.faults.add({ match: ({ path }) => /\/skus$/i.test(path), answer: { delayMs: 60_000 } });
    const { report, preflight } = await plan();
    expect(withStatus(preflight, 'unknown')).toEqual(
      expect.arrayContaining([
        'preflight/sizes/unknown',
        'preflight/quota/unknown',
        'preflight/version/unknown',
        'preflight/policy/unknown',
      ]),
    );
    expect(report.verdict).toBe('changes');
    const said = (topic: string) =>
      preflight.filter(({ id }) => id.startsWith(`preflight/${topic}/unknown`)).map(({ message }) => message);
    expect(said('quota').join()).toMatch(/may not perform `Microsoft\.Compute\/locations\/usages\/read`/);
    expect(said('version').join()).toMatch(/answered 404 while asking which Kubernetes versions westeurope has/);
    expect(said('sizes').join()).toMatch(/had not answered when the plan had been made|did not answer within 10 s/);
  });

  test('each thing that would fail is found, with what to do and its line', async () => {
    const { azure } = sandbox.world;
    const { subscription, region: location } = dev;
    const own = { subscription, location };
    azure.setQuota({ ...own, family: 'standardDDSv5Family', cores: 8 });
    azure.setQuota({ ...own, family: 'Standard NCASv3_T4 Family', cores: 0 });
    azure.restrictSize({ ...own, size: 'Standard_NC4as_T4_v3' });
    azure.setProvider(subscription, 'Microsoft.Insights', 'NotRegistered');
    azure.setFeature(subscription, 'Microsoft.Compute/EncryptionAtHost', 'NotRegistered');
    if (!dev.registry.existing) azure.takeName('Microsoft.ContainerRegistry/registries', dev.registry.name);
    azure.denyByPolicy({
      scope: `/subscriptions/${subscription}`,
      assignment: 'cost-centers',
      definition: 'tags',
      displayName: 'Everything has a cost center',
      requiredTags: ['cost-center'],
    });
    const versions = azure.kubernetesVersions();
    azure.offerKubernetes(
      Object.fromEntries(Object.entries(versions).filter(([minor]) => minor !== dev.cluster.version)),
    );
    await sandbox.edit('platform.yaml', text =>
      text.replace('tier: free', 'tier: free\n      pools: { user: { host-encryption: true } }'),
    );
    const { report, preflight } = await plan();
    azure.offerKubernetes(versions);
    expect(report.verdict).toBe('blocked');
    const blocked = preflight.filter(({ status }) => status === 'blocked');
    const found = (id: string) => blocked.find(check => check.id.startsWith(`preflight/${id}`));
    const sentence = (id: string) => `${found(id)?.message} ${found(id)?.remedy}`;
    expect(sentence('quota/standardDDSv5Family')).toMatch(
      /need \d+ vCPUs of `standardDDSv5Family`.*8 of 8 left.*az quota update/,
    );
    expect(sentence('sizes/gpu')).toMatch(/may not use the size `Standard_NC4as_T4_v3`/);
    expect(found('sizes/gpu')?.setting).toBe('cluster.pools.gpu.size');
    expect(sentence('providers/Microsoft.Insights')).toMatch(/az provider register --namespace Microsoft\.Insights/);
    expect(sentence('features/EncryptionAtHost')).toMatch(/az feature register --namespace Microsoft\.Compute/);
    expect(found('features/EncryptionAtHost')?.setting).toBe('cluster.pools.user.host-encryption');
    expect(sentence('names/registry')).toMatch(/belongs to somebody else/);
    expect(sentence('policy/cost-centers')).toMatch(/`cost-centers` refuses the .*wants a `tags\.cost-center`/);
    expect(found('policy/cost-centers')?.setting).toBe('tags');
    expect(sentence('version')).toMatch(/does not offer Kubernetes|no longer offers Kubernetes/);
    expect(found('version')?.setting).toBe('cluster.version');
  });
});

describe('a cluster that is there', () => {
  test('a skipped minor, and a private API server that this runner does not reach', async () => {
    const { azure } = sandbox.world;
    const id = `/subscriptions/${dev.subscription}/resourceGroups/${dev.resourceGroup}/providers/Microsoft.ContainerService/managedClusters/${dev.cluster.name}`;
    azure.putResource(id, {
      location: dev.region,
      identity: { type: 'SystemAssigned' },
      properties: { dnsPrefix: 'x', kubernetesVersion: '1.34', agentPoolProfiles: [] },
    });
    azure.mutate(id, body => {
      const properties = body['properties'] as Record<string, unknown>;
      properties['currentKubernetesVersion'] = '1.33.5';
      properties['privateFQDN'] = 'aks.privatelink.westeurope.azmk8s.io';
    });
    await sandbox.edit('platform.yaml', text =>
      text
        .replace('tier: free', 'tier: free\n      private: true')
        .replace('location: westeurope\n    cluster', 'location: westeurope\n    runner: inside\n    cluster'),
    );
    const { preflight } = await plan();
    const said = (beginning: string) => preflight.find(check => check.id.startsWith(`preflight/${beginning}`));
    expect(said('version')).toMatchObject({
      status: 'blocked',
      message: expect.stringMatching(/From 1\.33\.5 to 1\.\d+ minors would be skipped/),
    });
    expect(said('api-server')).toMatchObject({ status: 'warning', setting: 'runner' });
    azure.remove(id);
  });
});

test('an apply that lacks a right stops before it changes anything', async () => {
  const { azure } = sandbox.world;
  const scope = sandbox.views.find(({ kind }) => kind === 'shared');
  if (scope === undefined) throw new Error('The example has no shared scope.');
  await sandbox.edit('platform.yaml', text => text.replace('shared:', 'shared:\n  tags: { team: platform }'));
  const planned = succeeded(await sandbox.run({ command: 'plan', scope: 'shared' }));
  const [assignment] = azure.resources('Microsoft.Authorization/roleAssignments').filter(({ id, properties }) => {
    const apply = azure.principals().find(({ clientId }) => clientId === scope.identities.apply);
    const { principalId, roleDefinitionId } = properties as { principalId: string; roleDefinitionId: string };
    const contributor = 'b24988ac-6180-42a0-ab88-20f7382dd24c';
    return principalId === apply?.objectId && roleDefinitionId.endsWith(contributor) && id.includes(scope.subscription);
  });
  azure.remove(assignment?.id ?? '');
  const before = writes();
  const result = await sandbox.run({
    command: 'apply',
    scope: 'shared',
    'plan-file': planned.outputs['plan-file'] ?? '',
  });
  expect(result.exitCode).toBe(1);
  expect(errors(result).join('\n')).toMatch(
    /The apply identity of the shared scope \(client id \S+\) may not perform `Microsoft\.\S+\/write` on .*az role assignment create --assignee \S+ --role "Contributor"/,
  );
  expect(writes()).toEqual(before);
});
