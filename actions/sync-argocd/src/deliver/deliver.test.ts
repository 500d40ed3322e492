import { describe, expect, test } from '@jest/globals';
import { manualClock } from '@suite/foundation/testing';
import { GitHubFailure } from '@suite/github';
import { deliver, MovedOn } from './deliver.ts';
import type { DeliverPorts } from './ports.ts';
import { revertTo } from './revert.ts';
import { app, digest, folder, oldDigest, readMap, web } from './testing.ts';

const file = `${folder}/kustomization.yaml`;
const other = `${folder}/other.yaml`;
const content = (pin: string, more = '') =>
  `images:\n- name: web\n  newName: ${web.repository}\n  digest: ${pin}\n${more}`;
const note = { environment: 'dev', bundle: 'sha256:bundle', run: 'https://github.com/contoso/platform/actions/runs/1' };
/** As it was before. */
const old = { images: [{ ...web, digest: oldDigest }], charts: [] };
const request = { branch: 'main', apps: [app()], cargo: { images: [web], charts: [] }, note };

interface Commit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly files: Readonly<Record<string, string>>;
}

type Mood = 'works' | 'moves first' | 'makes it and breaks' | 'makes it, breaks and moves on' | 'breaks' | 'refuses';

/** A branch in memory; each attempt to commit meets one mood. */
function repository(files: Readonly<Record<string, string>>, moods: readonly Mood[] = []) {
  const commits: Commit[] = [{ sha: 'c0', parents: [], message: 'first', files }];
  const pauses: number[] = [];
  const log: string[] = [];
  let attempts = 0;
  const head = () => commits.at(-1) as Commit;
  const add = (message: string, changed: Readonly<Record<string, string>>) => {
    const parents = [head().sha];
    commits.push({ sha: `c${commits.length}`, parents, message, files: { ...head().files, ...changed } });
    return head().sha;
  };
  const broken = (retry: boolean) =>
    new GitHubFailure(
      { message: 'GitHub answered with 502.' },
      { retry: retry ? { retry: true } : { retry: false }, status: 502, isWrite: true, cause: undefined },
    );
  const gitops: DeliverPorts['gitops'] = {
    repository: 'contoso/gitops',
    head: async () => head().sha,
    commitOf: async revision => {
      const found = commits.find(({ sha }) => sha === revision);
      if (found === undefined) throw new Error(`There is no ${revision}.`);
      return found;
    },
    fileAt: async (commit, path) => {
      const text = commits.find(({ sha }) => sha === commit)?.files[path];
      return text === undefined ? undefined : Buffer.from(text);
    },
    commit: async ({ parent, headline, body, additions }) => {
      const mood = moods[attempts++] ?? 'works';
      if (mood === 'breaks') throw broken(true);
      if (mood === 'refuses') throw broken(false);
      if (mood === 'moves first') add('somebody else', { 'README.md': `${attempts}` });
      if (parent !== head().sha) return { kind: 'moved' };
      const changed = Object.fromEntries(additions.map(({ path, content }) => [path, String(content)]));
      const commit = add(`${headline}\n\n${body}`, changed);
      if (mood === 'makes it and breaks') throw broken(true);
      if (mood === 'makes it, breaks and moves on') {
        add('somebody else', { 'README.md': 'x' });
        throw broken(true);
      }
      return { kind: 'committed', commit };
    },
  };
  const ports: DeliverPorts = {
    gitops,
    at: async commit => readMap(commits.find(({ sha }) => sha === commit)?.files ?? {}),
    clock: { ...manualClock(), sleep: async pause => void pauses.push(pause) },
    random: () => 0.5,
    log: line => void log.push(line),
  };
  return { ports, commits, pauses, log, head };
}

