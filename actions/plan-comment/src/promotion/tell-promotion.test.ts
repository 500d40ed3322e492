import { describe, expect, test } from '@jest/globals';
import { type Promotion, readMarker, writeMarker } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import { close } from '../close.ts';
import { bot, event, head1, Passing, pullInMemory, services } from '../conversation.fixture.ts';
import { perform } from '../perform.ts';
import type { Job } from '../ports.ts';
import type { WayBack } from './inputs.ts';
import type { StageResults } from './outcome.ts';
import { tellPromotion } from './tell-promotion.ts';

const file = 'platform.yaml';
const merge = 'c0ffee0'.padEnd(40, '0');
const stages = ['shared', 'dev', 'prod'].map(scope => ({ scope, approval: scope === 'prod', titles: [scope] }));
const base = { command: 'promotion' as const, platformFile: '/p', file, token: 't', pull: 7 };
const begin = { ...base, tells: { is: 'begin' as const, stages } };
const after = (scope: string, results: Partial<StageResults> = {}, wayBack?: WayBack) => ({
  ...base,
  tells: {
    is: 'stage' as const,
    stage: stages.find(stage => stage.scope === scope) ?? { scope, approval: false, titles: [] },
    results: { plan: 'success' as const, apply: 'success' as const, ...results },
    wayBack,
  },
});

/** A pull request that was merged, with its plan in a comment. */
function mergedPull(before?: (call: string) => void, number = 7) {
  const pull = pullInMemory(before);
  pull.state.state = 'merged';
  pull.state.mergeSha = merge;
  const marker = { pull: number, file, head: head1, run: '11', attempt: 1, state: 'planned' } as const;
  pull.add(bot, `${writeMarker(marker)}\n<!-- platform-plan:body -->\n### The plan`);
  return pull;
}

const promoting = (port: Parameters<typeof services>[0]) =>
  services(port, {
    event: 'push',
    pullRequest: undefined,
    sha: merge,
    runId: '12',
    runUrl: 'https://github.com/contoso/platform/actions/runs/12',
  });
const closed = event(head1, { action: 'closed', merged: true });
const closing = (port: Parameters<typeof services>[0]) =>
  services(port, { pullRequest: closed, runUrl: 'https://github.com/contoso/platform/actions/runs/13' });

const bodyIn = ({ comments }: ReturnType<typeof pullInMemory>['state']) => comments[0]?.body ?? '';
const told = (body: string) =>
  (readMarker(body)?.promotion as Promotion | undefined)?.stages.map(({ scope, state }) => `${scope} ${state.is}`);

const failed = (name: string, conclusion = 'failure'): Job => ({ id: '99', name, conclusion, url: 'https://x' });
const job = (name: string, conclusion: string, id: string): Job => ({ id, name, conclusion, url: 'https://x' });

