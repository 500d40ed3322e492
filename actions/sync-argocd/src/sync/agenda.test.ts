import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createAgenda } from './agenda.ts';

fc.configureGlobal({ seed: 1 });

test('gives each item once, at the time that was put last', () => {
  const agenda = createAgenda<string>();
  expect([agenda.next(), agenda.take(1000)]).toEqual([Number.POSITIVE_INFINITY, []]);
  for (const [item, at] of [['web', 30] as const, ['api', 10] as const, ['worker', 20] as const]) agenda.put(item, at);
  agenda.put('api', 40);
  agenda.put('worker', Number.POSITIVE_INFINITY);
  expect([agenda.next(), agenda.take(29), agenda.take(30), agenda.next()]).toEqual([30, [], ['web'], 40]);
  agenda.put('web', 35);
  expect([agenda.take(40), agenda.next()]).toEqual([['web', 'api'], Number.POSITIVE_INFINITY]);
});

test('is what a look at all of them would find', () => {
  const put = fc.tuple(fc.nat(8), fc.oneof(fc.nat(50), fc.constant(Number.POSITIVE_INFINITY)));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.array(put), fc.nat(50))), rounds => {
      const agenda = createAgenda<number>();
      const times = new Map<number, number>();
      for (const [puts, now] of rounds) {
        for (const [item, at] of puts) {
          agenda.put(item, at);
          times.set(item, at);
        }
        expect(agenda.next()).toBe(Math.min(Number.POSITIVE_INFINITY, ...times.values()));
        const due = [...times].filter(([, at]) => at <= now);
        const taken = agenda.take(now);
        expect([...taken].sort()).toEqual(due.map(([item]) => item).sort());
        expect(taken.map(item => times.get(item))).toEqual(due.map(([, at]) => at).sort((one, other) => one - other));
        for (const [item] of due) times.delete(item);
      }
    }),
  );
});
