/**
 * What of a release needs the right to write (release.yml). It pushes and publishes what an earlier job has built, proved and attested, and runs
 * nothing of it. Imports Node and its neighbours only: no package is installed beside the token.
 *
 * `node scripts/release/publish.ts v1.2.0 FOLDER`, and `… record v1.2.0 FOLDER` for the pull request that records the modules.
 * May be run again after having ended at any point.
 */
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archiveName, writeArchive } from './archive.ts';
import { type Program, programIn } from './programs.ts';
import { movingTag, newest, parseVersion } from './version.ts';

/** GitHub's releases, each by its tag. */
export interface Releases {
  find(tag: string): Promise<'draft' | 'published' | undefined>;
  draft(tag: string, notes: string): Promise<void>;
  /** Takes the place of files of the same name. */
  attach(tag: string, files: readonly string[]): Promise<void>;
  /** From then on neither its tag nor its files can be changed, where releases are immutable. */
  publish(tag: string, isLatest: boolean): Promise<void>;
}

export interface PullRequests {
  /** Whether one was opened for the branch, whatever became of it. */
  wasOpened(branch: string): Promise<boolean>;
  open(branch: string, title: string, body: string): Promise<void>;
}

interface Effects {
  readonly git: Program;
  readonly print: (line: string) => void;
}

/**
 * The tag, the release, and at last the tag that users follow: that one only after everything before it was read back from GitHub. `folder` holds what
 * `makeCommit` made, and the notes.
 */
export async function publishRelease(
  { git, releases, print }: Effects & { readonly releases: Releases },
  tag: string,
  folder: string,
): Promise<void> {
  const version = parseVersion(tag);
  if (version === undefined) throw new Error(`${tag} is no version.`);
  const candidate = `refs/release/${tag}`;
  await git(['fetch', '--quiet', 'origin', '+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*']);
  await git(['fetch', '--quiet', join(folder, 'release.bundle'), `+${candidate}:${candidate}`]);
  const commit = await git(['rev-parse', candidate]);

  const there = (await remoteTags(git)).get(tag);
  if (there !== undefined && there !== commit)
    throw new Error(`${tag} names ${there} on GitHub, and this is ${commit}. Take the next version.`);
  if (there === undefined) {
    // Both or neither: a branch without its tag would be in the way of the next attempt.
    await git(['push', '--quiet', '--atomic', 'origin', `${commit}:refs/heads/release`, `${commit}:refs/tags/${tag}`]);
    print(`${tag}: ${commit} is pushed`);
  }

  const tags = [...(await remoteTags(git)).keys()];
  const state = await releases.find(tag);
  if (state === undefined) await releases.draft(tag, join(folder, 'notes.md'));
  if (state !== 'published') {
    await releases.attach(tag, [join(folder, archiveName(tag)), join(folder, 'sbom.cdx.json')]);
    await releases.publish(tag, newest(tags) === tag);
    print(`${tag} is published`);
  }

  await demandSameArchive(git, tag, join(folder, archiveName(tag)));
  const moving = movingTag(version);
  const newestOfMajor = newest(tags, ([major]) => major === version[0]);
  if (newestOfMajor !== tag) return print(`${moving} stays at ${newestOfMajor}, which is newer`);
  const named = (await remoteTags(git)).get(moving);
  if (named === commit) return print(`${moving} names ${tag} already`);
  // Nobody else may have moved it meanwhile; an empty lease stands for a tag that is not there.
  const lease = `--force-with-lease=refs/tags/${moving}:${named ?? ''}`;
  await git(['push', '--quiet', lease, 'origin', `+${commit}:refs/tags/${moving}`]);
  print(`${moving} names ${tag} from now on`);
}

/** What GitHub has under the tag is, byte for byte, what was proved and attested. */
async function demandSameArchive(git: Program, tag: string, attested: string): Promise<void> {
  const temp = await mkdtemp(join(tmpdir(), 'published-'));
  try {
    await git(['fetch', '--quiet', '--no-tags', 'origin', `+refs/tags/${tag}:refs/release/published`]);
    const file = join(temp, archiveName(tag));
    await writeArchive(git, tag, 'refs/release/published', file);
    if (!(await readFile(file)).equals(await readFile(attested)))
      throw new Error(`What ${tag} holds on GitHub is not what was attested. Nothing else was moved.`);
  } finally {
    await rm(temp, { recursive: true });
  }
}

