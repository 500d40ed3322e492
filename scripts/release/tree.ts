/** What a release tree has to be before it is tagged. Every finding is one line; none is good. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { asObject, mapInParallel } from '@suite/foundation';
import { parse } from 'yaml';
import { brokenLinks } from '../links.ts';

export async function treeFindings(tree: string, major: string): Promise<string[]> {
  const found = await Promise.all([
    otherMajors(tree, major),
    leadingNowhere(tree),
    actionFindings(tree),
    brokenLinks(tree).then(links => links.map(link => `${link} leads nowhere`)),
  ]);
  return found.flat().sort();
}

const path = String.raw`\.?[\w-]+(?:[./][\w-]+)*`;
const ref = String.raw`[\w-]+(?:\.[\w-]+)*`;
/** The suite by its name, and files of it, wherever a workflow, a page or an example says them. */
const named = new RegExp(
  `\\borg/actions/(?<path>${path})@(?<ref>${ref})|content\\.com/org/actions/(?<of>${ref})/(?<file>${path})`,
  'g',
);
const own = new RegExp(`\\buses: \\$/(?<path>${path})`, 'g');

/** References to another major version than the one that is released, each by its file. */
export async function otherMajors(folder: string, major: string): Promise<string[]> {
  return inTexts(folder, (text, file) =>
    [...text.matchAll(named)].flatMap(({ 0: words, groups = {} }) =>
      (groups['ref'] ?? groups['of']) === major ? [] : [`${file}: ${words} is not ${major}`],
    ),
  );
}

/** References to the suite that lead nowhere in the tree. */
async function leadingNowhere(tree: string): Promise<string[]> {
  // An action is named by its folder.
  const isThere = (path: string) => existsSync(join(tree, path.endsWith('.yml') ? path : join(path, 'action.yml')));
  return inTexts(tree, (text, file) =>
    [...text.matchAll(named), ...text.matchAll(own)].flatMap(({ 0: words, groups = {} }) => {
      const { path, file: url } = groups;
      return (path === undefined || isThere(path)) && (url === undefined || existsSync(join(tree, url)))
        ? []
        : [`${file}: ${words} is not in the release`];
    }),
  );
}

async function inTexts(folder: string, find: (text: string, file: string) => string[]): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = entries.filter(entry => entry.isFile() && /\.(?:md|ya?ml)$/.test(entry.name));
  const found = await mapInParallel(texts, 16, async ({ parentPath, name }) => {
    const file = join(parentPath, name);
    return find(await readFile(file, 'utf8'), relative(folder, file));
  });
  return found.flat();
}

async function actionFindings(tree: string): Promise<string[]> {
  const folders = (await readdir(tree))
    .map(name => join(tree, name))
    .filter(folder => existsSync(join(folder, 'action.yml')));
  if (folders.length === 0) return ['There is no action.'];
  return (await mapInParallel(folders, availableParallelism(), findingsOfAction)).flat();
}

async function findingsOfAction(folder: string): Promise<string[]> {
  const name = basename(folder);
  const { using, main, ...others } = asObject(
    asObject(parse(await readFile(join(folder, 'action.yml'), 'utf8')))['runs'],
  );
  if (using !== 'node24') return [`${name}: it runs with ${using}, not with node24`];
  const findings: string[] = [];
  for (const [stage, file] of Object.entries({ main, pre: others['pre'], post: others['post'] })) {
    if (file === undefined && stage !== 'main') continue;
    const path = join(folder, String(file));
    if (!existsSync(path)) findings.push(`${name}: ${stage} is ${file}, which is not there`);
    else findings.push(...(await startFindings(path)).map(line => `${name}: ${stage} ${line}`));
  }
  return findings;
}

/** A bundle that is given nothing says so as it says everything to people: it starts, and has all that it is made of. */
async function startFindings(bundle: string): Promise<string[]> {
  const temp = await mkdtemp(join(tmpdir(), 'start-'));
  try {
    const env = { PATH: '/nowhere', RUNNER_TEMP: temp, HOME: temp };
    const { code, said } = await new Promise<{ code: number | string | null | undefined; said: string }>(done => {
      execFile(process.execPath, [bundle], { cwd: temp, env }, (error, stdout, stderr) =>
        done({ code: error === null ? 0 : error.code, said: stdout + stderr }),
      );
    });
    const isAnswer = code === 0 || (code === 1 && /^::error/m.test(said));
    return isAnswer && !said.includes('This is a defect') ? [] : [`does not start: ${said.trim().slice(-500)}`];
  } finally {
    await rm(temp, { recursive: true });
  }
}
