import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import type { PlanStore } from './ports.ts';
import { recordingLog, runContext } from './run.fixture.ts';
import { discardPlans, fetchPlan, type PlanHandover, requireOwnKey, storePlan } from './stored-plan.ts';
import { sharedView, environmentView as view } from './views.fixture.ts';

const now = Date.UTC(2026, 10, 23, 5);
const day = 24 * 3_600_000;
const id = '11111111-1111-4111-8111-111111111111';
const key = `contoso/dev/westeurope/7-1-${id}.tfplan`;
const sha256 = createHash('sha256').update('plan').digest('hex');
const digest = 'd'.repeat(64);

interface Blob {
  readonly sha256: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly modifiedAt: number;
}

function start(blobs: Record<string, Partial<Blob>> = {}, more: Partial<PlanStore> = {}, run = '7') {
  const held = new Map(Object.entries(blobs));
  const { log, lines } = recordingLog();
  const plans: PlanStore = {
    add: async (newKey, content, metadata) => {
      const added = newKey();
      held.set(added, { sha256: createHash('sha256').update(content).digest('hex'), metadata, modifiedAt: now });
      return { key: added };
    },
    download: async name => {
      const found = held.get(name);
      return found && { sha256: found.sha256 ?? sha256, metadata: found.metadata ?? {} };
    },
    list: async prefix =>
      [...held]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, { modifiedAt = now }]) => ({ key: name, modifiedAt })),
    remove: async name => void held.delete(name),
    ...more,
  };
  const handover: PlanHandover = {
    view,
    plans,
    newId: () => id,
    clock: { now: () => now, sleep: async () => undefined },
    context: { ...runContext, runId: run },
    log,
  };
  return { handover, held, lines };
}

const review = { kind: 'stored', key, sha256, digest } as const;

describe('a plan is stored', () => {
  test('under its scope, region, run and attempt, and says where it comes from', async () => {
    const { handover, held } = start();
    expect(await storePlan(handover, Buffer.from('plan'), { digest, serial: 3 })).toEqual({ key, sha256 });
    expect(held.get(key)?.metadata).toEqual({ run: '7', attempt: '1', commit: 'abc', digest, serial: '3' });
    expect(() => requireOwnKey(view, key)).not.toThrow();
  });

  test('outside of a workflow no metadata is empty', async () => {
    const { handover, held } = start({}, {}, '');
    const stored = await storePlan({ ...handover, context: { ...handover.context, sha: '' } }, Buffer.from('x'), {
      digest,
      serial: undefined,
    });
    expect(stored).toMatchObject({ key: `contoso/dev/westeurope/0-1-${id}.tfplan` });
    expect([...held.values()].map(({ metadata }) => metadata)).toEqual([
      { run: '0', attempt: '1', commit: '0', digest },
    ]);
  });

  test('where nobody prepared for it there is a warning, with the reason', async () => {
    const refused = new UserError({ message: 'There is no container.', remedy: 'Make it.' });
    const { handover } = start({}, { add: async () => ({ refused }) });
    expect(await storePlan(handover, Buffer.from('plan'), { digest, serial: 3 })).toEqual({
      warning: expect.stringMatching(/apply plans again.* There is no container\. Make it\.$/),
    });
  });
});

describe('a key is one of this scope and region', () => {
  test.each([
    ['of another region', `contoso/dev/northeurope/7-1-${id}.tfplan`],
    ['of another scope', `contoso/prod/westeurope/7-1-${id}.tfplan`],
    ['of another platform', `fabrikam/dev/westeurope/7-1-${id}.tfplan`],
    ['climbing', `contoso/dev/westeurope/../../prod/westeurope/7-1-${id}.tfplan`],
    ['deeper', `contoso/dev/westeurope/x/7-1-${id}.tfplan`],
    ['with a query', `contoso/dev/westeurope/7-1-${id}.tfplan?snapshot=1`],
    ['of no plan', 'contoso/dev/westeurope/'],
  ])('refused: %s', (_, wrong) => {
    expect(() => requireOwnKey(view, wrong)).toThrow(/^input plan-key: is ".*", which is no plan of dev in westeurope/);
  });

  test('the shared scope has its own', () => {
    expect(() => requireOwnKey(sharedView, key)).toThrow(
      /no plan of the shared scope: those begin with contoso\/shared\/westeurope\//,
    );
  });
});

describe('a stored plan is fetched', () => {
  const metadata = { run: '7', commit: 'abc' };

  test.each([
    ['as it was made', { sha256, metadata }, undefined],
    ['by another attempt of the same run', { sha256, metadata: { ...metadata, attempt: '2' } }, undefined],
    ['with the state that it was made from', { sha256, metadata: { ...metadata, serial: '3' } }, '3'],
  ])('%s', async (_, blob, serial) => {
    expect(await fetchPlan(start({ [key]: blob }).handover, review, '/t/plan')).toEqual({ serial });
  });

  test('not one that is gone, which is no failure', async () => {
    expect(await fetchPlan(start({}).handover, review, '/t/plan')).toBeUndefined();
  });

  test.each([
    [
      'altered',
      { [key]: { sha256: 'e'.repeat(64), metadata } },
      /was altered: its SHA-256 is e{64}, that of the plan which was made is/,
    ],
    [
      'of another run',
      { [key]: { sha256, metadata: { ...metadata, run: '6' } } },
      /made by the run 6 at commit abc; this is run 7 at abc/,
    ],
    [
      'of another commit',
      { [key]: { sha256, metadata: { ...metadata, commit: 'def' } } },
      /made by the run 7 at commit def; this is run 7 at abc/,
    ],
    ['of nobody', { [key]: { sha256, metadata: {} } }, /made by the run of nobody knows what at commit unknown/],
  ])('not: %s', async (_, blobs, message) => {
    await expect(fetchPlan(start(blobs).handover, review, '/t/plan')).rejects.toThrow(message);
  });
});

describe('plans are removed', () => {
  const old = `contoso/dev/westeurope/1-1-${id}.tfplan`;
  const young = `contoso/dev/westeurope/2-1-${id}.tfplan`;
  const foreign = `contoso/prod/westeurope/1-1-${id}.tfplan`;
  const beside = `contoso/dev/westeurope/7-2-${id}.tfplan`;

  test('the used one, others of this run, and those of this scope and region that are older than 7 days', async () => {
    const { handover, held, lines } = start({
      [key]: {},
      [beside]: {},
      [old]: { modifiedAt: now - 7 * day - 1 },
      [young]: { modifiedAt: now - 7 * day },
      [foreign]: { modifiedAt: now - 30 * day },
    });
    await discardPlans(handover, key);
    expect([...held.keys()]).toEqual([young, foreign]);
    expect(lines).toEqual(['info: Removed 1 stored plan that nobody applied for 7 days']);
  });

  test('a failure is a warning', async () => {
    const { handover, lines } = start({ [key]: {} }, { list: () => Promise.reject(new Error('no network')) });
    await discardPlans(handover, key);
    expect(lines).toEqual([expect.stringMatching(/^warning: Stored plans could not be cleaned up.* no network$/)]);
  });
});
