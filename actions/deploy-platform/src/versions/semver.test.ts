import { expect, test } from '@jest/globals';
import { compareVersions, isCompatible, isReleased } from './semver.ts';

test('versions from the oldest to the newest', () => {
  const inOrder = [
    '0.9.10',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    'v1.0.1',
    '1.9.0',
    'v1.10.0',
    '2.0.0',
  ];
  for (const [index, one] of inOrder.entries()) {
    expect(inOrder.map(other => Math.sign(compareVersions(one, other)))).toEqual(
      inOrder.map((_, place) => Math.sign(index - place)),
    );
  }
});

test('a leading v and a build are the same version', () => {
  expect([compareVersions('v1.2.3', '1.2.3'), compareVersions('1.2.3+a', '1.2.3+b')]).toEqual([0, 0]);
});

test.each([
  ['1.2.3', '1.9.0', true],
  ['v1.2.3', '1.2.4', true],
  ['1.9.9', '2.0.0', false],
  ['0.2.3', '0.2.9', true],
  ['0.2.3', '0.3.0', false],
  ['0.0.3', '0.0.4', false],
  ['0.9.0', '1.0.0', false],
])('%s may become %s as compatible: %s', (version, newer, expected) => {
  expect(isCompatible(newer, version)).toBe(expected);
});

test('tags of a registry that are no released version', () => {
  const tags = ['1.2.3', 'v1.2.3', '1.2.3+a', '1.2.3-rc.1', '1.2', 'latest', 'sha256-abc.sig', '01.2.3'];
  expect(tags.filter(isReleased)).toEqual(['1.2.3', 'v1.2.3', '1.2.3+a']);
});