/** Where each tag of the remote leads. All of ours name commits themselves. */
async function remoteTags(git: Program): Promise<ReadonlyMap<string, string>> {
  const listed = await git(['ls-remote', '--tags', '--refs', 'origin']);
  return new Map(
    listed.split('\n').flatMap(line => {
      const [, commit, tag] = /^([0-9a-f]+)\trefs\/tags\/(.+)$/.exec(line) ?? [];
      return commit === undefined || tag === undefined ? [] : [[tag, commit] as const];
    }),
  );
}

/** Files of the record, by where they belong. */
const recorded = {
  'last-release.json.gz': 'packages/sandbox/last-release.json.gz',
  'upgrades.md': 'docs/reference/upgrades.md',
} as const;

/** Proposes for main what the next version is held to. The work tree is main, as it is now. */
export async function proposeRecord(
  { git, pulls, print }: Effects & { readonly pulls: PullRequests },
  tag: string,
  folder: string,
  workTree: string,
): Promise<void> {
  const branch = `record-${tag}`;
  if (await pulls.wasOpened(branch)) return print(`The pull request of ${branch} was opened before`);
  for (const [name, path] of Object.entries(recorded)) await copyFile(join(folder, name), join(workTree, path));
  await git(['add', ...Object.values(recorded)]);
  if ((await git(['status', '--porcelain'])) === '') return print(`main has the record of ${tag} already`);
  const title = `The modules of ${tag}, to which later ones are held`;
  await git([
    '-c',
    'user.name=github-actions[bot]',
    '-c',
    'user.email=41898282+github-actions[bot]@users.noreply.github.com',
    'commit',
    '--quiet',
    '-m',
    title,
  ]);
  await git(['push', '--quiet', '--force', 'origin', `HEAD:refs/heads/${branch}`]);
  const body = [
    `Made by the release of ${tag}: what its modules make of the example. CI plans every later commit on it.`,
    '',
    'The next version can be released once this is merged. If modules have changed on main since that release, CI says so here: ' +
      'build, run `npx pnpm@12 record-release guide` on this branch and commit what it writes.',
  ];
  await pulls.open(branch, title, body.join('\n'));
  print(`${branch} is proposed`);
}

function releasesOf(gh: Program): Releases {
  return {
    find: async tag => {
      const all = JSON.parse(await gh(['release', 'list', '--limit', '1000', '--json', 'tagName,isDraft']));
      const found = all.find((one: { tagName: string }) => one.tagName === tag);
      return found === undefined ? undefined : found.isDraft ? 'draft' : 'published';
    },
    draft: async (tag, notes) => {
      await gh(['release', 'create', tag, '--draft', '--verify-tag', '--title', tag, '--notes-file', notes]);
    },
    attach: async (tag, files) => {
      await gh(['release', 'upload', tag, '--clobber', ...files]);
    },
    publish: async (tag, isLatest) => {
      await gh(['release', 'edit', tag, '--draft=false', `--latest=${isLatest}`]);
    },
  };
}

function pullRequestsOf(gh: Program): PullRequests {
  return {
    wasOpened: async branch =>
      (await gh(['pr', 'list', '--head', branch, '--state', 'all', '--json', 'number'])) !== '[]',
    open: async (branch, title, body) => {
      const file = join(await mkdtemp(join(tmpdir(), 'pull-')), 'body.md');
      await writeFile(file, body);
      await gh(['pr', 'create', '--base', 'main', '--head', branch, '--title', title, '--body-file', file]);
    },
  };
}

if (process.argv[1] === import.meta.filename) {
  const isRecord = process.argv[2] === 'record';
  const [tag = '', folder = ''] = process.argv.slice(isRecord ? 3 : 2);
  const here = process.cwd();
  const effects = { git: programIn('git', here), print: (line: string) => console.log(line) };
  const gh = programIn('gh', here);
  await (isRecord
    ? proposeRecord({ ...effects, pulls: pullRequestsOf(gh) }, tag, folder, here)
    : publishRelease({ ...effects, releases: releasesOf(gh) }, tag, folder)
  ).catch(error => {
    console.log(`::error::${error.message.replaceAll('%', '%25').replaceAll('\n', '%0A')}`);
    process.exitCode = 1;
  });
}
