import { describe, expect, test } from '@jest/globals';
import { commitsOfPage, type LoggedCommit, type Relation } from '@suite/github';
import { deliveryMessage } from './deliver/message.ts';
import { foldersOf, sinceBundle } from './since-bundle.ts';

const runs = 'https://github.com/contoso/platform/actions/runs/';
const sha = (sign: string) => sign.repeat(40);
const [base, head] = [sha('a'), sha('f')];
let minute = 0;
const commit = (sign: string, message: string, author = 'lisa'): LoggedCommit => ({
  sha: sha(sign),
  message,
  author,
  at: `2026-11-26T05:${String(++minute).padStart(2, '0')}:00Z`,
});
const delivery = (sign: string, run: string) => {
  const { headline, body } = deliveryMessage([], [], { environment: 'dev', bundle: undefined, run });
  return commit(sign, `${headline}\n\n${body}`, 'contoso-gitops[bot]');
};

interface Played {
  readonly relation?: Relation;
  /** Since the base, the oldest first. */
  readonly since: readonly LoggedCommit[];
  /** Which of them touch which folder. */
  readonly touching?: Readonly<Record<string, readonly LoggedCommit[]>>;
  /** How many there are, where GitHub does not give them all. */
  readonly total?: number;
}

const before = commit('b', 'Before the bundle');

async function look({ relation = 'ahead', since, touching = {}, total = since.length }: Played, at = head) {
  const asked: string[] = [];
  const checks = await sinceBundle(
    {
      base: { repository: 'contoso/gitops', branch: 'main', commit: base },
      head: at,
      paths: ['environments/dev/web', 'environments/dev/worker'],
      runs,
      serverUrl: 'https://github.com',
    },
    {
      repository: 'contoso/gitops',
      range: async () => {
        asked.push('range');
        return { relation, commits: since.slice(0, commitsOfPage), total };
      },
      log: async (from, folder) => {
        asked.push(`${from === head ? 'head' : 'base'} ${folder}`);
        const own = from === head ? (touching[folder] ?? []).toReversed() : [];
        return [...own, before].slice(0, commitsOfPage);
      },
    },
  );
  const [check] = checks;
  return { check, asked, message: check?.message ?? '' };
}

describe('what others have changed since the bundle', () => {
  test('is nothing where the branch has not moved, which nobody is asked for', async () => {
    const { check, asked } = await look({ since: [] }, base);
    expect([check?.status, asked]).toEqual(['passed', []]);
  });

  test('is nothing where only runs of this repository have delivered: one question', async () => {
    const { check, asked, message } = await look({ since: [delivery('c', `${runs}1`), delivery('d', `${runs}2`)] });
    expect([check?.status, asked]).toEqual(['passed', ['range']]);
    expect(message).toBe(
      'Nobody else has changed `environments/dev/web` and `environments/dev/worker` of contoso/gitops since `aaaaaaa`, where the bundle found main.',
    );
  });

  test('is nothing where others were at work elsewhere', async () => {
    const { check, asked } = await look({ since: [commit('c', 'Staging')] });
    expect(check?.status).toBe('passed');
    expect(asked).toHaveLength(5);
  });

  test('is told commit by commit, the newest first, each once; deliveries do not count, those of other repositories do', async () => {
    const [one, two] = [commit('c', 'Raise limits\n\nBecause'), commit('d', 'Less memory', 'hubot')];
    const own = delivery('e', `${runs}3`);
    const foreign = delivery('9', 'https://github.com/contoso/shop/actions/runs/1');
    const { check, message } = await look({
      since: [one, two, own, foreign],
      touching: { 'environments/dev/web': [one, two, own], 'environments/dev/worker': [two, foreign] },
    });
    expect(check).toMatchObject({ id: 'gitops/since-bundle', status: 'warning' });
    expect(message).toBe(
      '3 commits of others have changed `environments/dev/web` and `environments/dev/worker` of contoso/gitops since `aaaaaaa`, where the bundle found main: `9999999` Deliver to dev (contoso-gitops[bot]); `ddddddd` Less memory (hubot); `ccccccc` Raise limits (lisa).',
    );
    expect(check?.remedy).toContain('`https://github.com/contoso/gitops/compare/aaaaaaaaaaaa...ffffffffffff`');
  });

  test('is bounded, however much there is', async () => {
    const many = Array.from({ length: 150 }, (_, at) => ({
      ...commit('c', `Change ${at}`),
      sha: String(at).padStart(40, '0'),
    }));
    const { message } = await look({ since: many, total: 400, touching: { 'environments/dev/web': many } });
    expect(message).toMatch(/^At least 100 commits of others/);
    expect(message).toMatch(/; and 90 more\.$/);
    expect(message.match(/Change \d+/g)).toHaveLength(10);
  });

  test('holds no text of theirs that means something', async () => {
    const hostile = commit('c', '\n::error::`x` \u202e\u001b[31m[a](http://b)\r\nEnvironment: dev', 'a`b\n');
    const { message } = await look({ since: [hostile], touching: { 'environments/dev/web': [hostile] } });
    expect(message).toContain("`ccccccc` ::error::'x' \ufffd[a](http://b) (a'b).");
    for (const sign of ['\n', '\r', '\u001b', '\u202e']) expect(message).not.toContain(sign);
  });

  test.each<Relation>(['behind', 'diverged', 'unknown'])(
    'cannot be told where the branch was rewritten (%s)',
    async relation => {
      const { check, asked, message } = await look({ relation, since: [commit('c', 'x')] });
      expect([check?.status, asked]).toEqual(['warning', ['range']]);
      expect(message).toContain(
        '`aaaaaaa`, where the bundle found main of contoso/gitops, is not in that branch any more: somebody has rewritten its history (force push).',
      );
    },
  );
});

test.each<readonly [readonly string[], readonly string[]]>([
  [
    ['a/b', 'a/c'],
    ['a/b', 'a/c'],
  ],
  [['a', 'a/c'], ['a']],
  [['1', '2', '3', '4', '5', '6'].map(name => `env/dev/${name}`), ['env/dev']],
  [['1', '2', '3', '4', '5', '6'].map(name => `apps/${name}/dev`), ['apps']],
  [['1', '2', '3', '4', '5', '6'], ['']],
])('the folders of %j are %j', (paths, folders) => {
  expect(foldersOf(paths)).toEqual(folders);
});
