import { describe, expect, test } from '@jest/globals';
import { readMarker, writeMarker } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import { announce } from './announce.ts';
import { close } from './close.ts';
import { bot, event, head1, head2, Passing, pullInMemory, services } from './conversation.fixture.ts';
import { perform } from './perform.ts';
import { write } from './write.ts';

const request = {
  command: 'write' as const,
  platformFile: '/nowhere/platform.yaml',
  file: 'platform.yaml',
  token: 't',
  platform: 'contoso',
  expected: [
    {
      scope: 'dev',
      region: 'westeurope',
      title: 'dev',
      production: false,
      actions: ['provision-aks'],
      gate: { reviewers: 0, waitMinutes: 0 },
    },
  ],
  problems: [],
  failIfBlocked: false,
  reports: '/nowhere/reports',
};

const runOf = (id: string, headSha = head1, attempt = '1') => ({
  runId: id,
  runAttempt: attempt,
  runUrl: `https://github.com/contoso/platform/actions/runs/${id}`,
  pullRequest: event(headSha),
});
const states = (comments: readonly { body: string }[]) =>
  comments.map(({ body }) => {
    const marker = readMarker(body);
    return marker === undefined ? 'none' : `${marker.state} ${marker.head[0]} ${marker.run}`;
  });

test('one comment, updated, whatever happens to the branch', async () => {
  const { state, port, add } = pullInMemory();
  add(
    'mallory',
    `${writeMarker({ pull: 7, file: 'platform.yaml', head: head1, run: '999', attempt: 1, state: 'planned' })}\nmine`,
  );
  const own = () => states(state.comments.slice(1));

  await write(request, services(port, runOf('11')).services);
  expect(own()).toEqual(['planned 1 11']);
  state.headSha = head2;
  await announce(request, event(head2), services(port, runOf('12', head2)).services);
  expect(own()).toEqual(['planning 1 11']);
  expect(state.comments[1]?.body).toContain('**Outdated: `2222222` was pushed.** [Run 12]');
  await write(request, services(port, runOf('12', head2)).services);
  expect(own()).toEqual(['planned 2 12']);
  expect(state.comments[1]?.body).not.toContain('Outdated');
  // Planned again, same commit.
  await announce(request, event(head2), services(port, runOf('12', head2, '2')).services);
  expect(state.comments[1]?.body).toContain(
    '**Superseded.** [Run 12](https://github.com/contoso/platform/actions/runs/12) was started to plan `2222222` again.',
  );
  await write(request, services(port, runOf('12', head2, '2')).services);
  state.state = 'merged';
  state.mergeSha = 'c0ffee0'.padEnd(40, '0');
  await close(request, event(head2, { action: 'closed', merged: true }), services(port, runOf('13', head2)).services);
  expect(own()).toEqual(['merged 2 12']);
  expect(state.comments[1]?.body).toContain('**Merged as `c0ffee0`.** Below is what was planned for `2222222`.');
  expect(state.comments[0]).toMatchObject({ author: 'mallory', body: expect.stringContaining('mine') });
});

test('a late run says nothing about a newer commit', async () => {
  const { state, port } = pullInMemory();
  state.headSha = head2;
  await write(request, services(port, runOf('12', head2)).services);
  const late = services(port, runOf('11', head1));
  await write(request, late.services);
  expect(states(state.comments)).toEqual(['planned 2 12']);
  expect(late.outputs['outcome']).toBe('kept');
});

test('a late run without a newer plan says that it is outdated', async () => {
  const { state, port } = pullInMemory();
  state.headSha = head2;
  await write(request, services(port, runOf('11', head1)).services);
  expect(states(state.comments)).toEqual(['outdated 1 11']);
  expect(state.comments[0]?.body).toContain('**Outdated: `2222222` was pushed.** There is no plan of it yet.');
});

test('a late announcement does not cover the newer plan of its commit, and what it covered is put right', async () => {
  const { state, port } = pullInMemory();
  await write(request, services(port, runOf('12')).services);
  await announce(request, event(head1), services(port, runOf('11')).services);
  expect(states(state.comments)).toEqual(['planned 1 12']);

  // As if it had come in between: the run whose plan stands there says that all is well.
  const [comment] = state.comments;
  const marker = comment === undefined ? undefined : readMarker(comment.body);
  if (comment === undefined || marker === undefined) throw new Error('There is no comment.');
  state.comments = [{ ...comment, body: comment.body.replace(/^.*/, writeMarker({ ...marker, state: 'planning' })) }];
  await write(request, services(port, runOf('11')).services);
  expect(states(state.comments)).toEqual(['planned 1 12']);
});

test('an older run files no check after a newer run of the same commit', async () => {
  const { state, port } = pullInMemory();
  await write(request, services(port, runOf('12')).services);
  await write(request, services(port, runOf('11')).services);
  expect(state.checks).toHaveLength(1);
  // Of another commit it stands alone.
  state.headSha = head2;
  await write(request, services(port, runOf('13', head2)).services);
  await write(request, services(port, runOf('10', head1)).services);
  expect(state.checks.map(({ headSha }) => headSha)).toEqual([head1, head2, head1]);
});

test('a commit that was merged without a plan is named', async () => {
  const { state, port } = pullInMemory();
  await write(request, services(port, runOf('11')).services);
  state.headSha = head2;
  state.state = 'merged';
  await close(request, event(head2, { action: 'closed', merged: true }), services(port, runOf('12', head2)).services);
  expect(state.comments[0]?.body).toContain(
    '> [!WARNING]\n> **Merged, but `2222222` was never planned.** Below is what was planned for `1111111`.',
  );
});

