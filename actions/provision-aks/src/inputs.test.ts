import { expect, test } from '@jest/globals';
import { readRequest } from './inputs.ts';

const read = (given: Record<string, string>) => readRequest(name => given[name] ?? '', '/w');
const digest = 'a'.repeat(64);

test('a plan needs nothing but a scope', () => {
  expect(read({ command: 'plan', scope: 'dev' })).toEqual({
    command: 'plan',
    scope: 'dev',
    platformFile: '/w/platform.yaml',
    region: undefined,
    clientId: undefined,
    planFile: undefined,
  });
});

test.each([
  [{ 'plan-file': 'p' }, { planFile: '/w/p', digest: undefined }],
  [{ 'expected-digest': digest }, { planFile: undefined, digest }],
  [
    { 'plan-file': '/p', 'expected-digest': digest },
    { planFile: '/p', digest },
  ],
])('apply with %j', (given, reviewed) => {
  expect(read({ command: 'apply', scope: 'dev', ...given })).toMatchObject({ command: 'apply', reviewed });
});

test.each([
  [{ command: 'apply', scope: 'dev' }, /input plan-file: `apply` performs only what was reviewed/],
  [{ command: 'verify', scope: 'dev', 'plan-file': 'p' }, /input plan-file: has no meaning with `verify`/],
  [{ command: 'plan', scope: 'dev', 'expected-digest': digest }, /input expected-digest: has no meaning with `plan`/],
  [{ command: 'plan', scope: 'Dev!' }, /input scope: is "Dev!"/],
  [{ command: 'plan', scope: 'dev', region: 'West Europe' }, /input region: is "West Europe"/],
  [{ command: 'apply', scope: 'dev', 'expected-digest': 'abc' }, /input expected-digest: is "abc"/],
  [{ command: 'plan', scope: 'dev', 'platform-file': 'a\0b' }, /input platform-file: .*NUL/],
])('refuses %j', (given, message) => {
  expect(() => read(given)).toThrow(message);
});
