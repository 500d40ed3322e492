/**
 * Writes the generated parts of the documentation: the tables of inputs and outputs in each action's README come from
 * its action.yml, those of the Terraform modules from their variables, the pages about coverage, settings and
 * workflows from their own scripts. `staleDocs` says which files differ from what would be written; the check fails on those.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { cell, replaceBlock } from './blocks.ts';
import { coveragePage } from './coverage.ts';
import { modulePages } from './modules.ts';
import { settingsPage } from './settings.ts';
import { workflowsPage } from './workflows.ts';

const root = join(import.meta.dirname, '..');

interface Metadata {
  readonly inputs?: Readonly<Record<string, { description: string; required?: boolean; default?: string }>>;
  readonly outputs?: Readonly<Record<string, { description: string }>>;
}

/** Files with generated parts that are out of date, relative to the repository. */
export async function staleDocs(): Promise<string[]> {
  return (await render()).filter(file => file.current !== file.wanted).map(file => file.path);
}

interface Page {
  readonly path: string;
  readonly current: string;
  readonly wanted: string;
}

async function render(): Promise<readonly Page[]> {
  return [
    ...(await renderReadmes()),
    ...(await modulePages()),
    await coveragePage(),
    await settingsPage(),
    await workflowsPage(),
  ];
}

async function renderReadmes(): Promise<readonly Page[]> {
  const actions = (await readdir(join(root, 'actions'), { withFileTypes: true })).filter(entry => entry.isDirectory());
  return Promise.all(
    actions.map(async ({ name }) => {
      const path = join('actions', name, 'README.md');
      const metadata: Metadata = parse(await readFile(join(root, 'actions', name, 'action.yml'), 'utf8'));
      const current = await readFile(join(root, path), 'utf8');
      const wanted = replaceBlock(
        replaceBlock(current, 'inputs', inputTable(metadata)),
        'outputs',
        outputTable(metadata),
      );
      return { path, current, wanted };
    }),
  );
}

function inputTable({ inputs = {} }: Metadata): string {
  const rows = Object.entries(inputs).map(([name, input]) => {
    const fallback = input.required ? '**required**' : input.default === undefined ? '' : `\`${input.default}\``;
    return `| \`${name}\` | ${cell(input.description)} | ${fallback} |`;
  });
  return ['| Input | | Default |', '|:--|:--|:--|', ...rows].join('\n');
}

function outputTable({ outputs = {} }: Metadata): string {
  const rows = Object.entries(outputs).map(([name, output]) => `| \`${name}\` | ${cell(output.description)} |`);
  return ['| Output | |', '|:--|:--|', ...rows].join('\n');
}

if (process.argv[1] === import.meta.filename) {
  for (const file of await render()) {
    if (file.current === file.wanted) continue;
    await writeFile(join(root, file.path), file.wanted);
    console.log(`wrote ${file.path}`);
  }
}
