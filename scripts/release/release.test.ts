import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Candidate, findCandidate, makeCommit, writeNotes } from './make.ts';
import { type Program, programIn } from './programs.ts';
import { type PullRequests, proposeRecord, publishRelease, type Releases } from './publish.ts';

/** A maintainer's clone, and GitHub as a bare repository beside it with a list of releases. */
interface Place {
  readonly git: Program;
  readonly remote: Program;
  readonly folder: string;
  readonly clone: string;
  readonly releases: Map<string, { isDraft: boolean; isLatest: boolean; files: string[] }>;
  readonly pulls: string[];
}

const made: string[] = [];
afterAll(async () => {
  for (const folder of made) await rm(folder, { recursive: true, force: true });
});

async function openPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'release-'));
  made.push(folder);
  const [remote, clone] = [join(folder, 'remote.git'), join(folder, 'clone')];
  await programIn('git', folder)(['init', '--quiet', '--bare', '--initial-branch=main', remote]);
  await programIn('git', folder)(['clone', '--quiet', remote, clone]);
  const git = programIn('git', clone);
  await git(['checkout', '--quiet', '-b', 'main']);
  for (const [key, value] of [
    ['user.name', 'mona'],
    ['user.email', 'mona@example.com'],
  ] as const)
    await git(['config', key, value]);
  const place: Place = { git, remote: programIn('git', remote), folder, clone, releases: new Map(), pulls: [] };
  await commit(place, 'The first commit');
  return place;
}

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

/** Something new on main: its commit. */
async function commit({ git, clone }: Place, subject: string): Promise<string> {
  await write(clone, { 'source.ts': subject, '.gitignore': 'dist/\n', 'docs/reference/upgrades.md': '# Old\n' });
  await git(['add', '.']);
  await git(['commit', '--quiet', '-m', subject]);
  await git(['push', '--quiet', 'origin', 'main']);
  await git(['fetch', '--quiet', 'origin']);
  return git(['rev-parse', 'HEAD']);
}

const guide =
  '# What an upgrade changes\n\n<!-- Written. -->\n\nOf the [example](../../examples/x.md): **replace** it.\n';

/** What the first job hands over. */
async function make(place: Place, tag: string, recorded: string, bundle = `// ${tag}\n`) {
  const { git, folder, clone } = place;
  const tree = join(clone, 'out', 'release');
  await rm(tree, { recursive: true, force: true });
  await write(tree, {
    'act/dist/index.js': bundle,
    'act/action.yml': 'runs: {}\n',
    '.github/workflows/plan.yml': 'on: {}\n',
  });
  const candidate = await findCandidate(git, tag, recorded);
  const out = join(folder, `publish-${tag}`);
  const commit = await makeCommit(git, tree, candidate, out);
  await write(out, { 'sbom.cdx.json': '{}', 'last-release.json.gz': tag, 'upgrades.md': `# ${tag}\n` });
  await writeNotes(git, candidate, commit, guide, out);
  return { ...commit, out, candidate };
}

function releasesOf({ releases }: Place): Releases {
  const of = (tag: string) => {
    const found = releases.get(tag);
    if (found === undefined) throw new Error(`There is no release ${tag}.`);
    return found;
  };
  return {
    find: async tag => {
      const found = releases.get(tag);
      return found === undefined ? undefined : found.isDraft ? 'draft' : 'published';
    },
    draft: async tag => {
      if (releases.has(tag)) throw new Error('There are two drafts now.');
      releases.set(tag, { isDraft: true, isLatest: false, files: [] });
    },
    attach: async (tag, files) => {
      if (!of(tag).isDraft) throw new Error('It is immutable.');
      of(tag).files = files.map(file => basename(file));
    },
    publish: async (tag, isLatest) => {
      Object.assign(of(tag), { isDraft: false, isLatest });
    },
  };
}

/** As the job does it: in a checkout of its own, which has nothing of what was built. */
async function publish(place: Place, tag: string, out: string, strike?: Strike): Promise<string[]> {
  const clone = await mkdtemp(join(place.folder, 'publisher-'));
  const plain = programIn('git', clone);
  await plain(['clone', '--quiet', join(place.folder, 'remote.git'), '.']);
  const lines: string[] = [];
  const struck = strike ?? (perform => perform());
  const { find, ...writing } = releasesOf(place);
  await publishRelease(
    {
      git: (args, env) => (args[0] === 'push' ? struck(() => plain(args, env)) : plain(args, env)),
      releases: {
        find,
        draft: (...args) => struck(() => writing.draft(...args)),
        attach: (...args) => struck(() => writing.attach(...args)),
        publish: (...args) => struck(() => writing.publish(...args)),
      },
      print: line => lines.push(line),
    },
    tag,
    out,
  );
  return lines;
}

