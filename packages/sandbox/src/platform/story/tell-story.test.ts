import { describe, expect, test } from '@jest/globals';
import type { Conclusion, Runner, RunRequest, RunResult } from '../../runner/index.ts';
import type { RepositoryHandle, World } from '../../world/index.ts';
import type { Chapter } from './stage.ts';
import { chapters, tellStory, withWhatTheyNeed } from './tell-story.ts';

const request = { path: 'w.yml', sha: 'a', event: { name: 'push', payload: {} }, ref: 'refs/heads/main' } as RunRequest;

/** Runs end as it is said of them, in order. */
function play(chapter: Pick<Chapter, 'play'>, ends: readonly Conclusion[], more: readonly Chapter[] = []) {
  const lines: string[] = [];
  let next = 0;
  const start: Runner['start'] = () => {
    const conclusion = ends[next++] ?? 'success';
    const step = {
      name: 'Apply',
      conclusion,
      annotations: [{ level: 'error', message: 'web crashes.\nSee its log.' }],
      log: ['a line of the log'],
    };
    const jobs = [{ name: 'Job', conclusion, steps: [step] }];
    const result = { id: String(next), attempt: 1, conclusion, workflow: 'W', event: 'push', seconds: 1, jobs };
    return { result: Promise.resolve(result as unknown as RunResult) } as ReturnType<Runner['start']>;
  };
  const told = tellStory({
    repository: {
      readFile: async () => 'on: push\njobs: { one: { runs-on: x, steps: [{ run: "true" }] } }\n',
    } as unknown as RepositoryHandle,
    world: {} as World,
    runner: { start } as unknown as Runner,
    watchers: new Set(),
    build: () => '',
    played: [{ number: 1, title: 'One', tells: 'Of one.', after: [], ...chapter }, ...more],
    print: line => lines.push(line),
  });
  return { told, lines };
}

const next: Chapter = {
  number: 2,
  title: 'Two',
  tells: 'Of two.',
  after: [],
  play: async ({ see }) => see('It is so', true),
};

describe('a story', () => {
  test('is told chapter by chapter', async () => {
    const { told, lines } = play(
      { play: async ({ run }) => void (await run('It runs', request)) },
      ['success'],
      [next],
    );
    const { chapters: all, runs } = await told;
    expect(all.map(({ number, ok, scenes }) => [number, ok, scenes.map(({ words }) => words)])).toEqual([
      [1, true, ['It runs']],
      [2, true, ['It is so']],
    ]);
    expect(runs).toHaveLength(1);
    expect(lines.join('\n')).toMatch(/1\. One\n▸ It runs\n.*✓ W \(push\) success[\s\S]*2\. Two\n.*✓ It is so/);
  });

  test.each([
    [
      'a run that fails',
      ['failure'],
      async ({ run, see }) => {
        await run('It runs', request);
        see('Never told', true);
      },
    ],
    [
      'what is not as it has to be',
      [],
      async ({ see }) => {
        see('It runs', false);
        see('Never told', true);
      },
    ],
    [
      'a run that should have failed',
      ['success'],
      async ({ run }) => {
        await run('It runs', request, 'failure');
        throw new Error('Never reached.');
      },
    ],
  ] as readonly [string, readonly Conclusion[], Chapter['play']][])('ends with %s', async (_what, ends, played) => {
    const { chapters: all } = await play({ play: played }, ends, [next]).told;
    expect(all.map(({ ok, scenes }) => [ok, scenes.map(({ words }) => words)])).toEqual([[false, ['It runs']]]);
  });

  test('goes on after a run that had to fail, and tells why it did', async () => {
    const { told, lines } = play(
      { play: async ({ run }) => void (await run('It stops', request, 'failure')) },
      ['failure'],
      [next],
    );
    expect((await told).chapters.map(({ ok }) => ok)).toEqual([true, true]);
    expect(lines.join('\n')).toContain('        web crashes.\n        See its log.');
    expect(lines.join('\n')).not.toContain('a line of the log');
  });

  test('tells what the example lacks as what it is', async () => {
    const { told } = play({ play: async () => Promise.reject(new Error('The example has no platform.yaml.')) }, []);
    await expect(told).rejects.toThrow('The example has no platform.yaml.');
  });
});

test('chapters are played after those that they build upon, and no others', () => {
  const numbers = (...wanted: number[]) => withWhatTheyNeed(wanted).map(({ number }) => number);
  expect(numbers(4)).toEqual([1, 4]);
  expect(numbers(6)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(numbers(3, 4)).toEqual([1, 2, 3, 4]);
  for (const { number, after } of chapters) {
    expect(after.every(one => one < number)).toBe(true);
    // What they need in turn is named too.
    for (const one of after) expect(after).toEqual(expect.arrayContaining([...(chapters[one - 1]?.after ?? [])]));
  }
  expect(chapters.map(({ number }) => number)).toEqual(chapters.map((_, index) => index + 1));
});
