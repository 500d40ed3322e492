/**
 * The tables in the README of each Terraform module: its variables with what they must be, its outputs and what it makes, read from
 * its files. They are formatted by `terraform fmt`, so the end of a block is a line of its own.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cell, replaceBlock } from './blocks.ts';

const root = join(import.meta.dirname, '..');
const modules = join('actions', 'provision-aks', 'terraform', 'modules');

/** Throws an Error that names a variable or output without a description, or a README without its place for the tables. */
export async function modulePages(): Promise<{ path: string; current: string; wanted: string }[]> {
  const names = (await readdir(join(root, modules))).sort();
  return Promise.all(
    names.map(async name => {
      const path = join(modules, name, 'README.md');
      const current = await readFile(join(root, path), 'utf8');
      return { path, current, wanted: replaceBlock(current, 'tables', moduleTables(name, await filesOf(name))) };
    }),
  );
}

async function filesOf(name: string): Promise<string> {
  const folder = join(root, modules, name);
  const files = (await readdir(folder)).filter(file => file.endsWith('.tf')).sort();
  return (await Promise.all(files.map(file => readFile(join(folder, file), 'utf8')))).join('\n');
}

export function moduleTables(module: string, text: string): string {
  const variables = blocksOf(text, 'variable').map(({ labels: [name = ''], body }) => {
    const fallback = argumentOf(body, 'default');
    return [
      `\`${name}\``,
      described(module, name, body),
      code(typeOf(body)),
      fallback === undefined ? '**required**' : code(fallback),
      [...body.matchAll(/^ {4}error_message = "(.*)"$/gm)].map(([, message = '']) => cell(message)).join('<br>'),
    ];
  });
  const outputs = blocksOf(text, 'output').map(({ labels: [name = ''], body }) => [
    `\`${name}\``,
    described(module, name, body),
  ]);
  const resources = [...new Set(blocksOf(text, 'resource').map(({ labels: [type = ''] }) => `- \`${type}\``))].sort();
  return [
    '## Variables',
    '',
    table(['Variable', '', 'Type', 'Default', 'Refused with'], variables),
    '',
    '## Outputs',
    '',
    table(['Output', ''], outputs),
    '',
    '## Makes',
    '',
    ...resources,
  ].join('\n');
}

interface Block {
  readonly labels: readonly string[];
  readonly body: string;
}

function blocksOf(text: string, kind: string): Block[] {
  return [...text.matchAll(new RegExp(`^${kind} ((?:"[\\w-]+" )+)\\{\\n(.*?)^\\}$`, 'gms'))].map(
    ([, labels = '', body = '']) => ({
      labels: [...labels.matchAll(/"([\w-]+)"/g)].map(([, label = '']) => label),
      body,
    }),
  );
}

function described(module: string, name: string, body: string): string {
  const [, text] = /^ {2}description = "(.*)"$/m.exec(body) ?? [];
  if (text === undefined) throw new Error(`${name} of the Terraform module ${module} has no description.`);
  return cell(text.replaceAll('\\"', '"'));
}

/** Objects are called so: what is in them stands in the module. */
function typeOf(body: string): string {
  const type = argumentOf(body, 'type') ?? 'any';
  return type.replace(/object\(\{.*\}\)/s, 'object');
}

/** What an argument is set to, in one line. A value of several lines ends with the bracket that stands where the argument does. */
function argumentOf(body: string, argument: string): string | undefined {
  const lines = body.split('\n');
  const first = lines.findIndex(line => new RegExp(`^ {2}${argument} += `).test(line));
  const [, begin] = / += (.*)$/.exec(lines[first] ?? '') ?? [];
  if (begin === undefined) return undefined;
  if (!/[[({]$/.test(begin)) return begin;
  const last = lines.findIndex((line, index) => index > first && /^ {2}[\])}]/.test(line));
  return [begin, ...lines.slice(first + 1, last + 1)].map(line => line.trim()).join(' ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => ':--'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
