import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type BundleWorld, openBundleWorld, reportOf, succeeded } from '../support/bundle.ts';

let sandbox: BundleWorld;

beforeAll(async () => {
  sandbox = await openBundleWorld();
});
afterAll(() => sandbox.close());

const identitiesOf = (scope: string) => {
  const view = sandbox.views.find(candidate => candidate.scope === scope);
  if (view === undefined) throw new Error(`The example has no scope ${scope}.`);
  return view.identities;
};

test('a pure plan identity plans a fresh scope and writes nothing', async () => {
  const plan = succeeded(await sandbox.run({ command: 'plan', scope: 'shared' }));
  expect(await reportOf(plan)).toMatchObject({ verdict: 'changes', command: 'plan', scope: 'shared' });
  // It holds what Terraform knows, secrets included.
  expect((await stat(plan.outputs['plan-file'] ?? '')).mode & 0o777).toBe(0o600);
  expect(sandbox.world.ledger.writes()).toEqual([]);
  const callers = new Set(sandbox.world.ledger.requests.flatMap(({ identity }) => identity?.clientId ?? []));
  expect([...callers]).toEqual([identitiesOf('shared').plan]);
});

test('a plan made as one identity is applied as the other: every write is the apply identity’s', async () => {
  const plan = succeeded(await sandbox.run({ command: 'plan', scope: 'shared' }));
  const inputs = { 'plan-file': plan.outputs['plan-file'] ?? '', 'expected-digest': plan.outputs['digest'] ?? '' };
  const apply = succeeded(await sandbox.run({ command: 'apply', scope: 'shared', ...inputs }));
  expect(await reportOf(apply)).toMatchObject({ verdict: 'applied', digest: plan.outputs['digest'] });
  const writes = sandbox.world.ledger.writes();
  expect(new Set(writes.map(({ identity }) => identity))).toEqual(new Set([identitiesOf('shared').apply]));
  expect(writes.some(({ path }) => path.includes('Microsoft.OperationalInsights'))).toBe(true);
});

test('after the apply there is nothing to do, and what the provider fills in is no drift', async () => {
  const again = await reportOf(succeeded(await sandbox.run({ command: 'plan', scope: 'shared' })));
  expect(again).toMatchObject({ verdict: 'no-changes', changes: [], drift: [] });
});

test('without a plan file apply plans again and applies an equal plan', async () => {
  const plan = succeeded(await sandbox.run({ command: 'plan', scope: 'dev' }));
  const apply = await sandbox.run({ command: 'apply', scope: 'dev', 'expected-digest': plan.outputs['digest'] ?? '' });
  expect(await reportOf(succeeded(apply))).toMatchObject({ verdict: 'applied', digest: plan.outputs['digest'] });
  expect((await reportOf(succeeded(await sandbox.run({ command: 'verify', scope: 'dev' })))).verdict).toBe('verified');
});

test('an environment needs no change after its apply, also when Azure has patched Kubernetes', async () => {
  const [cluster] = sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters');
  if (cluster === undefined) throw new Error('No cluster was made.');
  sandbox.world.azure.mutate(cluster.id, body => {
    const properties = body['properties'] as Record<string, unknown>;
    properties['kubernetesVersion'] = '1.35.9';
    properties['currentKubernetesVersion'] = '1.35.9';
  });
  const again = await reportOf(succeeded(await sandbox.run({ command: 'plan', scope: 'dev' })));
  expect(again).toMatchObject({ verdict: 'no-changes', changes: [], drift: [] });
});

test.each(['classic', 'customised'])('the %s form of GitHub’s subject works as well', async form => {
  const { world, views } = sandbox;
  const name = `contoso/${form}`;
  world.github.registerRepository({
    name,
    subject: { immutable: false, ...(form === 'classic' ? {} : { claims: ['repo', 'context', 'repository_owner'] }) },
  });
  const job = { ...sandbox.jobOf({}), repository: name };
  const plan = views.find(({ scope }) => scope === 'shared')?.identities.plan ?? '';
  world.azure.trustGithub(plan, world.github.subjectFor(job));
  succeeded(await sandbox.run({ command: 'plan', scope: 'shared' }, { environment: world.jobEnvironment(job) }));
});
