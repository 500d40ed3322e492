import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { asArray, asObject, asString, parseJson } from '@suite/foundation';
import { isWritten, type Sources } from './sources.ts';

/**
 * SHA-256 of everything that a team's own Terraform consists of: its folder, and the modules that `init` has found outside of it. Undefined
 * where there is none. What a provisioner does stands nowhere in a plan, so only this tells two of them apart.
 *
 * `configuration`: where Terraform works. `dataDir`: where `init` has put modules from elsewhere.
 */
export async function hashSources(
  sources: Sources,
  configuration: string,
  dataDir: string,
): Promise<string | undefined> {
  if (sources.kind === 'suite') return undefined;
  const hash = createHash('sha256');
  await addFolder(hash, sources.folder, 'own');
  for (const module of await modulesOutside(configuration, dataDir, sources.kind)) {
    await addFolder(hash, module.folder, `module ${module.key}`);
  }
  return hash.digest('hex');
}

interface Module {
  readonly key: string;
  readonly folder: string;
}

async function modulesOutside(configuration: string, dataDir: string, kind: Sources['kind']): Promise<Module[]> {
  const manifest = await readFile(join(dataDir, 'modules', 'modules.json'), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '{}';
      throw error;
    },
  );
  return asArray(asObject(parseJson(manifest))['Modules'])
    .map(asObject)
    .flatMap(({ Key: key, Dir: dir }) => {
      const folder = resolve(configuration, asString(dir) ?? '.');
      if (isInside(folder, configuration)) return [];
      // What an extension has around it is the suite's.
      if (kind === 'extension' && !isInside(folder, dataDir)) return [];
      return [{ key: asString(key) ?? '', folder }];
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function isInside(folder: string, outer: string): boolean {
  const path = relative(outer, folder);
  return path === '' || !(path === '..' || path.startsWith(`..${sep}`));
}

async function addFolder(hash: ReturnType<typeof createHash>, folder: string, name: string): Promise<void> {
  for (const file of await filesIn(folder, '')) {
    const content = await readFile(join(folder, file));
    // Lengths keep one file from passing for two.
    hash.update(JSON.stringify([name, file, content.length])).update(content);
  }
}

/** Links are followed, once each: what they lead to is what Terraform reads. */
async function filesIn(folder: string, inside: string, seen: Set<string> = new Set()): Promise<string[]> {
  const real = await realpath(join(folder, inside));
  if (seen.has(real)) return [];
  seen.add(real);
  const files: string[] = [];
  for (const name of (await readdir(real)).sort()) {
    if (!isWritten(name)) continue;
    const path = inside === '' ? name : `${inside}/${name}`;
    const found = await stat(join(folder, path)).catch(() => undefined);
    if (found?.isDirectory()) files.push(...(await filesIn(folder, path, seen)));
    else if (found?.isFile()) files.push(path);
  }
  return files;
}