/** What happens to an effect. */
type Strike = <T>(perform: () => Promise<T>) => Promise<T>;

/** Ends the process after its Nth effect, which nobody hears of any more. */
function kill(at: number): Strike & { effects: () => number } {
  let count = 0;
  const strike: Strike = async perform => {
    const result = await perform();
    count += 1;
    if (count === at) throw new Error('Killed.');
    return result;
  };
  return Object.assign(strike, { effects: () => count });
}

async function refs({ remote }: Place): Promise<Readonly<Record<string, string>>> {
  const listed = await remote(['for-each-ref', '--format=%(refname) %(objectname)']);
  return Object.fromEntries(
    listed.split('\n').flatMap(line => {
      const [name = '', id = ''] = line.split(' ');
      return name === 'refs/heads/main' ? [] : [[name.replace(/^refs\//, ''), id] as const];
    }),
  );
}

describe('a first release', () => {
  let place: Place;
  let first: Awaited<ReturnType<typeof make>>;
  beforeAll(async () => {
    place = await openPlace();
    first = await make(place, 'v1.0.0', 'none');
  });

  test('is a commit of the built tree alone, made from a commit of main, and the same one when it is made again', async () => {
    const { git } = place;
    expect((await git(['ls-tree', '-r', '--name-only', first.commit])).split('\n')).toEqual([
      '.github/workflows/plan.yml',
      'act/action.yml',
      'act/dist/index.js',
    ]);
    expect(await git(['log', '-1', '--format=%P|%s|%(trailers:key=Source,valueonly,separator=)', first.commit])).toBe(
      `|v1.0.0|${first.candidate.source}`,
    );
    const before = await readFile(first.archive);
    const again = await make(place, 'v1.0.0', 'none');
    expect([again.commit, (await readFile(again.archive)).equals(before)]).toEqual([first.commit, true]);
  });

  test('says in its notes what an upgrade changes, with links that lead into it', async () => {
    const notes = await readFile(join(first.out, 'notes.md'), 'utf8');
    expect(notes).toContain(
      '## What an upgrade changes\n\nOf the [example](../blob/v1.0.0/examples/x.md): **replace** it.\n',
    );
    expect(notes).toContain(`\`@${first.commit} # v1.0.0\``);
    expect(notes).not.toContain('What is new');
  });

  test('killed after any effect it is completed by the next run, and the moving tag names nothing that is not published', async () => {
    const counting = kill(0);
    const whole = await openPlace();
    const { commit: id, out } = await make(whole, 'v1.0.0', 'none');
    await publish(whole, 'v1.0.0', out, counting);
    const complete = { 'heads/release': id, 'tags/v1': id, 'tags/v1.0.0': id };
    expect(await refs(whole)).toEqual(complete);
    expect(counting.effects()).toBe(5);

    for (let at = 1; at <= counting.effects(); at += 1) {
      const killed = await openPlace();
      const release = await make(killed, 'v1.0.0', 'none');
      await expect(publish(killed, 'v1.0.0', release.out, kill(at))).rejects.toThrow('Killed.');
      const left = await refs(killed);
      if (left['tags/v1'] !== undefined) expect(killed.releases.get('v1.0.0')?.isDraft).toBe(false);
      expect(left['heads/release']).toBe(left['tags/v1.0.0']);
      await publish(killed, 'v1.0.0', release.out);
      const { commit } = release;
      expect(await refs(killed)).toEqual({ 'heads/release': commit, 'tags/v1': commit, 'tags/v1.0.0': commit });
      expect([...killed.releases]).toEqual([
        ['v1.0.0', { isDraft: false, isLatest: true, files: ['actions-v1.0.0.tar', 'sbom.cdx.json'] }],
      ]);
    }
  });
});

describe('releases after it', () => {
  let place: Place;
  let first: Awaited<ReturnType<typeof make>>;
  let second: Awaited<ReturnType<typeof make>>;
  beforeAll(async () => {
    place = await openPlace();
    first = await make(place, 'v1.0.0', 'none');
    await publish(place, 'v1.0.0', first.out);
    await place.git(['fetch', '--quiet', '--tags', '--force', 'origin']);
    await commit(place, 'Something new');
    second = await make(place, 'v1.1.0', 'v1.0.0');
    await publish(place, 'v1.1.0', second.out);
    await place.git(['fetch', '--quiet', '--tags', '--force', 'origin']);
  });

  test('stand one upon the other, and the moving tag goes along', async () => {
    expect(await refs(place)).toEqual({
      'heads/release': second.commit,
      'tags/v1': second.commit,
      'tags/v1.0.0': first.commit,
      'tags/v1.1.0': second.commit,
    });
    expect(await place.git(['log', '-1', '--format=%P', second.commit])).toBe(first.commit);
    expect(await readFile(join(second.out, 'notes.md'), 'utf8')).toContain('## What is new\n\n- Something new\n');
  });

  test('an older one that is run again changes nothing', async () => {
    const before = await refs(place);
    expect(await publish(place, 'v1.0.0', first.out)).toEqual(['v1 stays at v1.1.0, which is newer']);
    expect(await refs(place)).toEqual(before);
  });

  test.each<[string, string, string, RegExp]>([
    ['no version', '1.2.0', 'v1.1.0', /^"1\.2\.0" is no version\. Write it as v1\.2\.3\.$/],
    ['a gap', 'v1.3.0', 'v1.1.0', /^v1\.3\.0 does not come after v1\.1\.0\. Next is v1\.1\.1, v1\.2\.0, v2\.0\.0\.$/],
    ['an older version', 'v1.0.1', 'v1.1.0', /^v1\.0\.1 does not come after v1\.0\.0/],
    [
      'a version that another commit has',
      'v1.0.0',
      'none',
      /^v1\.0\.0 was made from [0-9a-f]{40} already\. Take the next/,
    ],
    [
      'modules that were not recorded',
      'v1.2.0',
      'v1.0.0',
      /the record of v1\.0\.0, but v1\.1\.0 was released last\. Merge/,
    ],
  ])('%s is refused before anything is built', async (_name, tag, recorded, message) => {
    await expect(findCandidate(place.git, tag, recorded)).rejects.toThrow(message);
  });

  test('a commit that is not on main is refused', async () => {
    await place.git(['checkout', '--quiet', '-b', 'side']);
    await place.git(['commit', '--quiet', '--allow-empty', '-m', 'Aside']);
    await expect(findCandidate(place.git, 'v1.2.0', 'v1.1.0')).rejects.toThrow(/ is not on main\. Releases are made/);
    await place.git(['checkout', '--quiet', 'main']);
  });

  test('another tree under a tag that exists is refused, here and on GitHub', async () => {
    await expect(make(place, 'v1.1.0', 'v1.0.0', 'another')).rejects.toThrow(/v1\.1\.0 exists and holds another tree/);
    const other = await openPlace();
    const { out } = await make(other, 'v1.0.0', 'none', 'another');
    const before = await refs(place);
    await expect(publish(place, 'v1.0.0', out)).rejects.toThrow(/^v1\.0\.0 names [0-9a-f]{40} on GitHub, and this is/);
    expect(await refs(place)).toEqual(before);
  });

  test('what is on GitHub has to be what was attested, or the moving tag stays', async () => {
    const third: Candidate & { out?: string } = await findCandidate(place.git, 'v1.1.1', 'v1.1.0');
    const { out } = await make(place, third.tag, 'v1.1.0');
    await writeFile(join(out, 'actions-v1.1.1.tar'), 'something else');
    await expect(publish(place, 'v1.1.1', out)).rejects.toThrow(/not what was attested\. Nothing else was moved\.$/);
    expect((await refs(place))['tags/v1']).toBe(second.commit);
  });

  test('the record of its modules is proposed once', async () => {
    const pulls: PullRequests = {
      wasOpened: async branch => place.pulls.includes(branch),
      open: async branch => void place.pulls.push(branch),
    };
    const lines: string[] = [];
    const propose = async () => {
      const clone = await mkdtemp(join(place.folder, 'recorder-'));
      const git = programIn('git', clone);
      await git(['clone', '--quiet', join(place.folder, 'remote.git'), '.']);
      await mkdir(join(clone, 'packages', 'sandbox'), { recursive: true });
      await proposeRecord({ git, pulls, print: line => lines.push(line) }, 'v1.1.0', second.out, clone);
    };
    await propose();
    await propose();
    expect(place.pulls).toEqual(['record-v1.1.0']);
    expect(lines).toEqual(['record-v1.1.0 is proposed', 'The pull request of record-v1.1.0 was opened before']);
    const files = ['packages/sandbox/last-release.json.gz', 'docs/reference/upgrades.md'];
    const recorded = files.map(file => place.remote(['show', `record-v1.1.0:${file}`]));
    expect(await Promise.all(recorded)).toEqual(['v1.1.0', '# v1.1.0']);
  });
});
