import { copyFile, cp, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import type { TerraformRoot } from '../variables.ts';
import { isConfiguration } from './find-sources.ts';
import { extensionPrefix, isWritten, lockName, type Sources } from './sources.ts';

/** The folder that Terraform works in, below `copy`. */
export function configurationIn(copy: string, sources: Sources, root: TerraformRoot): string {
  return sources.kind === 'root' ? join(copy, relative(sources.repository, sources.folder)) : join(copy, root);
}

/**
 * Makes a fresh copy of what Terraform reads, because it writes beside it. `suite`: the folder with the suite's roots and modules. A
 * team's own root stands between links to everything that lies around it in its repository, so that `../modules/network` leads there.
 */
export async function laySources(sources: Sources, suite: string, copy: string, root: TerraformRoot): Promise<void> {
  await rm(copy, { recursive: true, force: true });
  const to = configurationIn(copy, sources, root);
  if (sources.kind === 'root') {
    await layAround(sources, copy);
    await copyOwn(sources.folder, to, name => name);
  } else {
    await cp(suite, copy, { recursive: true });
    if (sources.kind === 'extension') {
      await copyOwn(sources.folder, to, name => (isConfiguration(name) ? `${extensionPrefix}${name}` : name));
    }
  }
  // Whoever does not lock providers gets those of this day, and no file that somebody left here.
  await rm(join(to, lockName), { force: true });
  if (sources.lockFile !== undefined) await copyFile(sources.lockFile, join(to, lockName));
}

async function copyOwn(folder: string, to: string, rename: (name: string) => string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(folder)) {
    if (!isWritten(name)) continue;
    const filter = (path: string) => isWritten(basename(path));
    await cp(join(folder, name), join(to, rename(name)), { recursive: true, filter });
  }
}

async function layAround({ repository, folder }: Sources, copy: string): Promise<void> {
  let [from, to] = [repository, copy];
  for (const step of relative(repository, folder).split(sep)) {
    await mkdir(to, { recursive: true });
    for (const entry of await readdir(from, { withFileTypes: true })) {
      if (entry.name === step) continue;
      await symlink(join(from, entry.name), join(to, entry.name), entry.isDirectory() ? 'junction' : 'file');
    }
    [from, to] = [join(from, step), join(to, step)];
  }
}
