import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A package whose code ended up in a bundle. */
export interface BundledPackage {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/** The packages of the registry in a bundle, from webpack's statistics, sorted. Ours are left out. */
export async function bundledPackages(statsFile: string, root: string): Promise<BundledPackage[]> {
  const stats = await readFile(statsFile, 'utf8');
  const folders = new Set<string>();
  for (const match of stats.matchAll(/node_modules\/\.pnpm\/[^/"]+\/node_modules\/(?:@[^/"]+\/)?[^/"!]+/g)) {
    folders.add(match[0]);
  }
  const packages: BundledPackage[] = [];
  for (const folder of [...folders].sort()) {
    const manifest = await readFile(join(root, folder, 'package.json'), 'utf8').catch(() => undefined);
    if (manifest === undefined) continue; // a path inside of a string
    const { name, version, license } = JSON.parse(manifest);
    packages.push({ folder: join(root, folder), name, version, license: license ?? 'see below' });
  }
  return packages.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The licence texts that a distributor of the bundle has to hand on. */
export async function renderNotices(packages: readonly BundledPackage[]): Promise<string> {
  const parts: string[] = [];
  for (const bundled of packages) {
    const files = (await readdir(bundled.folder)).filter(name => /^(?:licen[cs]e|notice|copying)/i.test(name)).sort();
    const texts = await Promise.all(files.map(name => readFile(join(bundled.folder, name), 'utf8')));
    parts.push(
      `${bundled.name} ${bundled.version} (${bundled.license})\n\n${texts.map(text => text.trim()).join('\n\n')}\n`,
    );
  }
  return parts.join(`\n${'-'.repeat(80)}\n\n`);
}
