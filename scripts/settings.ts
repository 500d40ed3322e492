/**
 * docs/reference/platform-file.md: every setting of the platform file, from the JSON Schema that editors use. What layers share
 * (`defaults`, environments, regions) is told once.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { platformSchema } from '@suite/platform-file';

const root = join(import.meta.dirname, '..');
const page = join('docs', 'reference', 'platform-file.md');

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly required?: readonly string[];
}

export async function settingsPage(): Promise<{ path: string; current: string; wanted: string }> {
  const schema: Schema = platformSchema();
  const properties = schema.properties ?? {};
  const layer = properties['defaults']?.properties ?? {};
  const environment = asSchema(properties['environments']?.additionalProperties);
  const top = Object.fromEntries(
    Object.entries(properties).filter(([name]) => !['defaults', 'environments'].includes(name)),
  );
  const own = Object.fromEntries(Object.entries(environment.properties ?? {}).filter(([name]) => !(name in layer)));
  // All are told elsewhere: what layers share; images, charts and applications at the top.
  const withoutTwice = {
    ...own,
    regions: { ...own['regions'], additionalProperties: false },
    images: {
      ...own['images'],
      description: 'What is different here from `images` of [the file](#the-file).',
      additionalProperties: false,
    },
    charts: {
      ...own['charts'],
      description: 'What is different here from `charts` of [the file](#the-file).',
      additionalProperties: false,
    },
    applications: {
      description: 'What is different here from `applications` of [the file](#the-file).',
    },
  };
  const wanted = `# The platform file

Every setting of \`platform.yaml\`, generated from its JSON Schema, which completes it in an editor. The ones
that have a default may be left out. [Whole files](../../examples/platform-files) show the feel.

## The file

${table({ properties: top, required: schema.required ?? [] })}

\`defaults\` holds [what every layer may say](#what-every-layer-may-say), for all environments. \`environments\` names one to six of them, in the order of promotion.

## An environment

${table({ properties: withoutTwice, required: environment.required ?? [] })}

Beside these, all that every layer may say. Under \`regions\` each location may say it too, and \`existing\`.

## What every layer may say

A region wins over its environment, an environment over \`defaults\`. Blocks come together; lists and single values replace.

${table({ properties: layer })}
`;
  const current = await readFile(join(root, page), 'utf8').catch(() => '');
  return { path: page, current, wanted };
}

function table(schema: Schema): string {
  return ['| Setting | | Default |', '|:--|:--|:--|', ...rows(schema, '')].join('\n');
}

function rows({ properties = {}, required = [] }: Schema, prefix: string): string[] {
  return Object.entries(properties).flatMap(([name, setting]) => {
    const path = `${prefix}${name}`;
    const inner = blockOf(setting);
    // Keys of people's own, such as the names of their releases, images and charts.
    const named = blockOf(asSchema((inner ?? setting).additionalProperties));
    const fallback = required.includes(name) ? '**required**' : show(setting.default);
    const values = valuesOf(setting);
    const text = [setting.description ?? '', values === '' ? '' : `(${values})`].filter(part => part !== '').join(' ');
    return [
      `| \`${path}\` | ${text.replaceAll('|', '\\|')} | ${fallback} |`,
      ...(inner === undefined ? [] : rows(inner, `${path}.`)),
      ...(named === undefined ? [] : rows(named, `${path}.<name>.`)),
    ];
  });
}

/** The block behind a switch, or the block itself. */
function blockOf(setting: Schema): Schema | undefined {
  return [setting, ...(setting.anyOf ?? [])].find(({ properties }) => properties !== undefined);
}

function valuesOf(setting: Schema): string {
  const of = setting.items ?? setting;
  if (of.enum === undefined || of.enum.length > 8) return '';
  return of.enum.map(value => `\`${String(value)}\``).join(', ');
}

function show(value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(item => `\`${item}\``).join(', ');
  return `\`${String(value)}\``;
}

function asSchema(value: Schema | boolean | undefined): Schema {
  return typeof value === 'object' ? value : {};
}