test('a run that is to fail when something is blocked fails after everything is written', async () => {
  const { state, port } = pullInMemory();
  const run = services(port, runOf('11'));
  await expect(write({ ...request, failIfBlocked: true }, run.services)).rejects.toThrow(
    'This cannot be merged as it is: there is no plan.',
  );
  expect([state.comments.length, state.checks.length]).toEqual([1, 1]);
});

test('a run that ends after the merge says so', async () => {
  const { state, port } = pullInMemory();
  state.state = 'merged';
  await write(request, services(port, runOf('11')).services);
  expect(states(state.comments)).toEqual(['merged 1 11']);
});

test.each([
  ['older', '10', ['planned 1 11']],
  ['newer', '12', ['planned 1 12']],
])('two runs side by side leave one comment, the newer one (%s beside it)', async (_, id, expected) => {
  let raced = false;
  const { state, port, add } = pullInMemory(call => {
    if (call !== 'create' || raced) return;
    raced = true;
    add(
      bot,
      `${writeMarker({ pull: 7, file: 'platform.yaml', head: head1, run: id, attempt: 1, state: 'planned' })}\nother`,
    );
  });
  await write(request, services(port, runOf('11')).services);
  expect(states(state.comments)).toEqual(expected);
});

test('two markers of ours: the newest stays', async () => {
  const { state, port, add } = pullInMemory();
  for (const run of ['9', '8']) {
    add(bot, `${writeMarker({ pull: 7, file: 'platform.yaml', head: head1, run, attempt: 1, state: 'planned' })}\nold`);
  }
  await write(request, services(port, runOf('11')).services);
  expect(state.comments.map(({ id }) => id)).toEqual([1]);
  expect(states(state.comments)).toEqual(['planned 1 11']);
});

describe('failures that may pass', () => {
  test('a comment that was written although the answer was lost is not written again', async () => {
    let failures = 1;
    const { state, port } = pullInMemory(call => {
      if (call === 'created' && failures-- > 0) throw new Passing('502');
    });
    const run = services(port, runOf('11'));
    await write(request, run.services);
    expect(states(state.comments)).toEqual(['planned 1 11']);
    expect(run.pauses).toEqual([1000]);
  });

  test('a comment that is deleted by hand in between is made anew', async () => {
    const { state, port } = pullInMemory(call => {
      if (call === 'update') state.comments = [];
    });
    await write(request, services(port, runOf('11')).services);
    await write(request, services(port, runOf('12')).services);
    expect(states(state.comments)).toEqual(['planned 1 12']);
  });

  test('after a pause a newer run may have been there', async () => {
    let failures = 1;
    const { state, port, add } = pullInMemory(call => {
      if (call !== 'create' || failures-- <= 0) return;
      add(
        bot,
        `${writeMarker({ pull: 7, file: 'platform.yaml', head: head1, run: '12', attempt: 1, state: 'planned' })}\nnewer`,
      );
      throw new Passing('secondary rate limit');
    });
    await write(request, services(port, runOf('11')).services);
    expect(states(state.comments)).toEqual(['planned 1 12']);
  });
});

test('a token that may not comment leaves the check and the summary', async () => {
  const { state, port } = pullInMemory(call => {
    if (call === 'create') throw new UserError({ message: 'forbidden', remedy: 'Add `pull-requests: write`.' });
  });
  const run = services(port, runOf('11'));
  await expect(write(request, run.services)).rejects.toThrow('forbidden');
  expect(run.summaries.join('')).toContain('there is no plan');
  expect(state.checks.map(({ conclusion }) => conclusion)).toEqual(['failure']);
});

test('without a pull request the summary still has everything', async () => {
  const { port, state } = pullInMemory();
  const run = services(port, { event: 'push', pullRequest: undefined });
  await expect(perform(request, run.services)).rejects.toThrow(
    'This run was started by `push`, so there is no pull request to comment on. Call `plan.yml` (or this action) only in workflows with `on: pull_request`.',
  );
  expect(run.summaries.join('')).toContain('### Platform plan of `contoso`');
  expect(state.calls).toEqual([]);
});

test('a platform file that could not be resolved is what the comment is about', async () => {
  const { state, port } = pullInMemory();
  const problems = ['platform.yaml:15:7: `tear` is not known.'];
  await write({ ...request, platform: '', expected: [], problems }, services(port, runOf('11')).services);
  expect(state.comments[0]?.body).toContain('**Nothing was planned.**');
  expect(state.checks[0]).toMatchObject({ conclusion: 'failure', title: 'nothing could be planned' });
});

describe('announce and close', () => {
  test.each(['announce', 'close'] as const)('%s does nothing where there is no comment', async command => {
    const { state, port } = pullInMemory();
    const run = services(port, runOf('12'));
    state.state = command === 'close' ? 'closed' : 'open';
    await perform({ command, platformFile: '/p', file: 'platform.yaml', token: 't' }, run.services);
    expect(state.calls).toEqual(['read']);
  });

  test('a late announcement is none', async () => {
    const { state, port } = pullInMemory();
    await write(request, services(port, runOf('11')).services);
    state.headSha = head2;
    await announce(request, event(head1), services(port, runOf('12')).services);
    expect(states(state.comments)).toEqual(['planned 1 11']);
  });

  test('closed without a merge', async () => {
    const { state, port } = pullInMemory();
    await write(request, services(port, runOf('11')).services);
    state.state = 'closed';
    await close(request, event(head1), services(port, runOf('12')).services);
    expect(states(state.comments)).toEqual(['closed 1 11']);
    expect(state.comments[0]?.body).toContain('**Closed without a merge.** Nothing of this is applied.');
  });

  test('opened again meanwhile', async () => {
    const { state, port } = pullInMemory();
    await write(request, services(port, runOf('11')).services);
    await close(request, event(head1), services(port, runOf('12')).services);
    expect(states(state.comments)).toEqual(['planned 1 11']);
  });
});
