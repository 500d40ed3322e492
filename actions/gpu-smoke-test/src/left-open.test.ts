import { expect, test } from '@jest/globals';
import { type FailureKind, KubernetesFailure } from '@suite/kubernetes';
import { unfinished, unlooked } from './left-open.ts';
import { verdictText } from './verdict.ts';

const failure = (kind: FailureKind, message = 'no') => new KubernetesFailure(kind, { message, remedy: 'ask' });

test.each<[string, KubernetesFailure, string]>([
  ['no answer', failure('unreachable'), 'inconclusive: unknown'],
  ['too busy', failure('busy'), 'inconclusive: unknown'],
  ['a conflict', failure('conflict'), 'inconclusive: unknown'],
  ['a right is missing', failure('forbidden'), 'blocked: configuration'],
  ['a webhook refuses', failure('refused'), 'blocked: configuration'],
  [
    'the namespace goes',
    failure('forbidden', 'unable to create new content in namespace x because it is being terminated'),
    'inconclusive: unknown',
  ],
])('a test that %s ends', (_name, error, verdict) => {
  const finding = unfinished(error);
  expect(finding).toMatchObject({ level: 'bad', evidence: error.problems[0]?.message, remedy: 'ask' });
  expect(finding.verdict === undefined ? undefined : verdictText(finding.verdict)).toBe(verdict);
});

test('what is only beside the work changes no verdict', () => {
  expect(unlooked('DCGM', failure('unreachable'))).toEqual({
    check: 'DCGM',
    level: 'unknown',
    evidence: 'no',
    remedy: 'ask',
  });
});

test('a defect of ours stays one', () => {
  expect(() => unfinished(new TypeError('ours'))).toThrow('ours');
  expect(() => unlooked('DCGM', new TypeError('ours'))).toThrow('ours');
});
