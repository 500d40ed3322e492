import { expect, test } from '@jest/globals';
import { readRequest } from './inputs.ts';

const read = (inputs: Readonly<Record<string, string>>) => readRequest(name => inputs[name] ?? '', '/work');
const digest = `sha256:${'a'.repeat(64)}`;

test('what is left out has its default', () => {
  expect(read({ scope: 'dev' })).toEqual({
    command: 'run',
    platformFile: '/work/platform.yaml',
    scope: 'dev',
    region: undefined,
    clientId: undefined,
    pool: undefined,
    level: 'quick',
    namespace: undefined,
    image: undefined,
    failOn: ['failed', 'blocked'],
    timeoutMs: 25 * 60_000,
    watchesScaleDown: false,
  });
  expect(read({ command: 'sweep', scope: 'dev', level: 'ignored' })).toMatchObject({ command: 'sweep', scope: 'dev' });
});

test('what is given is read', () => {
  expect(
    read({
      scope: 'dev',
      pool: 'gpu1',
      level: 'standard',
      namespace: 'jupyter',
      image: `crdev.azurecr.io/python:3.12@${digest}`,
      'fail-on': 'inconclusive, failed',
      timeout: '40',
      'watch-scale-down': 'true',
    }),
  ).toMatchObject({
    pool: 'gpu1',
    level: 'standard',
    namespace: 'jupyter',
    image: { host: 'crdev.azurecr.io', repository: 'python', digest },
    failOn: ['failed', 'inconclusive'],
    timeoutMs: 40 * 60_000,
    watchesScaleDown: true,
  });
  expect(read({ scope: 'dev', 'fail-on': 'none' })).toMatchObject({ failOn: [] });
});

test.each<readonly [Readonly<Record<string, string>>, RegExp]>([
  [{ command: 'rum', scope: 'dev' }, /input command: is "rum"\. Use `run` or `sweep`\. Did you mean `run`\?/],
  [{}, /input scope: is required/],
  [{ scope: 'dev', pool: 'GPU-1' }, /input pool: .*name of a GPU pool/],
  [{ scope: 'dev', level: 'long' }, /input level: /],
  [{ scope: 'dev', image: 'python:3.12' }, /input image: .*with its digest/],
  [{ scope: 'dev', 'fail-on': 'failed,blokced' }, /input fail-on: .*Did you mean `blocked`\?/],
  [{ scope: 'dev', 'fail-on': 'failed,none' }, /input fail-on: /],
  [{ scope: 'dev', timeout: '0' }, /input timeout: .*1 to 120/],
  [{ scope: 'dev', namespace: 'Jupyter_Hub' }, /input namespace: /],
  [{ scope: 'dev', 'watch-scale-down': 'yes' }, /input watch-scale-down: /],
])('%j is refused', (inputs, message) => {
  expect(() => read(inputs)).toThrow(message);
});
