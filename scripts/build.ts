/**
 * Builds the release tree, `out/release/`: what a tag contains (DESIGN §9). Every action is one bundle without
 * dependencies. The stand-in provider of the sandbox is bundled beside it, into `out/sandbox/`.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { mapInParallel } from '@suite/foundation';
import { type BundledPackage, bundledPackages, renderNotices } from './notices.ts';
import { renderSbom } from './sbom.ts';
import { isStale, stamp } from './stamp.ts';

const root = join(import.meta.dirname, '..');
const release = join(root, 'out', 'release');
const sandbox = join(root, 'out', 'sandbox');
const require = createRequire(import.meta.url);

/** Workflows that users call; the others are this repository's own. */
const reusable = [
  'bootstrap.yml',
  'destroy.yml',
  'drift.yml',
  'gpu-smoke.yml',
  'plan.yml',
  'promote.yml',
  'rollback.yml',
  'stage.yml',
  'unlock.yml',
  'update-charts.yml',
  'versions.yml',
];

interface Bundle {
  readonly entry: string;
  /** Folder of the bundle, `index.js`, and what belongs to it. */
  readonly target: string;
}

/** Builds unless nothing has changed since the last build. Returns what it did, for the caller to print. */
export async function build(): Promise<'built' | 'fresh'> {
  const sources = [
    'actions',
    'packages',
    '.github/workflows',
    'scripts',
    'package.json',
    'pnpm-lock.yaml',
    'tsconfig.json',
    'tsconfig.emit.json',
    'pnpm-workspace.yaml',
    'LICENSE',
    'README.md',
    'CONTRIBUTING.md',
    'docs',
    'examples',
  ];
  const stampFile = join(root, 'out', 'build-stamp');
  const current = await stamp(root, sources);
  if (!(await isStale(stampFile, current))) return 'fresh';
  await rm(stampFile, { force: true });
  await emitJavaScript();
  await rm(release, { recursive: true, force: true });
  await rm(sandbox, { recursive: true, force: true });
  const actions = await folders(join(root, 'actions'));
  const bundles: Bundle[] = [
    ...actions.map(action => ({
      entry: join(action, 'dist', 'index.js'),
      target: join(release, basename(action), 'dist'),
    })),
    { entry: join(root, 'packages', 'sandbox', 'dist', 'azurerm', 'main.js'), target: join(sandbox, 'azurerm') },
  ];
  // Each bundle is the work of one process on one core.
  const inBundles = await mapInParallel(bundles, availableParallelism(), async bundle => {
    const found = await bundleEntry(bundle);
    // The stand-in provider is not among what is released.
    return bundle.target.startsWith(release) ? found : [];
  });
  const inPosts = await mapInParallel(actions, availableParallelism(), bundlePost);
  await writeFile(join(release, 'sbom.cdx.json'), renderSbom([...inBundles, ...inPosts].flat()));
  for (const action of actions) await copyAction(action);
  await copySharedFiles();
  await writeFile(stampFile, current);
  return 'built';
}

async function folders(parent: string): Promise<string[]> {
  const entries = await readdir(parent, { withFileTypes: true });
  return entries.filter(entry => entry.isDirectory()).map(entry => join(parent, entry.name));
}

/** TypeScript → JavaScript, per package, because ncc takes JavaScript only. Types are checked by `pnpm check`. */
async function emitJavaScript(): Promise<void> {
  const projects = [...(await folders(join(root, 'packages'))), ...(await folders(join(root, 'actions')))];
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  await mapInParallel(projects, availableParallelism(), async project => {
    await rm(join(project, 'dist'), { recursive: true, force: true });
    await runNode([tsc, '-p', project]);
  });
}

/** Gives the packages that ended up in it. */
async function bundleEntry({ entry, target }: Bundle): Promise<BundledPackage[]> {
  const ncc = join(dirname(require.resolve('@vercel/ncc/package.json')), 'dist', 'ncc', 'cli.js');
  const stats = join(target, 'stats.json');
  await mkdir(target, { recursive: true });
  await runNode([
    ncc,
    'build',
    entry,
    '--out',
    target,
    '--target',
    'es2024',
    '--no-cache',
    '--quiet',
    '--stats-out',
    stats,
  ]);
  // The helper of interactive browser sign-in, which a workflow never does; nothing executable but the bundle ships.
  await rm(join(target, 'xdg-open'), { force: true });
  const packages = await bundledPackages(stats, root);
  const notices = await renderNotices(packages);
  if (notices !== '') await writeFile(join(target, 'NOTICES.txt'), notices);
  await rm(stats);
  return packages;
}

