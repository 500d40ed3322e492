/**
 * docs/reference/workflows.md: what each workflow that a platform repository calls takes and gives, and what the job that calls it has to grant, from
 * the workflows themselves.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { cell } from './blocks.ts';

const root = join(import.meta.dirname, '..');
const folder = join('.github', 'workflows');
const page = join('docs', 'reference', 'workflows.md');

interface Given {
  readonly description: string;
  readonly type?: string;
  readonly required?: boolean;
  readonly default?: unknown;
}

interface Workflow {
  readonly name: string;
  readonly on: {
    readonly workflow_call?: {
      readonly inputs?: Readonly<Record<string, Given>>;
      readonly secrets?: Readonly<Record<string, Given>>;
      readonly outputs?: Readonly<Record<string, Given>>;
    };
  };
  readonly jobs: Readonly<Record<string, { readonly permissions: Readonly<Record<string, Level>> }>>;
}

type Level = 'read' | 'write';

export async function workflowsPage(): Promise<{ path: string; current: string; wanted: string }> {
  const files = (await readdir(join(root, folder))).filter(name => name.endsWith('.yml')).toSorted();
  const sections = await Promise.all(
    files.map(async file => describe(file, await readFile(join(root, folder, file), 'utf8'))),
  );
  const wanted = `# Workflows

Every workflow that a platform repository calls, generated from the workflows: \`uses: org/actions/.github/workflows/<file>@v1\`. A job that grants less than what
stands here does not start; the sets are fixed for all of v1.

${sections.filter(section => section !== undefined).join('\n\n')}
`;
  const current = await readFile(join(root, page), 'utf8').catch(() => '');
  return { path: page, current, wanted };
}

/** Undefined for a workflow that nobody calls. */
function describe(file: string, text: string): string | undefined {
  const { on, jobs }: Workflow = parse(text);
  const call = on.workflow_call;
  if (call === undefined) return undefined;
  const parts = [
    `## ${file}`,
    headOf(text),
    inputTable(call.inputs ?? {}),
    list('Secret', call.secrets ?? {}),
    list('Output', call.outputs ?? {}),
    `\`\`\`yaml\npermissions:\n${grantsOf(jobs).join('\n')}\n\`\`\``,
  ];
  return parts.filter(part => part !== '').join('\n\n');
}

/** The comment at its top, without what is said at the top of the page. */
function headOf(text: string): string {
  const lines = text.split('\n');
  const head = lines.slice(
    0,
    lines.findIndex(line => !line.startsWith('# ')),
  );
  const sentences = head.filter(line => !/^# {3}uses: |^# `\$\/`/.test(line)).map(line => line.slice(2));
  return sentences
    .join(' ')
    .replace(/ Called by a workflow of the platform repository(?:, ([^:]+))?:$/, (_, how) =>
      how === undefined ? '' : ` It runs ${how}.`,
    );
}

function inputTable(given: Readonly<Record<string, Given>>): string {
  const rows = Object.entries(given).map(([name, { description, required, default: fallback = '' }]) => {
    const value = required === true ? '**required**' : fallback === '' ? '' : `\`${String(fallback)}\``;
    return `| \`${name}\` | ${cell(description)} | ${value} |`;
  });
  return rows.length === 0 ? '' : ['| Input | | Default |', '|:--|:--|:--|', ...rows].join('\n');
}

function list(title: string, given: Readonly<Record<string, Given>>): string {
  const rows = Object.entries(given).map(([name, { description }]) => `| \`${name}\` | ${cell(description)} |`);
  return rows.length === 0 ? '' : [`| ${title} | |`, '|:--|:--|', ...rows].join('\n');
}

/** What its jobs ask for, taken together. */
function grantsOf(jobs: Workflow['jobs']): string[] {
  const grants = new Map<string, Level>();
  for (const { permissions } of Object.values(jobs)) {
    for (const [name, level] of Object.entries(permissions)) {
      if (grants.get(name) !== 'write') grants.set(name, level);
    }
  }
  return [...grants].map(([name, level]) => `  ${name}: ${level}`);
}
