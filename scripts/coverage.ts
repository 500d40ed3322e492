/**
 * docs/reference/coverage.md: what of the architecture guide's infrastructure is delivered, by what, with which default, and how that
 * is shown. Rows come from coverage.yaml (those of the platform: coverage-platform.ts); defaults from the platform file
 * examples/platform-files/guide.yaml as the suite resolves it, so that no value is written twice.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Platform, parseLock, parsePlatform, resolveAll, resolveUnlocked } from '@suite/platform-file';
import { parse } from 'yaml';
import { knownChecks } from '../actions/provision-aks/src/verify/known-checks.ts';
import { platformTable } from './coverage-platform.ts';

const root = join(import.meta.dirname, '..');
const modules = join('actions', 'provision-aks', 'terraform', 'modules');
const source = join('docs', 'reference', 'coverage.yaml');
const page = join('docs', 'reference', 'coverage.md');

export interface CoverageRow {
  /** Of the guide's checklist. */
  readonly id: number;
  readonly item: string;
  /** Terraform module; `by` where something else delivers it. */
  readonly module?: string;
  readonly by?: string;
  /** Path in the resolved view; its value is the default that is shown. */
  readonly setting?: string;
  /** The environment whose default it is; production where it is absent. */
  readonly in?: string;
  /** What replaces a value of the guide that Azure has left behind. */
  readonly instead?: string;
  /** Checks of `verify` that show it in Azure, each by its name or by words that names begin with; or what shows it instead. */
  readonly verified: readonly string[] | string;
}

export async function coverageRows(): Promise<readonly CoverageRow[]> {
  return parse(await readFile(join(root, source), 'utf8'));
}

/** Throws an Error that names a row whose module, test, setting or check does not exist. */
export async function coveragePage(): Promise<{ path: string; current: string; wanted: string }> {
  const file = 'examples/platform-files/guide.yaml';
  const platform = parsePlatform(await readFile(join(root, file)), file);
  const rows = await coverageRows();
  const known = await checksOfExamples();
  for (const row of rows) judgeChecks(row, known);
  const lines = await Promise.all(rows.map(row => renderRow(row, platform)));
  const wanted = `# What is delivered

Every row of the architecture guide that is infrastructure, by its number in the guide's checklist. This page is generated from
[coverage.yaml](coverage.yaml) and the code (\`pnpm generate\`): a default is the value that the suite gives
[guide.yaml](../../examples/platform-files/guide.yaml) in production, and a check is one that \`verify\` makes of what runs in Azure: each
check whose name is or begins with these words. \`test/bundles/deviations.test.ts\` makes every one of them fail, by one deviation behind
Terraform's back, and sees it reported by name. Where Azure cannot show a row, a word says what does.

| | What | Delivered by | Default | Instead of the guide's | Tests | Checked by \`verify\` |
|--:|:--|:--|:--|:--|:--|:--|
${lines.join('\n')}

## The platform in the cluster

What Helm releases of [deploy-platform](../../actions/deploy-platform) deliver, with the value that shows it in production of
[everything.yaml](../../examples/platform-files/everything.yaml), and a test that would fail without it. Rows come from
[platform-coverage/](platform-coverage).

${await platformTable()}

## Types of azurerm

The sandbox has a stand-in for the provider. Each type that our Terraform uses, and whether the real azurerm 5.2.0 took it through making, changing and removing against the same
resource manager:

${await triedTypes()}
`;
  const current = await readFile(join(root, page), 'utf8').catch(() => '');
  return { path: page, current, wanted };
}

async function triedTypes(): Promise<string> {
  const file = join(root, 'packages', 'sandbox', 'src', 'azurerm', 'tried-with-azurerm.json');
  const tried: Readonly<Record<string, boolean>> = JSON.parse(await readFile(file, 'utf8'));
  const rows = Object.entries(tried).map(([type, isTried]) => `| \`${type}\` | ${isTried ? 'tried' : 'not yet'} |`);
  return ['| Type | With the real azurerm |', '|:--|:--|', ...rows.sort()].join('\n');
}

async function renderRow(row: CoverageRow, platform: Platform): Promise<string> {
  const cells = [
    String(row.id),
    row.item,
    row.module === undefined ? (row.by ?? '') : `[${row.module}](../../${modules}/${row.module})`,
    row.setting === undefined ? '' : show(settingOf(row, platform)),
    row.instead ?? '',
    row.module === undefined ? '' : await testsOf(row.module),
    showChecks(row.verified),
  ];
  return `| ${cells.map(text => text.replaceAll('|', '\\|')).join(' | ')} |`;
}

function showChecks(verified: CoverageRow['verified']): string {
  return typeof verified === 'string' ? `no: ${verified}` : verified.map(name => `\`${name}\``).join(', ');
}

/** Names of all checks of two examples that have every option between them. */
async function checksOfExamples(): Promise<readonly string[]> {
  const lock = parseLock(await readFile(join(root, 'examples', 'platform-repository', 'platform.lock.yaml')), 'lock');
  const examples = ['guide.yaml', 'private.yaml'].map(async name => {
    const platform = parsePlatform(await readFile(join(root, 'examples', 'platform-files', name)), name);
    return resolveAll(platform, lock).flatMap(knownChecks);
  });
  return (await Promise.all(examples)).flat();
}

/** Throws an Error where `verify` has no such check, or a row does not say what shows it. */
export function judgeChecks({ id, item, verified }: CoverageRow, known: readonly string[]): void {
  const row = `Row ${id} (${item})`;
  if (verified === undefined || verified.length === 0) {
    throw new Error(`${row} does not say which checks of \`verify\` show it in Azure, nor what else does.`);
  }
  if (typeof verified === 'string') return;
  const missing = verified.filter(words => !known.some(name => beginsWith(name, words)));
  if (missing.length > 0) throw new Error(`${row} names checks that \`verify\` does not have: ${missing.join(', ')}.`);
}

/** Whether a check's name is these words, or begins with them. */
export function beginsWith(name: string, words: string): boolean {
  return name === words || name.startsWith(`${words}:`) || name.startsWith(`${words} `);
}

async function testsOf(module: string): Promise<string> {
  const folder = join(modules, module, 'tests');
  const files = await readdir(join(root, folder)).catch(() => []);
  if (files.length === 0) throw new Error(`The module ${module} has no tests in ${folder}.`);
  // Tests are not part of a release, so they are named and not linked.
  return files
    .sort()
    .map(file => `\`${module}/tests/${file}\``)
    .join(', ');
}

function settingOf({ id, setting = '', in: environment = 'prod' }: CoverageRow, platform: Platform): unknown {
  const view: unknown = resolveUnlocked(platform).find(({ scope }) => scope === environment);
  if (view === undefined) {
    throw new Error(`Row ${id} names the environment ${environment}, which the platform file lacks.`);
  }
  return setting.split('.').reduce<unknown>((value, step) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) {
      throw new Error(`Row ${id} names the setting ${setting}, which the resolved view lacks at ${step}.`);
    }
    return (value as Readonly<Record<string, unknown>>)[step];
  }, view);
}

function show(value: unknown): string {
  if (value === undefined) return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(item => `\`${item}\``).join(', ');
  return `\`${String(value)}\``;
}
