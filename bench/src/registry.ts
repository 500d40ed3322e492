import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from '../../scripts/build.ts';
import { findPeer } from '../../scripts/peer-list.ts';
import { type Case, type Goal, type Measurement, median } from './measurement.ts';
import { measureProgram } from './program.ts';
import { type SeededImage, seedImages } from './registry-images.ts';

const root = join(import.meta.dirname, '..', '..');
const runs = 5;

/**
 * 20 images from a registry to an empty one, and again with everything there; both are CNCF distribution on disk, which keeps
 * blobs per repository, so that what is sent twice shows. Ours is the engine as it ships, one process for all images; the
 * others are commands that copy one image each. Requests and bytes are those that the registries count, for all the same way.
 */
export async function measureRegistry(): Promise<Measurement> {
  await build();
  const worker = await bundleWorker();
  const folder = await mkdtemp(join(tmpdir(), 'bench-registry-'));
  const source = await startRegistry(join(folder, 'source'));
  try {
    const { images, distinctBytes } = await seedImages(source.address);
    const tools = toolsOf(worker, folder);
    const firsts = new Map<string, Figures[]>();
    const agains = new Map<string, Figures[]>();
    for (let run = 0; run < runs; run++) {
      for (const [name, copy] of Object.entries(tools)) {
        const target = await startRegistry(join(folder, 'target'));
        try {
          const home = await mkdtemp(join(folder, 'home-'));
          const task: Task = { from: source, to: target, images, home };
          note(firsts, name, await figuresOf(copy, task));
          note(agains, name, await figuresOf(copy, task));
        } finally {
          await target.stop();
        }
      }
    }
    const cases = [...casesOf('20 images', firsts), ...casesOf('again', agains)];
    return { name: 'registry', cases, goals: goalsOf(cases, distinctBytes) };
  } finally {
    await source.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Registry {
  readonly address: string;
  counts(): Promise<Counts>;
  /** Ends it, and what it held is gone. */
  stop(): Promise<void>;
}

interface Counts {
  readonly requests: number;
  readonly received: number;
  readonly sent: number;
}

interface Task {
  readonly from: Registry;
  readonly to: Registry;
  readonly images: readonly SeededImage[];
  /** Empty at first: what a tool remembers from one run to the next lies there. */
  readonly home: string;
}

/** Copies all images and gives the most memory that one of its processes held, in MiB. */
type Copy = (task: Task) => Promise<number>;

interface Figures {
  readonly seconds: number;
  readonly peak: number;
  /** Bytes that the target got, and requests to it. */
  readonly received: number;
  readonly requests: number;
  /** To both registries. */
  readonly allRequests: number;
}

async function startRegistry(folder: string): Promise<Registry> {
  await mkdir(folder, { recursive: true });
  const child = spawn(findPeer('distribution').path, [folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [address] = await once(createInterface(child.stdout), 'line');
  return {
    address: String(address),
    counts: async () => (await (await fetch(`http://${address}/counts`)).json()) as Counts,
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function toolsOf(worker: string, folder: string): Readonly<Record<string, Copy>> {
  const ours: Copy = async ({ from, to, images }) => {
    const args = [worker, from.address, to.address, JSON.stringify(images)];
    return (await measureProgram(process.execPath, args)).peak;
  };
  const each =
    (program: string, argsOf: (source: string, target: string) => readonly string[]): Copy =>
    async ({ from, to, images, home }) => {
      // skopeo remembers where blobs are; as root it would do so for the whole machine.
      const env = { ...process.env, HOME: home, XDG_DATA_HOME: home, _CONTAINERS_ROOTLESS_UID: '1000' };
      let peak = 0;
      for (const { repository, digest } of images) {
        const source = `${from.address}/${repository}@${digest}`;
        const target = `${to.address}/${repository.replace('team/', 'shop/')}:v1`;
        peak = Math.max(peak, (await measureProgram(program, argsOf(source, target), env)).peak);
      }
      return peak;
    };
  const crane = each(findPeer('crane').path, (source, target) => ['copy', source, target]);
  const found = spawnSync('skopeo', ['--version'], { encoding: 'utf8' });
  if (found.status !== 0) {
    console.log('skopeo is not on PATH, so it is not measured (Debian: apt-get install skopeo).');
    return { ours, crane };
  }
  const settings = ['--insecure-policy', '--tmpdir', folder, 'copy', '--quiet', '--all'];
  const skopeo = each('skopeo', (source, target) => [
    ...settings,
    ...['--preserve-digests', '--src-tls-verify=false', '--dest-tls-verify=false'],
    ...[`docker://${source}`, `docker://${target}`],
  ]);
  return { ours, crane, skopeo };
}

async function figuresOf(copy: Copy, task: Task): Promise<Figures> {
  const both = [task.from, task.to];
  const before = await Promise.all(both.map(registry => registry.counts()));
  const begun = performance.now();
  const peak = await copy(task);
  const seconds = (performance.now() - begun) / 1000;
  const after = await Promise.all(both.map(registry => registry.counts()));
  const grown = (pick: (counts: Counts) => number) =>
    after.map((counts, index) => pick(counts) - pick(before[index] as Counts)) as [number, number];
  const [fromRequests, requests] = grown(counts => counts.requests);
  const [, received] = grown(counts => counts.received);
  return { seconds, peak, received, requests, allRequests: fromRequests + requests };
}

function note(all: Map<string, Figures[]>, name: string, figures: Figures): void {
  all.set(name, [...(all.get(name) ?? []), figures]);
}

function casesOf(name: string, all: ReadonlyMap<string, readonly Figures[]>): readonly Case[] {
  const row = (metric: string, unit: string, pick: (figures: Figures) => number): Case => {
    const [ours = 0, ...peers] = [...all].map(([, figures]) => median(figures.map(pick)));
    const names = [...all.keys()].slice(1);
    return {
      case: name,
      metric,
      unit,
      ours,
      peers: Object.fromEntries(names.map((peer, index) => [peer, peers[index] ?? 0])),
    };
  };
  return [
    row('time', 's', ({ seconds }) => seconds),
    row('received', 'MB', ({ received }) => received / 1e6),
    row('requests', '', ({ requests }) => requests),
    row('at both', '', ({ allRequests }) => allRequests),
    row('peak memory', 'MiB', ({ peak }) => peak),
  ];
}

function goalsOf(cases: readonly Case[], distinctBytes: number): readonly Goal[] {
  const find = (name: string, metric: string) => {
    const found = cases.find(row => row.case === name && row.metric === metric);
    if (found === undefined) throw new Error(`There is no row ${name}, ${metric}.`);
    return found;
  };
  const goal = (text: string, isMet: boolean, because: string): Goal => ({
    goal: text,
    verdict: isMet ? 'met' : 'missed',
    because,
  });
  const [time, received, requests] = ['time', 'received', 'requests'].map(metric => find('20 images', metric)) as [
    Case,
    Case,
    Case,
  ];
  const again = find('again', 'requests');
  const peak = Math.max(...['20 images', 'again'].map(name => find(name, 'peak memory').ours));
  const { skopeo } = time.peers;
  // Manifests are what comes on top of the blobs.
  const extra = received.ours * 1e6 - distinctBytes;
  return [
    goal('no byte of a blob twice', extra < 100_000, `${Math.round(extra)} bytes more than there are, with manifests`),
    skopeo === undefined
      ? { goal: 'no slower than skopeo', verdict: 'not measured', because: 'it is not on PATH' }
      : goal('no slower than skopeo', time.ours <= skopeo, `${time.ours.toFixed(1)} s, ${skopeo.toFixed(1)} s`),
    goal('fewer than 382 requests', requests.ours < 382, `${requests.ours} to the target`),
    goal('at most 40 again', again.ours <= 40, `${again.ours} to the target`),
    goal('under 120 MB', peak < 120e6 / 2 ** 20, `${peak.toFixed(0)} MiB`),
  ];
}

/** The engine as actions ship it: emitted by the build, in one file with everything it needs. */
async function bundleWorker(): Promise<string> {
  const source = await readFile(join(import.meta.dirname, 'registry-worker.ts'), 'utf8');
  // Lies in this package so that imports are found.
  const entry = join(import.meta.dirname, '..', 'dist', 'registry-worker.js');
  await mkdir(dirname(entry), { recursive: true });
  await writeFile(entry, stripTypeScriptTypes(source));
  const target = join(root, 'out', 'bench', 'registry');
  await mkdir(target, { recursive: true });
  await writeFile(join(target, 'package.json'), '{ "type": "module" }\n');
  const require = createRequire(import.meta.url);
  const ncc = join(dirname(require.resolve('@vercel/ncc/package.json')), 'dist', 'ncc', 'cli.js');
  const args = [ncc, 'build', entry, '--out', target, '--target', 'es2024', '--no-cache', '--quiet'];
  const exit = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (exit.status !== 0) throw new Error(`ncc: ${exit.stdout}${exit.stderr}`);
  return join(target, 'index.js');
}