test('from the merge to the last environment, and the plan stays as it was', async () => {
  const { state, port } = mergedPull();
  await close({ file }, closed, closing(port).services);
  await perform(begin, promoting(port).services);
  expect(told(bodyIn(state))).toEqual(['shared promoting', 'dev waiting', 'prod waiting']);
  await perform(after('shared'), promoting(port).services);
  expect(told(bodyIn(state))).toEqual(['shared verified', 'dev promoting', 'prod waiting']);
  await perform(after('dev'), promoting(port).services);
  const run = promoting(port);
  await perform(after('prod'), run.services);
  expect(told(bodyIn(state))).toEqual(['shared verified', 'dev verified', 'prod verified']);
  expect(bodyIn(state)).toContain('**Verified in prod at 2026-11-26 05:00 UTC.** Merged as `c0ffee0`.');
  expect(bodyIn(state)).toMatch(/\n### The plan$/);
  expect(run.outputs).toMatchObject({ outcome: 'updated' });
});

describe('whoever comes last takes nothing away', () => {
  test('the merge is told after the promotion has begun', async () => {
    const { state, port } = mergedPull();
    await perform(begin, promoting(port).services);
    const before = bodyIn(state);
    await close({ file }, closed, closing(port).services);
    expect(bodyIn(state)).toBe(before);
  });

  test('a stage is told again, and another run of the commit ends where this one did not', async () => {
    const { state, port } = mergedPull();
    await perform(begin, promoting(port).services);
    await perform(after('shared', { apply: 'failure' }), promoting(port).services);
    expect(told(bodyIn(state))).toEqual(['shared stopped', 'dev waiting', 'prod waiting']);
    for (let twice = 0; twice < 2; twice++) await perform(after('shared'), promoting(port).services);
    expect(told(bodyIn(state))).toEqual(['shared verified', 'dev promoting', 'prod waiting']);
  });
});

test('a bundle that is promoted further begins where it was left, and what it has come through stands', async () => {
  const { state, port } = mergedPull();
  await perform(
    { ...base, tells: { is: 'begin', stages: stages.filter(({ scope }) => scope !== 'prod') } },
    promoting(port).services,
  );
  for (const scope of ['shared', 'dev']) await perform(after(scope), promoting(port).services);
  const further = stages.filter(({ scope }) => scope === 'prod');
  await perform({ ...base, tells: { is: 'begin', stages: further } }, promoting(port).services);
  expect(told(bodyIn(state))).toEqual(['shared verified', 'dev verified', 'prod promoting']);
  await perform(after('prod', { apply: 'failure' }), promoting(port).services);
  await perform({ ...base, tells: { is: 'begin', stages: further } }, promoting(port).services);
  await perform(after('prod'), promoting(port).services);
  expect(told(bodyIn(state))).toEqual(['shared verified', 'dev verified', 'prod verified']);
});

describe('a stage that stopped', () => {
  const stop = async (results: Partial<StageResults>, jobs: readonly Job[], says: readonly string[] = []) => {
    const { state, port } = mergedPull();
    const asked: string[] = [];
    const given = {
      ...port,
      readRun: async () => ({ startedAt: undefined, jobs }),
      failuresOf: async (id: string) => {
        asked.push(id);
        return says;
      },
    };
    await perform(begin, promoting(given).services);
    await perform(after('shared', results), promoting(given).services);
    return { body: bodyIn(state), asked };
  };

  test('says where and why, with its job', async () => {
    const jobs = [
      job('promote / Stage 1 / Plan shared', 'success', '1'),
      job('promote / Stage 1 / Apply shared', 'failure', '2'),
      job('promote / Stage 2 / Apply dev', 'failure', '3'),
    ];
    const { body, asked } = await stop({ apply: 'failure' }, jobs, ['Azure answered 400.\nNot today, @mona.', 'more']);
    expect(asked).toEqual(['2']);
    expect(body).toContain('**Stopped in shared.** Azure answered 400. Not today, &#64;&#8203;mona. [Its job](');
    expect(body).toContain('/actions/runs/12/job/2)');
  });

  test.each([
    [
      'a plan that failed',
      { plan: 'failure', apply: 'skipped' },
      '**Stopped in shared, before anything was applied.**',
    ],
    ['one that was cancelled', { apply: 'cancelled' }, '**Stopped in shared.**'],
    ['one whose jobs nobody may read', { apply: 'failure' }, '[Run 12]('],
  ] as const)('%s', async (_, results, expected) => {
    expect((await stop(results, [])).body).toContain(expected);
  });

  test('with two platforms in one run nobody knows whose job it was', async () => {
    const { body, asked } = await stop({ apply: 'failure' }, [
      failed('eu / Stage 1 / Apply shared'),
      failed('us / Stage 1 / Apply shared'),
    ]);
    expect(asked).toEqual([]);
    expect(body).toContain('**Stopped in shared.** [Run 12](');
  });

  test('of a long cause the first sentences are kept', async () => {
    const long = `${'It is closed. '.repeat(15)}${'x'.repeat(500)}`;
    const { body } = await stop({ apply: 'failure' }, [failed('p / Apply shared')], [long]);
    expect(body).toContain('It is closed.');
    expect(body).not.toContain('xxx');
  });
});

describe('an environment that went back', () => {
  const reason = 'Orders fail since noon';
  const bad = 'b'.repeat(40);

  test('is told where its change was left, and where the one that runs again came from', async () => {
    const [left, back] = [mergedPull(), mergedPull(undefined, 8)];
    const run = promoting(left.port);
    const given = {
      ...run.services,
      pullsOf: async (commit: string) => (commit === bad ? [7] : [8]),
      openPull: (number: number) => (number === 7 ? left : back).port,
    };
    await tellPromotion({ ...after('prod', {}, { reason, from: [bad, merge] }), pull: undefined }, given);
    expect(bodyIn(left.state)).toContain(`**prod went back from this to \`c0ffee0\`.** ${reason}`);
    expect(told(bodyIn(back.state))).toEqual(['prod verified']);
  });

  test('that did not succeed is told nowhere', async () => {
    const { state, port } = mergedPull();
    const before = bodyIn(state);
    await perform(after('prod', { apply: 'failure' }, { reason, from: [bad] }), promoting(port).services);
    expect(bodyIn(state)).toBe(before);
  });
});

describe('what is in the way stops no promotion', () => {
  test('a commit without a pull request', async () => {
    const { state, port } = mergedPull();
    const run = promoting(port);
    await perform({ ...after('dev'), pull: undefined }, run.services);
    expect(state.calls).toEqual([]);
    expect(run.lines).toEqual(['The commit came without a pull request that could say it.']);
  });

  test('a comment that was deleted, or that a fork never had', async () => {
    const { state, port } = mergedPull();
    state.comments = [];
    const run = promoting(port);
    await perform(after('dev'), run.services);
    expect(run.lines).toEqual(['There is no comment on pull request 7 that could say it.']);
  });

  test('one that is deleted meanwhile', async () => {
    const { state, port } = mergedPull(call => {
      if (call === 'update') state.comments = [];
    });
    await perform(begin, promoting(port).services);
    expect(state.comments).toEqual([]);
  });

  test('somebody else’s copy of it', async () => {
    const { state, port } = mergedPull();
    state.comments = state.comments.map(comment => ({ ...comment, author: 'mallory' }));
    const before = bodyIn(state);
    await perform(begin, promoting(port).services);
    expect(bodyIn(state)).toBe(before);
  });

  test('an answer that may pass', async () => {
    let failures = 1;
    const { state, port } = mergedPull(call => {
      if (call === 'update' && failures-- > 0) throw new Passing('502');
    });
    await perform(begin, promoting(port).services);
    expect(told(bodyIn(state))).toEqual(['shared promoting', 'dev waiting', 'prod waiting']);
  });

  test('a token that may not comment', async () => {
    const { port } = mergedPull(call => {
      if (call === 'update') throw new UserError({ message: 'forbidden' });
    });
    const run = promoting(port);
    await perform(begin, run.services);
    expect(run.lines).toEqual(['The comment of the pull request does not say it: forbidden']);
  });
});

describe('find', () => {
  const find = async (pullsOf: () => Promise<readonly number[]>) => {
    const run = promoting(mergedPull().port);
    await perform({ command: 'find', platformFile: '/p', file, token: 't' }, { ...run.services, pullsOf });
    return { pull: run.outputs['pull'], lines: run.lines };
  };

  test('gives the number of the pull request', async () => {
    expect(await find(async () => [7])).toMatchObject({ pull: '7' });
  });

  test('gives nothing for a direct push, nor where GitHub refuses', async () => {
    expect(await find(async () => [])).toEqual({
      pull: undefined,
      lines: ['No pull request is known that brought c0ffee0.'],
    });
    const refuse = () => Promise.reject(new UserError({ message: 'forbidden' }));
    expect(await find(refuse)).toEqual({
      pull: undefined,
      lines: ['The comment of the pull request does not say it: forbidden'],
    });
  });
});
