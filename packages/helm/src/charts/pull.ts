import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@suite/foundation';
import type { FailureContext } from '../failures/explain.ts';
import { failureOf } from '../failures/translate.ts';
import { type HelmProcess, runHelm } from '../run-helm.ts';
import { type Chart, readChart } from './chart.ts';
import { readChartFolder } from './folder.ts';
import { type ChartSource, describeSource, digestPattern, type OciChart, type RepositoryChart } from './source.ts';
import { readTarGz } from './tar.ts';

/** A chart on this machine, as Helm takes it. */
export interface PulledChart extends Chart {
  /** Full path of a .tgz, or of a folder. */
  readonly path: string;
  readonly source: ChartSource;
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
  const path = source.kind === 'folder' ? source.path : await getArchive(source, options, context);
  const chart = await named(context.subject, async () =>
    readChart(
      source.kind === 'folder' ? await readChartFolder(path) : withoutTopFolder(readTarGz(await readFile(path))),
    ),
  );
  if (source.kind !== 'folder') demandSameChart(source, chart, context);
  return { ...chart, path, source };
}

/** Path of the archive in our own cache. */
async function getArchive(
  source: OciChart | RepositoryChart,
  { helm, folder }: PullOptions,
  context: FailureContext,
): Promise<string> {
  if (!digestPattern.test(source.digest)) {
    throw new UserError({ message: `${context.subject}: its digest has to be \`sha256:\` and 64 hexadecimal digits.` });
  }
  const kept = join(folder, source.digest.replace(':', '-'));
  const path = join(kept, 'chart.tgz');
  if (await isFile(path)) return path;
  await mkdir(folder, { recursive: true });
  const fresh = await mkdtemp(`${kept}-`);
  try {
    const args = source.kind === 'oci' ? ociArguments(source) : repositoryArguments(source);
    await runHelm(helm, { args: ['pull', ...args, '--destination', fresh], context, deadlineSeconds: 300 });
    const [archive] = (await readdir(fresh)).filter(name => name.endsWith('.tgz'));
    if (archive === undefined) throw new Error(`\`helm pull\` ended well and left no .tgz for ${context.subject}.`);
    // What a registry names by its digest, Helm has compared with it.
    if (source.kind === 'http') await demandDigest(join(fresh, archive), source.digest, context);
    await rename(join(fresh, archive), join(fresh, 'chart.tgz'));
    // Whoever was first counts: it is the same chart.
    await rename(fresh, kept).catch(async error => {
      if (!(await isFile(path))) throw error;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return path;
}

/** Helm resolves the tag and refuses a chart that has another digest; without the tag it would take any. */
function ociArguments({ url, version, digest }: OciChart): readonly string[] {
  return [`${url}:${version}@${digest}`];
}

function repositoryArguments({ repository, name, version }: RepositoryChart): readonly string[] {
  return [name, '--repo', repository, '--version', version];
}

async function demandDigest(path: string, expected: string, context: FailureContext): Promise<void> {
  const actual = `sha256:${createHash('sha256')
    .update(await readFile(path))
    .digest('hex')}`;
  if (actual !== expected) throw failureOf({ kind: 'digest', expected, actual }, context);
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
