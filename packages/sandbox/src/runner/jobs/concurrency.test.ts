import { expect, test } from '@jest/globals';
import { cancelled } from './cancellation.ts';
import { type Contender, createConcurrencyGroups } from './concurrency.ts';

function table() {
  const groups = createConcurrencyGroups();
  const events: string[] = [];
  const leaves = new Map<string, () => void>();
  /** Whoever comes in is told of in `events`; the promise settles when it is in or cancelled. */
  const come = (name: string, options: Partial<Contender> = {}) => {
    const controller = new AbortController();
    const contender: Contender = {
      repository: 'octo/app',
      group: 'g',
      cancelInProgress: false,
      queue: 'single',
      cancel: reason => controller.abort(cancelled(reason)),
      ...options,
    };
    return groups.enter(contender, controller.signal).then(
      leave => {
        leaves.set(name, leave);
        events.push(`${name} in`);
        controller.signal.addEventListener('abort', () => events.push(`${name} told to end`));
      },
      (error: Error) => events.push(`${name} out: ${error.message}`),
    );
  };
  return { events, come, leave: (name: string) => leaves.get(name)?.() };
}

const replaced = "Canceling since a higher priority waiting request for 'g' exists";

test('one waits while one runs, and a newer one takes its place', async () => {
  const { events, come, leave } = table();
  await come('a');
  const b = come('b');
  const c = come('c');
  await b;
  leave('a');
  await c;
  expect(events).toEqual(['a in', `b out: ${replaced}`, 'c in']);
});

test('with cancel-in-progress the running one is told to end, and is waited for', async () => {
  const { events, come, leave } = table();
  await come('a');
  const b = come('b', { cancelInProgress: true });
  expect(events).toEqual(['a in', 'a told to end']);
  leave('a');
  await b;
  expect(events.at(-1)).toBe('b in');
});

test('queue: max keeps the order of arrival and refuses the hundred and first', async () => {
  const { events, come, leave } = table();
  await come('first', { queue: 'max' });
  const waiting = Array.from({ length: 100 }, (_, index) => come(`w${index}`, { queue: 'max' }));
  await come('over', { queue: 'max' });
  expect(events.at(-1)).toBe("over out: Canceling since the queue of the concurrency group 'g' is full");
  leave('first');
  await waiting[0];
  leave('w0');
  await waiting[1];
  expect(events.slice(-2)).toEqual(['w0 in', 'w1 in']);
});

test('names ignore case; other groups and repositories do not matter', async () => {
  const { events, come, leave } = table();
  await come('a');
  await come('other group', { group: 'h' });
  await come('other repository', { repository: 'octo/other' });
  const same = come('same', { group: 'G' });
  leave('a');
  await same;
  expect(events).toEqual(['a in', 'other group in', 'other repository in', 'same in']);
});
