/**
 * The platform's part of docs/reference/coverage.md: which release delivers a row of the architecture guide, with which value, and
 * which test shows it. Rows lie in docs/reference/platform-coverage, one file for each area; values are those that `deploy-platform` gives the
 * releases of examples/platform-files/everything.yaml, so that none is written twice.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asArray } from '@suite/foundation';
import { type EnvironmentScope, parseLock, parsePlatform, resolveAll } from '@suite/platform-file';
import { parse } from 'yaml';
import type { Release } from '../actions/deploy-platform/src/release.ts';
import { resolveReleases } from '../actions/deploy-platform/src/releases/index.ts';

const root = join(import.meta.dirname, '..');
const folder = join('docs', 'reference', 'platform-coverage');
const example = join('examples', 'platform-files', 'everything.yaml');

export interface PlatformRow {
  /** Of the guide's checklist. */
  readonly id: number;
  readonly item: string;
  /** Name of the Helm release. */
  readonly release: string;
  /** Path in its values: `crds.enabled`, or a list of steps where one has a dot. Absent where the whole release is the row. */
  readonly value?: string | readonly string[];
  /** The environment whose value is shown; production where it is absent. */
  readonly in?: string;
  readonly instead?: string;
  /** `name`: words of the name of a test in that file. */
  readonly test: { readonly file: string; readonly name: string };
}

/** Of all areas, by number. */
export async function platformRows(): Promise<readonly PlatformRow[]> {
  const files = (await readdir(join(root, folder))).filter(file => file.endsWith('.yaml')).sort();
  const rows = await Promise.all(
    files.map(async file => asArray(parse(await readFile(join(root, folder, file), 'utf8')))),
  );
  return (rows.flat() as PlatformRow[]).toSorted((one, other) => one.id - other.id);
}

/** Releases of the example by environment, before Terraform has made anything. */
export async function exampleReleases(): Promise<ReadonlyMap<string, readonly Release[]>> {
  const platform = parsePlatform(await readFile(join(root, example), 'utf8'), example);
  const lock = parseLock(await readFile(join(root, 'examples', 'platform-repository', 'platform.lock.yaml')), 'lock');
  const views = resolveAll(platform, lock).filter((view): view is EnvironmentScope => view.kind === 'environment');
  return new Map(
    views.map(view => [
      view.scope,
      resolveReleases({ view, outputs: undefined, chartsFolder: '/charts', platformFolder: '/platform' }),
    ]),
  );
}

/** Throws an Error that names a row whose release, value or test does not exist. */
export async function platformTable(): Promise<string> {
  const [rows, releases] = await Promise.all([platformRows(), exampleReleases()]);
  const lines = await Promise.all(
    rows.map(async row => {
      await judgeTest(row);
      const cells = [
        String(row.id),
        row.item,
        `\`${row.release}\``,
        row.value === undefined ? '' : `\`${stepsOf(row.value).join('.')}\``,
        shownValue(row, releases),
        row.instead ?? '',
        `\`${row.test.file}\`: ${row.test.name}`,
      ];
      return `| ${cells.map(text => text.replaceAll('|', '\\|')).join(' | ')} |`;
    }),
  );
  return [
    "| | What | Release | Value | Default | Instead of the guide's | Test |",
    '|--:|:--|:--|:--|:--|:--|:--|',
    ...lines,
  ].join('\n');
}

function stepsOf(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? value.split('.') : value;
}

/** What the release gets, as the page shows it; the release has to be on. */
export function shownValue(row: PlatformRow, environments: ReadonlyMap<string, readonly Release[]>): string {
  const { release, value, in: environment = 'prod' } = row;
  const found = environments.get(environment)?.find(({ name }) => name === release);
  if (found === undefined) throw new Error(`${titleOf(row)} names the release ${release}, which ${environment} lacks.`);
  if (value === undefined) return '';
  const steps = stepsOf(value);
  // As Helm writes a path, and as releases name what they cannot know yet.
  if (found.unknownValues.includes(steps.map(step => step.replaceAll('.', '\\.')).join('.'))) return 'from Terraform';
  const shown = steps.reduce<unknown>((inside, step) => {
    if (typeof inside !== 'object' || inside === null || !Object.hasOwn(inside, step)) {
      throw new Error(`${titleOf(row)} names the value ${steps.join('.')} of ${release}, which it lacks at ${step}.`);
    }
    return (inside as Readonly<Record<string, unknown>>)[step];
  }, found.values);
  return `\`${typeof shown === 'string' ? shown : JSON.stringify(shown)}\``;
}

/** Throws an Error where the file has no test of that name. */
export async function judgeTest(row: PlatformRow): Promise<void> {
  const { file = '', name = '' } = row.test ?? {};
  if (file === '' || name === '') throw new Error(`${titleOf(row)} does not say which test shows it.`);
  const text = await readFile(join(root, file), 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error(`${titleOf(row)} names the test file ${file}, which does not exist.`);
  if (!text.includes(name)) throw new Error(`${titleOf(row)} names the test "${name}", which ${file} lacks.`);
}

function titleOf({ id, item }: PlatformRow): string {
  return `Row ${id} (${item})`;
}