/** The post stage of an action that has one: a bundle of its own beside the other one, because it has to start at once. */
async function bundlePost(action: string): Promise<BundledPackage[]> {
  const entry = join(action, 'dist', 'post.js');
  if (!existsSync(entry)) return [];
  const folder = join(root, 'out', 'post', basename(action));
  const packages = await bundleEntry({ entry, target: folder });
  await cp(join(folder, 'index.js'), join(release, basename(action), 'dist', 'post.js'));
  await rm(folder, { recursive: true });
  return packages;
}

async function copyAction(action: string): Promise<void> {
  const target = join(release, basename(action));
  await cp(join(action, 'action.yml'), join(target, 'action.yml'));
  await copyPage(join(action, 'README.md'), join(target, 'README.md'));
  // What an action works with besides its bundle: Terraform's modules, charts of ours, programs that run elsewhere.
  for (const folder of ['terraform', 'charts', 'workload']) {
    const source = join(action, folder);
    await cp(source, join(target, folder), {
      recursive: true,
      // What Terraform's own tests need stays here.
      filter: path => !/(?:^|\/)(?:\.terraform|tests|mocks)(?:$|\/|\.lock\.hcl$)/.test(relative(source, path)),
    }).catch(error => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}

/** A page whose links hold in the release tree, where actions lie at the top. */
async function copyPage(from: string, to: string): Promise<void> {
  const text = await readFile(from, 'utf8');
  await writeFile(
    to,
    text
      .replaceAll('](actions/', '](')
      .replaceAll('](../../actions/', '](../../')
      .replaceAll('](../../docs/', '](../docs/'),
  );
}

async function copySharedFiles(): Promise<void> {
  for (const file of ['LICENSE', 'CONTRIBUTING.md']) await cp(join(root, file), join(release, file));
  await copyPage(join(root, 'README.md'), join(release, 'README.md'));
  for (const folder of ['docs', 'examples']) await cp(join(root, folder), join(release, folder), { recursive: true });
  for (const page of await readdir(join(root, 'docs'), { recursive: true })) {
    if (page.endsWith('.md')) await copyPage(join(root, 'docs', page), join(release, 'docs', page));
  }
  const workflows = join(root, '.github', 'workflows');
  for (const file of reusable) await cp(join(workflows, file), join(release, '.github', 'workflows', file));
  const { platformSchema } = await import('@suite/platform-file');
  const { reportSchema } = await import('@suite/change-report');
  const schemas = join(release, 'schemas');
  await mkdir(schemas, { recursive: true });
  await writeFile(join(schemas, 'platform.v1.schema.json'), `${JSON.stringify(platformSchema(), null, 2)}\n`);
  await writeFile(join(schemas, 'change-report.v1.schema.json'), `${JSON.stringify(reportSchema(), null, 2)}\n`);
}

function runNode(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    child.stdout.on('data', chunk => output.push(chunk));
    child.stderr.on('data', chunk => output.push(chunk));
    child.on('error', reject);
    child.on('close', code => {
      if (code === 0) resolve();
      else reject(new Error(`${args.join(' ')} ended with ${code}:\n${Buffer.concat(output).toString('utf8')}`));
    });
  });
}

if (process.argv[1] === import.meta.filename) {
  const started = Date.now();
  const outcome = await build();
  const sizes = await Promise.all(
    (await folders(join(root, 'actions'))).map(async action => {
      const { length } = await readFile(join(release, basename(action), 'dist', 'index.js'));
      return `${basename(action)}: ${(length / 1e6).toFixed(1)} MB`;
    }),
  );
  console.log(`${outcome} out/release in ${((Date.now() - started) / 1000).toFixed(1)} s (${sizes.join(', ')})`);
}
