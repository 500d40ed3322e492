import { describe, expect, test } from '@jest/globals';
import { showValues } from './mask.ts';
import type { Path } from './paths.ts';

const env = (name: string): Path => ['spec', 'containers', { name: 'web' }, 'env', { name }, 'value'];
const shown = (path: Path, after: unknown) => showValues(path, undefined, after).after;

describe('places whose values are never shown', () => {
  test.each<[Path]>([
    [env('DB_PASSWORD')],
    [env('CLIENT_SECRET')],
    [env('GITHUB_TOKEN')],
    [env('AZURE_STORAGE_ACCOUNT_KEY')],
    [env('apiKey')],
    [env('PW')],
    [env('DATABASE_DSN')],
    [['data', 'admin-password']],
    [['spec', 'clientSecret']],
    [['spec', 'connectionString']],
  ])('%j', path => {
    expect(shown(path, 'hunter2')).toEqual({ is: 'sensitive' });
  });

  test.each<[Path]>([
    [env('LOG_LEVEL')],
    [env('SECRET_NAME')],
    [env('TOKEN_PATH')],
    [['spec', 'existingSecret']],
    [['spec', 'volumes', { name: 'a' }, 'secret', 'secretName']],
    [['spec', 'keyboard']],
  ])('%j is shown', path => {
    expect(shown(path, 'visible')).toEqual({ is: 'shown', text: 'visible' });
  });
});

describe('within something longer', () => {
  test.each<[string, unknown]>([
    ['a variable', { name: 'DB_PASSWORD', value: 'hunter2' }],
    ['a container', { name: 'web', env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }],
    ['a line', 'user: me\npassword: hunter2\nport: 1'],
    ['a quoted line', '{"clientSecret": "hunter2"}'],
    ['an argument', '--db-password=hunter2'],
    ['an argument with a space', 'run --token hunter2'],
    ['arguments', ['--password', 'hunter2']],
    ['an address', 'postgres://me:hunter2@db/x'],
  ])('%s', (_, value) => {
    const { is, ...rest } = shown(['spec', 'x'], value);
    expect(is).toBe('shown');
    expect(JSON.stringify(rest)).not.toContain('hunter2');
    expect(JSON.stringify(rest)).toContain('(sensitive)');
  });

  test('a difference in what is hidden is sensitive', () => {
    const change = showValues(['data', 'a'], 'password: one', 'password: two');
    expect(change).toEqual({ before: { is: 'sensitive' }, after: { is: 'sensitive' } });
  });
});

test('references to secrets are shown', () => {
  const text = '{"name":"A","valueFrom":{"secretKeyRef":{"key":"password","name":"db"}}}';
  const value = { name: 'A', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } };
  expect(shown(['spec', 'x'], value)).toEqual({ is: 'shown', text });
});

test('long texts are cut around what differs', () => {
  const start = 'x'.repeat(500);
  const { before, after } = showValues(['data', 'a'], `${start}one`, `${start}two`);
  expect(before).toEqual({ is: 'shown', text: `…${'x'.repeat(40)}one` });
  expect(after).toEqual({ is: 'shown', text: `…${'x'.repeat(40)}two` });
});

test('takes no long time for hostile texts', () => {
  for (const unit of ['secret', 'secret=', '--token ', '//a:', 'password: \n', 'a"\': ']) {
    expect(shown(['data', 'a'], unit.repeat(200_000 / unit.length)).is).toBe('shown');
  }
}, 5_000);
