import { expect, test } from '@jest/globals';
import { unapprovedOf } from './approval.ts';

const applies = { approval: true, identity: 'apply' } as const;

async function judged(
  request: Parameters<typeof unapprovedOf>[1],
  { approvers = [], reviewers = 0 }: { readonly approvers?: readonly string[]; readonly reviewers?: number } = {},
) {
  const warnings: string[] = [];
  const asked: string[] = [];
  const problem = await unapprovedOf('prod', request, {
    approvers: async () => {
      asked.push('approvers');
      return approvers;
    },
    reviewersOf: async () => {
      asked.push('reviewers');
      return reviewers;
    },
    log: { warning: (line: string) => void warnings.push(line) } as Parameters<typeof unapprovedOf>[2]['log'],
  });
  return { message: problem?.message, warnings, asked };
}

test('reviewers who were taken away since the plan leave it closed', async () => {
  expect(await judged(applies)).toEqual({
    message:
      '`prod` had to be approved when this was planned. Since then its reviewers were taken away, and nobody has approved this run. Nothing was done.',
    warnings: [],
    asked: ['approvers', 'reviewers'],
  });
});

test('who approved before they went has approved', async () => {
  expect(await judged(applies, { approvers: ['hubot'] })).toEqual({
    message: undefined,
    warnings: [],
    asked: ['approvers'],
  });
});

test('a protection that somebody passed is said', async () => {
  const { message, warnings } = await judged(applies, { reviewers: 1 });
  expect([message, warnings]).toEqual([undefined, [expect.stringContaining('Nobody is known to have approved prod')]]);
});

test.each([
  ['nobody had to approve', { approval: false, identity: 'apply' }],
  ['it is only planned', { approval: true, identity: 'plan' }],
] as const)('nothing is asked where %s', async (_, request) => {
  expect(await judged(request)).toEqual({ message: undefined, warnings: [], asked: [] });
});
