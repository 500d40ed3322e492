import { tmpdir } from 'node:os';
import { expect, test } from '@jest/globals';
import { CancelledError, UserError } from '@suite/foundation';
import { createShortRunner } from './exec.ts';
import { createProcessRunner } from './spawn.ts';

const idle = new AbortController().signal;
const node = (script: string, ...args: string[]) => ({
  file: process.execPath,
  args: ['-e', script, ...args],
  cwd: tmpdir(),
  env: {},
});

test.each([
  ['spawn', createProcessRunner(idle)],
  ['exec', createShortRunner()],
])('%s passes arguments as they are and nothing of our environment', async (_name, runner) => {
  const hostile = ['$(id)', 'a b', '"', "'", '\\', ';', '--x=$y', 'ünï'];
  const exit = await runner.run(
    node('console.log(JSON.stringify([process.argv.slice(1), Object.keys(process.env)]))', ...hostile),
  );
  const [args, names] = JSON.parse(exit.stdout);
  expect(args).toEqual(hostile);
  expect(names.filter((name: string) => !name.startsWith('__'))).toEqual([]);
  expect(exit.code).toBe(0);
});

test.each([
  ['spawn', createProcessRunner(idle)],
  ['exec', createShortRunner()],
])('%s names a program that does not exist', async (_name, runner) => {
  const missing = runner.run({ file: 'no-such-program', args: [], cwd: tmpdir(), env: { PATH: '/nowhere' } });
  await expect(missing).rejects.toThrow(UserError);
  await expect(missing).rejects.toThrow('`no-such-program` was not found');
});

test('lines arrive whole, also when a character or a line is split between writes', async () => {
  const lines: string[] = [];
  const script = `const b = Buffer.from('grün\\nzwei\\r\\nlast');
    process.stdout.write(b.subarray(0, 3)); setTimeout(() => process.stdout.write(b.subarray(3)), 20);`;
  await createProcessRunner(idle).run({ ...node(script), onStdout: line => lines.push(line) });
  expect(lines).toEqual(['grün', 'zwei', 'last']);
});

test('keeps the tail of a long output, and all of it where it is the answer', async () => {
  const script = 'for (let i = 0; i < 50000; i++) console.log(String(i).padStart(9))';
  const tail = await createProcessRunner(idle).run(node(script));
  expect(tail.stdout.length).toBeLessThanOrEqual(64 * 1024);
  expect(tail.stdout.trimEnd().endsWith('49999')).toBe(true);
  const all = await createProcessRunner(idle).run({ ...node(script), captureStdout: true });
  expect(all.stdout.length).toBe(500_000);
});

test('one command can be asked to stop, and be ended, alone', async () => {
  const [stop, kill] = [new AbortController(), new AbortController()];
  const script = "process.on('SIGINT', () => console.log('heard')); console.log('ready'); setInterval(() => {}, 1000);";
  const exit = await createProcessRunner(idle).run({
    ...node(script),
    stop: stop.signal,
    kill: kill.signal,
    onStdout: line => (line === 'ready' ? stop : kill).abort(),
  });
  expect(exit).toMatchObject({ code: null, signal: 'SIGKILL', interrupted: true, stdout: 'ready\nheard\n' });
});

test('cancellation sends one SIGINT, waits for the program, and never sends a second signal', async () => {
  const controller = new AbortController();
  const script = `let seen = 0; process.on('SIGINT', () => { seen++; setTimeout(() => { console.log('seen ' + seen); process.exit(3); }, 50); });
    process.on('SIGTERM', () => { console.log('SIGTERM'); }); console.log('ready'); setInterval(() => {}, 1000);`;
  const exit = await createProcessRunner(controller.signal).run({
    ...node(script),
    onStdout: line => {
      if (line !== 'ready') return;
      controller.abort(new CancelledError('cancelled'));
      controller.abort(new CancelledError('again'));
    },
  });
  expect(exit).toMatchObject({ code: 3, interrupted: true });
  expect(exit.stdout.trim().split('\n')).toEqual(['ready', 'seen 1']);
});

test('nothing is started once the run is cancelled', async () => {
  const controller = new AbortController();
  controller.abort(new CancelledError('cancelled'));
  await expect(async () => createProcessRunner(controller.signal).run(node(''))).rejects.toThrow(CancelledError);
});
