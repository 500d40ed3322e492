/**
 * `pnpm release check VERSION`: whether that version may be released from the commit that is checked out.
 * `pnpm release make VERSION`: builds the release tree anew, demands that it is byte for byte the one that was tested, checks it, and lays what is
 * published into `out/publish/`. Nothing leaves the machine: `scripts/release/publish.ts` does that (release.yml).
 */
import { copyFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readRelease } from '@suite/sandbox';
import { build } from './build.ts';
import { findCandidate, makeCommit, writeNotes, writeTree } from './release/make.ts';
import { programIn } from './release/programs.ts';
import { otherMajors, treeFindings } from './release/tree.ts';
import { movingTag } from './release/version.ts';

const root = join(import.meta.dirname, '..');
const release = join(root, 'out', 'release');
const folder = join(root, 'out', 'publish');
const guide = join(root, 'docs', 'reference', 'upgrades.md');
const git = programIn('git', root);

try {
  const [command, tag = ''] = process.argv.slice(2);
  if (command === 'check') await check(tag);
  else if (command === 'make') await make(tag);
  else throw new Error('Use `release check v1.2.3` or `release make v1.2.3`.');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function check(tag: string): Promise<void> {
  const { before, source, version } = await findCandidate(git, tag, (await readRelease()).release);
  // What the pages and examples say is found here, too: the whole tree is checked once it is built.
  const wrong = (
    await Promise.all(['docs', 'examples'].map(name => otherMajors(join(root, name), movingTag(version))))
  ).flat();
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  console.log(`${tag} may be released from ${source}, after ${before ?? 'nothing'}.`);
}

async function make(tag: string): Promise<void> {
  const candidate = await findCandidate(git, tag, (await readRelease()).release);
  await build();
  const tested = await writeTree(git, release);
  await rm(join(root, 'out', 'build-stamp'));
  await build();
  if ((await writeTree(git, release)) !== tested)
    throw new Error('A second build made another tree. Look for what it takes from outside.');
  const findings = await treeFindings(release, movingTag(candidate.version));
  if (findings.length > 0) throw new Error(findings.join('\n'));
  await rm(folder, { recursive: true, force: true });
  const made = await makeCommit(git, release, candidate, folder);
  await copyFile(join(release, 'sbom.cdx.json'), join(folder, 'sbom.cdx.json'));
  await writeNotes(git, candidate, made, await readFile(guide, 'utf8'), folder);
  console.log(`${tag} is ${made.commit}, in out/publish.`);
}
