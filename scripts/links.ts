import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

const skipped = new Set(['node_modules', 'dist', 'out', '.git', '.sandbox', '.bench', 'fixtures']);

/** Links to files that are not there, in all Markdown pages below a folder: `docs/a.md: ../b.md`. */
export async function brokenLinks(folder: string): Promise<string[]> {
  const broken: string[] = [];
  for (const page of await pages(folder)) {
    const text = (await readFile(page, 'utf8')).replace(/^(`{3,})[\s\S]*?^\1/gm, '');
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z][a-z+.-]*:/.test(target)) continue;
      const exists = await access(join(dirname(page), target)).then(
        () => true,
        () => false,
      );
      if (!exists) broken.push(`${relative(folder, page)}: ${target}`);
    }
  }
  return broken;
}

async function pages(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(entry => {
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : pages(join(folder, entry.name));
      return entry.name.endsWith('.md') ? [join(folder, entry.name)] : [];
    }),
  );
  return found.flat();
}
