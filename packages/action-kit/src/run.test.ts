import { expect, test } from '@jest/globals';
import { CancelledError, type Location, UserError } from '@suite/foundation';
import type { Log } from './log.ts';
import { reportFailure } from './run.ts';

function record() {
  const printed: { level: string; text: string; location?: Location }[] = [];
  const at = (level: string) => (text: string, location?: Location) =>
    void printed.push({ level, text, ...(location === undefined ? {} : { location }) });
  const log: Log = {
    info: at('info'),
    debug: at('debug'),
    notice: at('notice'),
    warning: at('warning'),
    error: at('error'),
    group: (_title, work) => work(),
  };
  return { log, printed };
}

test('a user error is one annotation per problem, on its line, with causes and without a stack', () => {
  const { log, printed } = record();
  const location = { kind: 'file', path: 'platform.yaml', line: 3, column: 5 } as const;
  const cause = new Error('ENOENT ::error::x');
  reportFailure(
    log,
    new UserError([{ message: 'Unknown key.', location, remedy: 'Remove it.' }, { message: 'Also.' }], { cause }),
  );
  expect(printed).toEqual([
    { level: 'error', text: '3:5: Unknown key. Remove it.', location },
    { level: 'error', text: 'Also.' },
    { level: 'info', text: '  caused by: ENOENT ::error::x' },
  ]);
});

test('a cancellation says what was left', () => {
  const { log, printed } = record();
  reportFailure(log, new CancelledError('The state was saved.'));
  expect(printed).toEqual([{ level: 'error', text: 'Cancelled. The state was saved.' }]);
});

test('a defect shows its stack and where to report it', () => {
  const { log, printed } = record();
  reportFailure(log, new TypeError('x is not a function'));
  expect(printed[0]?.text).toMatch(/defect in the action.*x is not a function.*issues\/new/);
  expect(printed[1]?.text).toContain('run.test.ts');
});
