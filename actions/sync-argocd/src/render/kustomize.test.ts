import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Command, Exit } from '@suite/action-kit';
import { UserError } from '@suite/foundation';
import { manualClock } from '@suite/foundation/testing';
import { createKustomize, locateKustomize } from './kustomize.ts';
import { NotRendered } from './not-rendered.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kustomize-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Kustomize with a process that ends so. */
function start(answer: Partial<Exit> | ((command: Command) => Promise<Partial<Exit>>), file = '/tools/kubectl') {
  const commands: Command[] = [];
  const clock = manualClock();
  const kustomize = createKustomize({
    file,
    cwd: '/work',
    clock,
    processes: {
      run: async command => {
        commands.push(command);
        const exit = typeof answer === 'function' ? await answer(command) : answer;
        return { code: 0, signal: null, stdout: '', stderr: '', interrupted: false, ...exit };
      },
    },
  });
  return { kustomize, commands, clock };
}

test.each([
  ['/tools/kubectl', ['kustomize', '/a']],
  ['/tools/kustomize', ['build', '/a']],
])('%s', async (file, args) => {
  const { kustomize, commands } = start({ stdout: 'kind: x\n' }, file);
  expect(await kustomize.build('/a')).toBe('kind: x\n');
  expect(commands[0]).toMatchObject({ file, args, cwd: '/work', captureStdout: true });
});

test('it reaches nobody: no git on its PATH, no proxy that answers', async () => {
  const { kustomize, commands } = start({});
  await kustomize.build('/a');
  expect(commands[0]?.env).toEqual({
    PATH: '',
    HOME: '/nonexistent',
    HTTP_PROXY: 'http://127.0.0.1:9',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: '',
  });
});

test.each([
  [
    'E1127 14:48:38.603262   24103 run.go:72] "command failed" err="accumulating resources: no \\"x\\""\n',
    'Kustomize: accumulating resources: no "x".',
  ],
  ['# Warning: deprecated\nError: no matches for Id\n', 'Kustomize: no matches for Id.'],
  ['', 'Kustomize: it failed without a word.'],
])('what it says when it fails', async (stderr, message) => {
  const { kustomize } = start({ code: 1, stderr });
  await expect(kustomize.build('/a')).rejects.toThrow(NotRendered);
  await expect(kustomize.build('/a')).rejects.toThrow(message);
});

test('a program that is gone', async () => {
  const { kustomize } = start(() => Promise.reject(new UserError({ message: 'It was not found.' })));
  await expect(kustomize.build('/a')).rejects.toThrow('It was not found.');
});

const untilKilled = ({ kill }: Command) =>
  new Promise<Partial<Exit>>(resolve => {
    kill?.addEventListener('abort', () => resolve({ code: null, signal: 'SIGKILL' }), { once: true });
  });

test('one that prints without end is ended', async () => {
  const { kustomize } = start(command => {
    const ended = untilKilled(command);
    const line = 'x'.repeat(1024 * 1024);
    for (let at = 0; at < 65; at++) command.onStdout?.(line);
    return ended;
  });
  await expect(kustomize.build('/a')).rejects.toThrow('Kustomize was ended: it gave more than 64 MiB.');
});

test('one that does not come to its end is ended', async () => {
  const { kustomize, clock } = start(untilKilled);
  const build = expect(kustomize.build('/a')).rejects.toThrow('Kustomize was ended: it took more than two minutes.');
  await clock.advance(120_000);
  await build;
});

test('`kustomize` is taken before `kubectl`', async () => {
  const env = { PATH: folder };
  expect(await locateKustomize(env)).toBeUndefined();
  for (const name of ['kubectl', 'kustomize']) {
    await writeFile(join(folder, name), '');
    await chmod(join(folder, name), 0o755);
    expect(await locateKustomize(env)).toBe(join(folder, name));
  }
});
