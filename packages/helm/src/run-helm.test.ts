import { describe, expect, test } from '@jest/globals';
import type { Command, Exit } from '@suite/action-kit';
import { CancelledError, UserError } from '@suite/foundation';
import { manualClock } from '@suite/foundation/testing';
import { runHelm } from './run-helm.ts';
import { readRecording } from './testing/recordings.ts';

const context = { command: 'helm upgrade', subject: 'Release s in t1' };
const ended: Exit = { code: 0, signal: null, stdout: '', stderr: '', interrupted: false };

function start(run: (command: Command) => Promise<Exit>) {
  const clock = manualClock();
  const lines: string[] = [];
  const helm = {
    file: 'helm',
    env: {},
    cwd: '/',
    processes: { run },
    log: { info: (line: string) => lines.push(line) },
    clock,
  };
  return { helm, clock, lines };
}

test('warnings are told at once, each once, and given back', async () => {
  const { helm, lines } = start(async command => {
    for (const line of readRecording('warn.txt').split('\n').concat(readRecording('warn.txt').split('\n'))) {
      command.onStderr?.(line);
    }
    command.onStderr?.('level=WARN msg="this chart is deprecated"');
    command.onStderr?.('level=WARN msg="upgrade failed" name=s error="x"');
    command.onStderr?.('level=INFO msg="not a warning"');
    return ended;
  });
  const { warnings } = await runHelm(helm, { args: [], context });
  expect(warnings.map(warning => warning.slice(0, 45))).toEqual([
    'would violate PodSecurity "restricted:latest"',
    'would violate PodSecurity "restricted:latest"',
    'this chart is deprecated',
  ]);
  expect(lines).toHaveLength(3);
});

describe('a long command', () => {
  const silent = (signals: string[]) => (command: Command) =>
    new Promise<Exit>(resolve => {
      command.stop?.addEventListener('abort', () => signals.push('stop'));
      command.kill?.addEventListener('abort', () => {
        signals.push('kill');
        resolve({ ...ended, code: null, signal: 'SIGKILL', interrupted: true });
      });
    });

  test('says that it is still running', async () => {
    const { helm, clock, lines } = start(silent([]));
    const running = runHelm(helm, { args: [], context, deadlineSeconds: 30 });
    const failed = expect(running).rejects.toThrow(UserError);
    await clock.advance(29_000);
    expect(lines).toEqual([
      'helm upgrade: still running, 14 s. Release s in t1',
      'helm upgrade: still running, 28 s. Release s in t1',
    ]);
    await clock.advance(60_000);
    await failed;
  });

  test('is asked to stop at its deadline, and ended 15 s later', async () => {
    const signals: string[] = [];
    const { helm, clock } = start(silent(signals));
    const failed = expect(runHelm(helm, { args: [], context, deadlineSeconds: 30 })).rejects.toThrow(
      /did not end in time: it was stopped after 30 s/,
    );
    await clock.advance(29_999);
    expect(signals).toEqual([]);
    await clock.advance(1);
    expect(signals).toEqual(['stop']);
    await clock.advance(14_999);
    expect(signals).toEqual(['stop']);
    await clock.advance(1);
    expect(signals).toEqual(['stop', 'kill']);
    await failed;
  });

  test.each([undefined, 30])(
    'is asked to stop when somebody wants it to, with a deadline of %s',
    async deadlineSeconds => {
      const signals: string[] = [];
      const wanted = new AbortController();
      const { helm, clock } = start(silent(signals));
      const run = {
        args: [],
        context,
        stop: wanted.signal,
        ...(deadlineSeconds === undefined ? {} : { deadlineSeconds }),
      };
      const failed = expect(runHelm(helm, run)).rejects.toThrow(CancelledError);
      await clock.advance(10_000);
      expect(signals).toEqual([]);
      wanted.abort();
      await clock.advance(0);
      expect(signals).toEqual(['stop']);
      await clock.advance(15_000);
      expect(signals).toEqual(['stop', 'kill']);
      await failed;
    },
  );

  test('leaves no timer behind when it ends before', async () => {
    const { helm, clock, lines } = start(async () => ended);
    await runHelm(helm, { args: [], context, deadlineSeconds: 30 });
    await clock.advance(120_000);
    expect(lines).toEqual([]);
  });
});
