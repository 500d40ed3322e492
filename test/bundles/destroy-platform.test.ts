import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { RunningStep, StepResult, WorldRequest } from '@suite/sandbox';
import { errors, type RunOptions, reportOf, succeeded } from '../support/bundle.ts';
import { loseMachine, untilQuiet } from '../support/lost-machine.ts';
import { openReleaseWorld, type ReleaseWorld } from '../support/small-releases.ts';

/** `deploy-platform destroy` of small releases: `app` and `early` need `base`. */
let sandbox: ReleaseWorld;

const run = (inputs: Readonly<Record<string, string>>, options: RunOptions = {}) =>
  sandbox.run({ scope: 'dev', ...inputs }, { action: 'deploy-platform', machine: 'platform', ...options });
const reviewedOf = ({ outputs }: StepResult) => ({
  'expected-digest': outputs['digest'] ?? '',
  'expected-releases': outputs['releases'] ?? '',
});
const plan = async () => succeeded(await run({ command: 'plan', destroy: 'true' }));
const destroy = (planned: StepResult, inputs: Readonly<Record<string, string>> = {}, options: RunOptions = {}) =>
  run({ command: 'destroy', confirm: 'dev', ...reviewedOf(planned), ...inputs }, options);

/** Names of releases that Helm still has. */
const installed = () => [
  ...new Set(
    sandbox.cluster
      .everything()
      .filter(({ metadata }) => metadata.labels?.['owner'] === 'helm')
      .map(({ metadata }) => metadata.labels?.['name']),
  ),
];

beforeAll(async () => {
  sandbox = await openReleaseWorld();
  const planned = succeeded(await run({ command: 'plan' }));
  succeeded(await run({ command: 'apply', ...reviewedOf(planned) }));
});
afterEach(() => sandbox.world.faults.clear());
afterAll(() => sandbox.close());

test('the wrong name, or none: one message, nothing asked for', async () => {
  const before = sandbox.world.ledger.requests.length;
  const digest = 'a'.repeat(64);
  for (const [confirm, message] of [
    ['prod', /confirm.*is "prod".*`dev`\. Nothing was touched/],
    ['', /confirm.*is needed/],
  ] as const) {
    const result = await run({ command: 'destroy', confirm, 'expected-digest': digest });
    expect(errors(result)).toEqual([expect.stringMatching(message)]);
  }
  expect(sandbox.world.ledger.requests).toHaveLength(before);
});

test('what was not reviewed does not go', async () => {
  const result = await run({ command: 'destroy', confirm: 'dev', 'expected-digest': 'a'.repeat(64) });
  expect(errors(result)).toEqual([
    expect.stringMatching(/What would go now is not what was reviewed.*Nothing was changed/),
  ]);
  expect(installed().sort()).toEqual(['app', 'base', 'early']);
});

/** Plans, and destroys what an earlier plan showed, while something stands in the way. */
async function expectBlocked(planned: StepResult, message: RegExp): Promise<void> {
  const before = sandbox.cluster.everything();
  const report = await reportOf(await plan());
  expect(report.verdict).toBe('blocked');
  expect(report.checks.filter(({ status }) => status === 'blocked').map(check => check.message)).toEqual([
    expect.stringMatching(message),
  ]);
  const result = await destroy(planned);
  expect(errors(result)).toEqual([expect.stringMatching(message)]);
  expect(sandbox.cluster.everything()).toEqual(before);
}

test('a release whose record cannot be read blocks it', async () => {
  const planned = await plan();
  const place = { resource: 'configmaps', namespace: 'aks-platform', name: 'release-spoiled' };
  sandbox.cluster.put({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: place.name, namespace: place.namespace, labels: { 'aks-platform.io/record': 'release' } },
    data: { record: '{"release":"data' },
  });
  await expectBlocked(planned, /The record `aks-platform\/release-spoiled` cannot be read/);
  sandbox.cluster.delete(place);
});

test('an application that would take along what it deployed to another cluster blocks it', async () => {
  const planned = await plan();
  const group = 'argoproj.io';
  sandbox.cluster.put({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `applications.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'applications', singular: 'application', kind: 'Application', listKind: 'ApplicationList' },
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
    // Its time is not waited for.
    status: { conditions: [{ type: 'Established', status: 'True' }] },
  });
  await sandbox.cluster.settled();
  const place = { resource: `applications.${group}`, namespace: 'work', name: 'shop' };
  sandbox.cluster.put({
    apiVersion: `${group}/v1alpha1`,
    kind: 'Application',
    metadata: { name: 'shop', namespace: 'work', finalizers: ['resources-finalizer.argocd.argoproj.io'] },
    spec: { destination: { server: 'https://other.example:443', namespace: 'shop' } },
  });
  await expectBlocked(planned, /removed from there when it goes: .*shop.* to https:\/\/other\.example:443/);
  sandbox.cluster.patch(place, { metadata: { finalizers: null } });
  sandbox.cluster.delete(place);
  sandbox.cluster.delete({ resource: 'customresourcedefinitions', name: `applications.${group}` });
  await sandbox.cluster.settled();
});

test('killed in the middle: the same review is taken up again, each release before what it needs', async () => {
  const planned = await plan();
  const report = await reportOf(planned);
  expect(report.verdict).toBe('changes');
  expect(new Set(report.changes.map(({ kind }) => kind))).toEqual(new Set(['delete']));
  let running: RunningStep | undefined;
  const isGoing = ({ host, method, path }: WorldRequest) =>
    host.endsWith('.azmk8s.io') && method === 'DELETE' && /\/work\/\w+\/app$/.test(path);
  const fault = sandbox.world.faults.add({ match: isGoing, times: 1, answer: { call: () => loseMachine(running) } });
  await destroy(
    planned,
    { parallel: '1' },
    {
      onStart: started => {
        running = started;
      },
    },
  );
  expect(fault.struck()).toBe(1);
  await untilQuiet(sandbox.world);
  expect(installed()).toContain('base');
  const view = sandbox.views.find(({ scope }) => scope === 'dev');
  if (view !== undefined) {
    const { account, container, key } = view.state;
    sandbox.world.azure.breakLease(account, container, `${key}.run`);
  }

  const done = succeeded(await destroy(planned));
  const log = done.log.join('\n');
  expect(log).toMatch(/ended without saying so/);
  expect(log.indexOf('base: taken away')).toBeGreaterThan(log.indexOf('app: taken away'));
  expect(installed()).toEqual([]);
  expect(
    sandbox.cluster.everything().filter(({ metadata }) => metadata.namespace === 'work' && metadata.name === 'app'),
  ).toEqual([]);
});

test('again: nothing is left', async () => {
  const planned = await plan();
  expect((await reportOf(planned)).verdict).toBe('no-changes');
  succeeded(await destroy(planned));
});