describe('delivery', () => {
  test('is one commit with its reasons', async () => {
    const { ports, head } = repository({ [file]: content(oldDigest), [other]: 'x: 1\n' });
    expect(await deliver(request, ports)).toMatchObject({ commit: 'c1', changed: true, files: [file] });
    expect(head().files).toEqual({ [file]: content(digest), [other]: 'x: 1\n' });
    expect(head().message).toBe(`Deliver web to dev

- web: web → ${web.repository}@${digest}

Environment: dev
Bundle: sha256:bundle
Run: https://github.com/contoso/platform/actions/runs/1`);
  });

  test('writes nothing where the repository says the same', async () => {
    const { ports, commits } = repository({ [file]: content(digest) });
    expect(await deliver(request, ports)).toMatchObject({
      commit: 'c0',
      changed: false,
      files: [],
      places: [{ app: 'web' }],
    });
    expect(commits).toHaveLength(1);
  });

  test.each<readonly [string, readonly Mood[], number]>([
    ['a branch that moves on', ['moves first', 'moves first', 'works'], 4],
    ['a commit whose answer got lost', ['makes it and breaks'], 2],
    ['a connection that breaks before', ['breaks', 'works'], 2],
    ['both', ['breaks', 'moves first', 'makes it and breaks'], 3],
  ])('%s: once, and on the newest head', async (_, moods, length) => {
    const { ports, commits, head } = repository({ [file]: content(oldDigest) }, moods);
    const delivery = await deliver(request, ports);
    expect(delivery).toMatchObject({ commit: head().sha, changed: true, files: [file] });
    expect(commits).toHaveLength(length);
    expect(commits.filter(({ message }) => message.startsWith('Deliver'))).toHaveLength(1);
    expect(head().files[file]).toBe(content(digest));
  });

  test('a commit whose answer got lost is found below what others did since', async () => {
    const { ports, commits } = repository({ [file]: content(oldDigest) }, ['makes it, breaks and moves on']);
    expect(await deliver(request, ports)).toMatchObject({ commit: 'c1', changed: true, files: [file] });
    expect(commits).toHaveLength(3);
  });

  test('what was reviewed at another head is not delivered', async () => {
    const { ports, commits, head } = repository({ [file]: content(oldDigest) });
    await expect(deliver({ ...request, planned: 'c9' }, ports)).rejects.toThrow(MovedOn);
    expect(commits).toHaveLength(1);
    const moving = repository({ [file]: content(oldDigest) }, ['moves first']);
    await expect(deliver({ ...request, planned: 'c0' }, moving.ports)).rejects.toThrow(MovedOn);
    expect(await deliver({ ...request, planned: head().sha }, ports)).toMatchObject({ changed: true });
  });

  test('the pauses grow and end', async () => {
    const { ports, pauses, commits } = repository({ [file]: content(oldDigest) }, Array(20).fill('moves first'));
    await expect(deliver(request, ports)).rejects.toThrow(
      'Others write to the branch main of contoso/gitops all the time: 10 attempts to commit came too late. Run the job again; nothing of it was written.',
    );
    expect(pauses).toEqual([375, 750, 1500, 3000, 6000, 11_250, 11_250, 11_250, 11_250]);
    expect(commits.some(({ message }) => message.startsWith('Deliver'))).toBe(false);
  });

  test('a file that archives convert is left alone', async () => {
    const { ports, commits } = repository({ [file]: content(oldDigest).replaceAll('\n', '\r\n') });
    const converting: DeliverPorts = { ...ports, at: async () => readMap({ [file]: content(oldDigest) }) };
    await expect(deliver(request, converting)).rejects.toThrow(
      `${file} cannot be edited: Git holds it in another form than GitHub’s archives`,
    );
    expect(commits).toHaveLength(1);
  });

  test('a refusal is final', async () => {
    const { ports, pauses } = repository({ [file]: content(oldDigest) }, ['refuses']);
    await expect(deliver(request, ports)).rejects.toThrow(GitHubFailure);
    expect(pauses).toEqual([]);
  });

  test('what somebody else delivers meanwhile is not delivered again', async () => {
    const { ports, commits } = repository({ [file]: content(oldDigest) });
    const commit = ports.gitops.commit;
    let first = true;
    const racing = {
      ...ports,
      gitops: {
        ...ports.gitops,
        commit: async (asked: Parameters<typeof commit>[0]) => {
          if (first) await commit({ ...asked, headline: 'theirs' });
          first = false;
          return commit(asked);
        },
      },
    };
    expect(await deliver(request, racing)).toMatchObject({ commit: 'c1', changed: false });
    expect(commits).toHaveLength(2);
  });
});

describe('a revert', () => {
  test('takes back what delivery writes and nothing else', async () => {
    const { ports, head, commits } = repository({ [file]: content(oldDigest), [other]: 'x: 1\n' });
    await deliver(request, ports);
    const { sha, files } = head();
    commits.push({ sha: 'c2', parents: [sha], message: 'by hand', files: { ...files, [other]: 'x: 2\n' } });
    expect(await revertTo({ ...request, cargo: old, to: 'c0' }, ports)).toMatchObject({
      commit: 'c3',
      changed: true,
      files: [file],
    });
    expect(head().files).toEqual({ [file]: content(oldDigest), [other]: 'x: 2\n' });
    expect(head().message).toBe(`Take web in dev back to c0

Reverts-To: c0
Environment: dev
Bundle: sha256:bundle
Run: https://github.com/contoso/platform/actions/runs/1`);
    expect(await revertTo({ ...request, cargo: old, to: 'c0' }, ports)).toMatchObject({
      commit: 'c3',
      changed: false,
      files: [],
    });
  });

  test('what people changed in the same file since stays', async () => {
    const { ports, head, commits } = repository({ [file]: content(oldDigest) });
    await deliver(request, ports);
    const { sha, files } = head();
    commits.push({
      sha: 'c2',
      parents: [sha],
      message: 'by hand',
      files: { ...files, [file]: content(digest, '# ours\n') },
    });
    await revertTo({ ...request, cargo: old, to: 'c0' }, ports);
    expect(head().files).toEqual({ [file]: content(oldDigest, '# ours\n') });
  });

  test('is as safe in a race', async () => {
    const { ports, head } = repository({ [file]: content(oldDigest) }, ['works', 'moves first', 'makes it and breaks']);
    await deliver(request, ports);
    expect(await revertTo({ ...request, cargo: old, to: 'c0' }, ports)).toMatchObject({
      changed: true,
      files: [file],
    });
    expect(head().files[file]).toBe(content(oldDigest));
  });
});
