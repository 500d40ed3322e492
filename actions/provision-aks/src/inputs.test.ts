import { expect, test } from '@jest/globals';
import { readRequest } from './inputs.ts';

const read = (given: Record<string, string>) => readRequest(name => given[name] ?? '', '/w');
const digest = 'a'.repeat(64);
const sha256 = 'b'.repeat(64);

test('a plan needs nothing but a scope', () => {
  expect(read({ command: 'plan', scope: 'dev' })).toEqual({
    command: 'plan',
    scope: 'dev',
    platformFile: '/w/platform.yaml',
    region: undefined,
    clientId: undefined,
    planFile: undefined,
    destroy: false,
    store: false,
    reviewed: undefined,
    approval: true,
    failIfBlocked: false,
  });
  expect(read({ command: 'plan', scope: 'dev', 'store-plan': 'true' })).toMatchObject({ store: true });
});

test.each([
  [{ 'plan-file': 'p' }, { kind: 'file', planFile: '/w/p', digest: undefined }],
  [{ 'expected-digest': digest }, { kind: 'digest', digest }],
  [
    { 'plan-file': '/p', 'expected-digest': digest },
    { kind: 'file', planFile: '/p', digest },
  ],
  [
    { 'plan-key': 'a/b', 'plan-sha256': sha256, 'expected-digest': digest },
    { kind: 'stored', key: 'a/b', sha256, digest },
  ],
  // The outputs of a plan that was not stored.
  [
    { 'plan-key': '', 'plan-sha256': '', 'expected-digest': digest },
    { kind: 'digest', digest },
  ],
])('apply with %j', (given, reviewed) => {
  expect(read({ command: 'apply', scope: 'dev', ...given })).toMatchObject({ command: 'apply', reviewed });
});

test.each([
  [{}, 1_800_000],
  [{ 'lease-wait': '0' }, 0],
  [{ 'lease-wait': '360' }, 21_600_000],
])('waits as %j says', (given, leaseWaitMs) => {
  expect(read({ command: 'apply', scope: 'dev', 'expected-digest': digest, ...given })).toMatchObject({ leaseWaitMs });
});

test('a check takes no notice of defaults', () => {
  const defaults = { 'store-plan': 'false', 'lease-wait': '30' };
  expect(read({ command: 'check', ...defaults })).toEqual({ command: 'check', platformFile: '/w/platform.yaml' });
});

test.each([
  [{}, { platforms: ['linux_amd64', 'linux_arm64'], from: { kind: 'registry' } }],
  [{ platforms: 'linux_amd64, darwin_arm64\nlinux_amd64' }, { platforms: ['linux_amd64', 'darwin_arm64'] }],
  [{ 'provider-mirror': 'mirror' }, { from: { kind: 'folder', path: '/w/mirror' } }],
  [{ 'provider-mirror': 'https://m.example/v1/' }, { from: { kind: 'server', url: 'https://m.example/v1/' } }],
])('locks providers as %j says', (given, expected) => {
  const request = read({ command: 'lock-providers', ...given });
  expect(request).toMatchObject({ command: 'lock-providers', platformFile: '/w/platform.yaml', ...expected });
});

test.each([
  [{ command: 'lock-providers', platforms: 'linux' }, /input platforms: is "linux"\. Use names such as `linux_amd64/],
  [{ command: 'lock-providers', platforms: ' , ' }, /input platforms: is/],
  [{ command: 'lock-providers', 'provider-mirror': 'http://m.example/' }, /input provider-mirror: is "http:/],
  [{ command: 'lock-providers', 'provider-mirror': 'https://m.example' }, /ends with `\/`/],
  [{ command: 'lock-providers', scope: 'dev' }, /input scope: has no meaning with `lock-providers`/],
  [{ command: 'plan', scope: 'dev', platforms: 'linux_amd64' }, /input platforms: has no meaning with `plan`/],
  [{ command: 'apply', scope: 'dev' }, /input plan-file: `apply` performs only what was reviewed/],
  [{ command: 'verify', scope: 'dev', 'plan-file': 'p' }, /input plan-file: has no meaning with `verify`/],
  [{ command: 'drift', scope: 'dev', 'plan-file': 'p' }, /input plan-file: has no meaning with `drift`/],
  [{ command: 'drift' }, /input scope: is required/],
  [{ command: 'plan', scope: 'dev', 'expected-digest': digest }, /input expected-digest: has no meaning with `plan`/],
  [{ command: 'plan', scope: 'Dev!' }, /input scope: is "Dev!"/],
  [{ command: 'plan', scope: 'dev', region: 'West Europe' }, /input region: is "West Europe"/],
  [{ command: 'apply', scope: 'dev', 'expected-digest': 'abc' }, /input expected-digest: is "abc"/],
  [
    { command: 'apply', scope: 'dev', 'plan-key': 'k' },
    /input plan-key: .*`plan-sha256` and `expected-digest` together/,
  ],
  [{ command: 'apply', scope: 'dev', 'plan-sha256': sha256 }, /input plan-sha256: .*together/],
  [{ command: 'apply', scope: 'dev', 'plan-key': 'k', 'plan-sha256': sha256 }, /input plan-key: .*together/],
  [
    {
      command: 'apply',
      scope: 'dev',
      'plan-key': 'k',
      'plan-sha256': sha256,
      'expected-digest': digest,
      'plan-file': 'p',
    },
    /input plan-key: .*by no `plan-file`/,
  ],
  [
    { command: 'apply', scope: 'dev', 'store-plan': 'true' },
    /input store-plan: has no meaning with `apply`.*use it with `plan`/,
  ],
  [{ command: 'plan', scope: 'dev', 'plan-key': 'k' }, /input plan-key: has no meaning with `plan`/],
  [{ command: 'check', scope: 'dev' }, /input scope: has no meaning with `check`/],
  [{ command: 'apply', scope: 'dev', 'lease-wait': '-1' }, /input lease-wait: is "-1"/],
  [{ command: 'apply', scope: 'dev', 'lease-wait': '361' }, /input lease-wait: is "361"/],
  [{ command: 'plan', scope: 'dev', 'platform-file': 'a\0b' }, /input platform-file: .*NUL/],
])('refuses %j', (given, message) => {
  expect(() => read(given)).toThrow(message);
});
