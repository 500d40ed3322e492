import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '@suite/foundation';
import type { FailureContext } from '../failures/explain.ts';
import { helmFailureOf } from '../failures/failure.ts';
import { failureOf } from '../failures/translate.ts';
import { type HelmProcess, type Ran, runHelm } from '../run-helm.ts';
import { type Chart, readChart } from './chart.ts';
import { readChartFolder } from './folder.ts';
import { type ChartSource, describeSource, digestPattern, type OciChart, type RepositoryChart } from './source.ts';
import { readTarGz } from './tar.ts';

/** A chart on this machine, as Helm takes it. */
export interface PulledChart extends Chart {
  /** Full path of a .tgz, or of a folder. */
  readonly path: string;
  readonly source: ChartSource;
  /** Of what was pulled, asked for or found; undefined for a folder. */
  readonly digest: string | undefined;
}

export interface PullOptions {
  readonly helm: HelmProcess;
  /** Charts are kept here by their digest. */
  readonly folder: string;
}

/**
 * Gets a chart, checks that it is the one with the digest, and reads it. One that was pulled before is not pulled again. Throws a
 * UserError: for another digest with both of them, for an unknown chart or version, and for a registry that refuses.
 */
export async function pullChart(source: ChartSource, options: PullOptions): Promise<PulledChart> {
  const context: FailureContext = { command: 'helm pull', subject: `Chart ${describeSource(source)}` };
  const { path, digest } =
    source.kind === 'folder' ? { path: source.path, digest: undefined } : await getArchive(source, options, context);
  const chart = await named(context.subject, async () =>
    readChart(
      source.kind === 'folder' ? await readChartFolder(path) : withoutTopFolder(await readTarGz(await readFile(path))),
    ),
  );
  if (source.kind !== 'folder') demandSameChart(source, chart, context);
  return { ...chart, path, source, digest };
}

interface Archive {
  readonly path: string;
  readonly digest: string;
}

/** The archive in our own cache. */
async function getArchive(
  source: OciChart | RepositoryChart,
  { helm, folder }: PullOptions,
  context: FailureContext,
): Promise<Archive> {
  const { digest } = source;
  if (digest !== undefined && !digestPattern.test(digest)) {
    throw new UserError({ message: `${context.subject}: its digest has to be \`sha256:\` and 64 hexadecimal digits.` });
  }
  if (digest !== undefined && (await isFile(keptAt(folder, digest)))) return { path: keptAt(folder, digest), digest };
  await mkdir(folder, { recursive: true });
  const fresh = await mkdtemp(join(folder, 'pull-'));
  try {
    const pull = (args: readonly string[]) =>
      runHelm(helm, { args: ['pull', ...args, '--destination', fresh], context, deadlineSeconds: 300 });
    const { stdout, stderr } =
      source.kind === 'http'
        ? await pull(repositoryArguments(source))
        : await pullFromRegistry(source, pull, () =>
            helm.log.info(
              `Warning: ${context.subject}: its tag stands for another chart by now. The one that is pinned is taken.`,
            ),
          );
    const [archive] = (await readdir(fresh)).filter(name => name.endsWith('.tgz'));
    if (archive === undefined) throw new Error(`\`helm pull\` ended well and left no .tgz for ${context.subject}.`);
    // What a registry names by its digest, Helm has compared with it.
    const found =
      source.kind === 'http'
        ? await digestOfFile(join(fresh, archive))
        : (/^Digest: (sha256:[0-9a-f]{64})$/m.exec(`${stdout}\n${stderr}`)?.[1] ?? digest);
    if (found === undefined) throw new Error(`\`helm pull\` did not say the digest of ${context.subject}.`);
    if (digest !== undefined && found !== digest)
      throw failureOf({ kind: 'digest', expected: digest, actual: found }, context);
    await rename(join(fresh, archive), join(fresh, 'chart.tgz'));
    const path = keptAt(folder, found);
    // Whoever was first counts: it is the same chart.
    await rename(fresh, dirname(path)).catch(async error => {
      if (!(await isFile(path))) throw error;
    });
    return { path, digest: found };
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

function keptAt(folder: string, digest: string): string {
  return join(folder, digest.replace(':', '-'), 'chart.tgz');
}

/**
 * Helm resolves the tag and refuses a chart that has another digest. Where the tag has moved, the chart that is pinned is taken by its digest
 * alone: nobody who can move a tag decides what is installed, or that nothing is. Its name and version are read from itself. Where it is gone,
 * the first refusal says more.
 */
async function pullFromRegistry(
  { url, version, digest }: OciChart,
  pull: (args: readonly string[]) => Promise<Ran>,
  onMoved: () => void,
): Promise<Ran> {
  if (digest === undefined) return pull([`${url}:${version}`]);
  try {
    return await pull([`${url}:${version}@${digest}`]);
  } catch (error) {
    if (helmFailureOf(error)?.kind !== 'digest') throw error;
    const ran = await pull([`${url}@${digest}`]).catch(failure => {
      throw helmFailureOf(failure)?.kind === 'chart-not-found' ? error : failure;
    });
    onMoved();
    return ran;
  }
}

function repositoryArguments({ repository, name, version }: RepositoryChart): readonly string[] {
  return [name, '--repo', repository, '--version', version];
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256').update(await readFile(path));
  return `sha256:${hash.digest('hex')}`;
}

/** A digest says which bytes, not which chart: a digest of another version would go unnoticed. */
function demandSameChart(source: OciChart | RepositoryChart, chart: Chart, { subject }: FailureContext): void {
  const name = source.kind === 'oci' ? source.url.split('/').at(-1) : source.name;
  if (chart.name === name && sameVersion(chart.version, source.version)) return;
  throw new UserError({
    message: `${subject}: the digest ${source.digest} is that of ${chart.name} ${chart.version}.`,
    remedy: 'Let name, version and digest be of one chart.',
  });
}

function sameVersion(one: string, other: string): boolean {
  return one.replace(/^v/, '') === other.replace(/^v/, '');
}

/** All of a packed chart stands in one folder, named like the chart. */
function withoutTopFolder(files: ReadonlyMap<string, Buffer>): ReadonlyMap<string, Buffer> {
  return new Map([...files].map(([path, content]) => [path.replace(/^(?:\.\/)?[^/]+\//, ''), content]));
}

async function named<T>(subject: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError({ message: `${subject} is no chart: ${error.message}` }, { cause: error });
  }
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isFile(),
    () => false,
  );
}
