import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archiveName, writeArchive } from './archive.ts';
import type { Program } from './programs.ts';
import { newest, nextVersions, parseVersion, releaseBefore, type Version } from './version.ts';

/** A release that may be made of the commit that is checked out. */
export interface Candidate {
  readonly tag: string;
  readonly version: Version;
  /** The commit that it is built from. */
  readonly source: string;
  /** The release before it; undefined for the first one. */
  readonly before: string | undefined;
}

/**
 * Looks whether the version may be released from here, before an hour of tests: it is the next one, its commit is on main, and the modules of the one
 * before are on record (`recorded`), so that today's are held to what was shipped. A release that was begun and did not end may be made again.
 */
export async function findCandidate(git: Program, tag: string, recorded: string): Promise<Candidate> {
  const version = parseVersion(tag);
  if (version === undefined) throw new Error(`${JSON.stringify(tag)} is no version. Write it as v1.2.3.`);
  const source = await git(['rev-parse', 'HEAD']);
  const tags = (await git(['tag', '--list', 'v*'])).split('\n');
  const before = releaseBefore(version, tags);
  if (tags.includes(tag)) {
    const made = await sourceOf(git, tag);
    if (made !== source) throw new Error(`${tag} was made from ${made} already. Take the next version.`);
  } else {
    const next = nextVersions(before);
    if (newest(tags) !== before || !next.includes(tag))
      throw new Error(`${tag} does not come after ${before ?? 'nothing'}. Next is ${next.join(', ')}.`);
    await git(['merge-base', '--is-ancestor', source, 'refs/remotes/origin/main']).catch(cause => {
      throw new Error(`${source} is not on main. Releases are made from there.`, { cause });
    });
    if (recorded !== (before ?? 'none')) {
      throw new Error(
        `What today's modules are held to is the record of ${recorded}, but ${before ?? 'none'} was released last. Merge the pull request that its release has opened, or run \`npx pnpm@12 record-release ${before}\` at its commit.`,
      );
    }
  }
  return { tag, version, source, before };
}

export interface Made {
  readonly commit: string;
  /** What is attested and published: `git archive` of that commit, which everybody can make again from the tag. */
  readonly archive: string;
}

/**
 * Turns a release tree into the commit that its tag will name, and lays that into a folder: as a bundle to push from, and as an archive. The
 * same tree from the same source makes the same commit, so that a release that did not end is continued and not doubled.
 */
export async function makeCommit(git: Program, tree: string, candidate: Candidate, folder: string): Promise<Made> {
  const { tag, source, before } = candidate;
  const date = await git(['log', '-1', '--format=%cI', source]);
  const person = 'github-actions[bot]';
  const email = '41898282+github-actions[bot]@users.noreply.github.com';
  const parent = before === undefined ? undefined : await git(['rev-parse', `refs/tags/${before}^{commit}`]);
  const commit = await git(
    [
      'commit-tree',
      await writeTree(git, tree),
      ...(parent === undefined ? [] : ['-p', parent]),
      '-m',
      `${tag}\n\nThe release tree as \`pnpm build\` makes it.\n\nSource: ${source}`,
    ],
    {
      GIT_AUTHOR_NAME: person,
      GIT_AUTHOR_EMAIL: email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: person,
      GIT_COMMITTER_EMAIL: email,
      GIT_COMMITTER_DATE: date,
    },
  );
  const there = await git(['rev-parse', '--quiet', '--verify', `refs/tags/${tag}^{commit}`]).catch(() => undefined);
  if (there !== undefined && there !== commit)
    throw new Error(`${tag} exists and holds another tree than this one. Take the next version.`);
  await mkdir(folder, { recursive: true });
  const archive = join(folder, archiveName(tag));
  await writeArchive(git, tag, commit, archive);
  const candidateRef = `refs/release/${tag}`;
  await git(['update-ref', candidateRef, commit]);
  const known = parent === undefined ? [] : [`^${parent}`];
  await git(['bundle', 'create', '--quiet', join(folder, 'release.bundle'), candidateRef, ...known]);
  await git(['update-ref', '-d', candidateRef]);
  return { commit, archive };
}

/** The id of a folder's content, as Git sees it. */
export async function writeTree(git: Program, folder: string): Promise<string> {
  const temp = await mkdtemp(join(tmpdir(), 'index-'));
  try {
    const repository = await git(['rev-parse', '--absolute-git-dir']);
    const env = { GIT_DIR: repository, GIT_WORK_TREE: folder, GIT_INDEX_FILE: join(temp, 'index') };
    // Bundles are among what this repository ignores.
    await git(['-C', folder, 'add', '--all', '--force', '.'], env);
    return await git(['write-tree'], env);
  } finally {
    await rm(temp, { recursive: true });
  }
}

async function sourceOf(git: Program, tag: string): Promise<string> {
  return git(['log', '-1', '--format=%(trailers:key=Source,valueonly,separator=)', `refs/tags/${tag}`]);
}

/** What the page of the release says: what an upgrade changes, first of all. */
export async function writeNotes(
  git: Program,
  { tag, source, before, version: [major] }: Candidate,
  { commit }: Made,
  guide: string,
  folder: string,
): Promise<void> {
  const [heading = '', ...rest] = guide.split('\n');
  const upgrade = rest
    .join('\n')
    .replace(/<!--[\s\S]*?-->\s*/g, '')
    .replaceAll(/\]\(\.\.\/\.\.\/([^)]+)\)/g, `](../blob/${tag}/$1)`)
    .trim();
  const subjects =
    before === undefined ? '' : await git(['log', '--format=- %s', `${await sourceOf(git, before)}..${source}`]);
  const text = [
    `\`v${major}\` names this release from now on. To stay on it: \`@${commit} # ${tag}\`.`,
    '',
    `#${heading}`,
    '',
    upgrade,
    '',
    ...(subjects === '' ? [] : ['## What is new', '', subjects, '']),
    '## Where it comes from',
    '',
    `Built from ${source}. What the tag holds is what was tested and attested:`,
    '',
    '```sh',
    `git archive --format=tar --prefix=actions-${tag}/ --output=${archiveName(tag)} ${tag}`,
    `gh attestation verify ${archiveName(tag)} --repo org/actions`,
    '```',
    '',
  ];
  await writeFile(join(folder, 'notes.md'), text.join('\n'));
}
