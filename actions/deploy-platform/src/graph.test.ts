import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import fc from 'fast-check';
import { allNeeds, criticalPath, type Node, orderByNeeds, schedule } from './graph.ts';

fc.configureGlobal({ seed: 1 });

const node = (name: string, ...needs: string[]): Node => ({ name, needs });
const go = new AbortController().signal;

describe('orderByNeeds', () => {
  test('each comes after what it needs, else in its own order; what is not there is not needed', () => {
    const nodes = [node('stack', 'crds', 'certs'), node('argo'), node('certs', 'crds', 'gone'), node('crds')];
    expect(orderByNeeds(nodes).map(({ name }) => name)).toEqual(['crds', 'certs', 'stack', 'argo']);
    expect([...allNeeds('stack', nodes)].sort()).toEqual(['certs', 'crds', 'gone']);
  });

  test('a circle is named', () => {
    const circle = [node('a', 'b'), node('b', 'c'), node('c', 'b')];
    expect(() => orderByNeeds(circle)).toThrow(UserError);
    expect(() => orderByNeeds(circle)).toThrow('b → c → b');
  });
});

/** Work that ends when the test says so. */
function controlled() {
  const open = new Map<string, { resolve: () => void; reject: (error: unknown) => void }>();
  const begun: string[] = [];
  return {
    begun,
    work: ({ name }: Node) =>
      new Promise<string>((resolve, reject) => {
        begun.push(name);
        open.set(name, { resolve: () => resolve(name), reject });
      }),
    end: async (name: string) => {
      open.get(name)?.resolve();
      await new Promise(setImmediate);
    },
    fail: async (name: string) => {
      open.get(name)?.reject(new Error(name));
      await new Promise(setImmediate);
    },
  };
}

describe('schedule', () => {
  const nodes = [
    node('crds'),
    node('certs', 'crds'),
    node('stack', 'crds', 'certs'),
    node('argo', 'crds'),
    node('free'),
  ];

  test('begins each as soon as what it needs is done, and no more than the limit', async () => {
    const { work, begun, end } = controlled();
    let time = 0;
    const all = schedule(nodes, { limit: 2, now: () => time, signal: go }, work);
    expect(begun).toEqual(['crds', 'free']);
    time = 5;
    await end('crds');
    expect(begun).toEqual(['crds', 'free', 'certs']);
    time = 6;
    await end('free');
    expect(begun).toEqual(['crds', 'free', 'certs', 'argo']);
    time = 9;
    await end('certs');
    await end('argo');
    time = 12;
    await end('stack');
    const runs = await all;
    expect(runs.map(({ name, startMs, endMs, result }) => [name, startMs, endMs, result])).toEqual([
      ['crds', 0, 5, 'done'],
      ['certs', 5, 9, 'done'],
      ['stack', 9, 12, 'done'],
      ['argo', 6, 9, 'done'],
      ['free', 0, 6, 'done'],
    ]);
    expect(criticalPath(nodes, runs)).toEqual(['crds', 'certs', 'stack']);
  });

  test('work that only waits keeps no other from its place', async () => {
    const begun: string[] = [];
    const rests = new Map<string, () => void>();
    const ends = new Map<string, () => void>();
    const all = schedule(nodes, { limit: 1, now: () => 0, signal: go }, ({ name }, rest) => {
      begun.push(name);
      rests.set(name, rest);
      return new Promise<void>(resolve => ends.set(name, resolve));
    });
    const then = async (act: (() => void) | undefined) => {
      act?.();
      await new Promise(setImmediate);
      return begun.join(' ');
    };
    expect(await then(undefined)).toBe('crds');
    expect(await then(rests.get('crds'))).toBe('crds free');
    // What needs it waits on, and its place is given away once.
    expect(await then(rests.get('crds'))).toBe('crds free');
    expect(await then(ends.get('crds'))).toBe('crds free');
    expect(await then(rests.get('free'))).toBe('crds free certs');
    expect(await then(ends.get('certs'))).toBe('crds free certs stack');
    expect(await then(ends.get('stack'))).toBe('crds free certs stack argo');
    await then(ends.get('argo'));
    await then(ends.get('free'));
    expect((await all).every(({ result }) => result === 'done')).toBe(true);
  });

  test('the longest chain goes first, wherever it stands', async () => {
    const { work, begun, end } = controlled();
    const late = [node('one'), node('two'), node('last', 'middle'), node('middle', 'first'), node('first')];
    const all = schedule(late, { limit: 1, now: () => 0, signal: go }, work);
    for (const name of ['first', 'middle', 'one', 'two', 'last']) await end(name);
    await all;
    expect(begun).toEqual(['first', 'middle', 'one', 'two', 'last']);
  });

  test('beside what more waits for, the others keep to half of the places', async () => {
    const { work, begun, end } = controlled();
    const many = [node('first'), node('last', 'first'), ...['a', 'b', 'c', 'd'].map(name => node(name))];
    const all = schedule(many, { limit: 4, now: () => 0, signal: go }, work);
    expect(begun).toEqual(['first', 'a']);
    await end('a');
    expect(begun).toEqual(['first', 'a', 'b']);
    await end('first');
    expect(begun).toEqual(['first', 'a', 'b', 'last', 'c', 'd']);
    for (const name of ['b', 'last', 'c', 'd']) await end(name);
    await all;
  });

  test('what needs a failed one is not begun; the rest goes on', async () => {
    const { work, begun, end, fail } = controlled();
    const all = schedule(nodes, { limit: 9, now: () => 0, signal: go }, work);
    await end('crds');
    await fail('certs');
    await end('argo');
    await end('free');
    const runs = await all;
    expect(begun).not.toContain('stack');
    expect(runs.find(({ name }) => name === 'stack')).toMatchObject({ result: 'skipped', because: 'it needs certs' });
    expect(runs.find(({ name }) => name === 'certs')).toMatchObject({ result: 'failed', error: new Error('certs') });
  });

  test('once stopped, nothing is begun', async () => {
    const stop = new AbortController();
    const { work, begun, end } = controlled();
    const all = schedule(nodes, { limit: 9, now: () => 0, signal: stop.signal }, work);
    stop.abort();
    await end('crds');
    await end('free');
    const runs = await all;
    expect(begun).toEqual(['crds', 'free']);
    expect(runs.filter(({ result }) => result === 'skipped').map(({ name }) => name)).toEqual([
      'certs',
      'stack',
      'argo',
    ]);
  });

  test('whatever the graph, nothing begins before all it needs is done', async () => {
    const graphs = fc
      .array(fc.array(fc.nat(30), { maxLength: 4 }), { maxLength: 20 })
      .map(all => all.map((needs, at) => node(`n${at}`, ...needs.filter(need => need < at).map(need => `n${need}`))));
    await fc.assert(
      fc.asyncProperty(graphs, fc.integer({ min: 1, max: 4 }), async (graph, limit) => {
        const done = new Set<string>();
        let running = 0;
        const runs = await schedule(graph, { limit, now: () => 0, signal: go }, async ({ name, needs }) => {
          expect(needs.every(need => done.has(need))).toBe(true);
          expect(++running).toBeLessThanOrEqual(limit);
          await new Promise(setImmediate);
          running--;
          done.add(name);
        });
        expect(runs.every(({ result }) => result === 'done')).toBe(true);
        expect(runs.length).toBe(graph.length);
      }),
      { numRuns: 60 },
    );
  });
});
