/**
 * `pnpm sandbox`: the example platform through the release tree, in a world of its own (DESIGN §7).
 * `pnpm sandbox serve`: keeps that world running and prints, as JSON, the variables to work in it by hand.
 * `--chapter N` plays one part of the story, after those that it builds upon; it may stand several times. `--variant NAME` plays another platform.
 * `--azurerm PATH` puts a real azurerm 5.2.0 in the place of the stand-in provider; `--charts DIR` serves the archives of real
 * charts (.tgz) in the place of the small ones of the same name.
 */
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { duration, nearest } from '@suite/foundation';
import {
  chapters,
  findVariant,
  runSandbox,
  type SandboxOptions,
  serveSandbox,
  type Variant,
  variants,
} from '@suite/sandbox';
import { build } from './build.ts';
import { putHelmOnPath } from './helm.ts';
import { putTofuOnPath } from './tofu.ts';

const root = join(import.meta.dirname, '..');
const started = Date.now();
// Standard output belongs to the JSON of `serve`.
const print = (line: string) => console.error(line);

const { positionals, values } = readArguments();
if (values.help) {
  print(usage());
  process.exit(0);
}
const serving = positionals[0] === 'serve';
const played = (values.chapter ?? []).map(numberOfChapter);
if (positionals.length > (serving ? 1 : 0))
  fail(`There is no command \`${positionals.join(' ')}\`. Use \`sandbox\` or \`sandbox serve\`.`);
const variant = values.variant === undefined ? undefined : variantOf(values.variant);
if (variant !== undefined && (serving || played.length > 0))
  fail('--variant: a variant has a story of its own. Leave `serve` and `--chapter` out.');
if (values.azurerm !== undefined) {
  await access(values.azurerm).catch(() => fail(`--azurerm: there is no file ${values.azurerm}.`));
}
if (values.charts !== undefined) {
  await access(values.charts).catch(() => fail(`--charts: there is no folder ${values.charts}.`));
}
print('Sandbox: real Terraform and the shipped bundles against stand-ins on this machine; nothing leaves it.');
await putHelmOnPath(process.env);
if (variant?.program === 'tofu' && !(await putTofuOnPath(process.env, join(root, 'out', 'tofu'))))
  fail(
    '--variant: tofu needs OpenTofu 1.11 or newer. Put `tofu` on PATH, or build it: npx pnpm@12 build-peers tofu (five minutes; needs Go).',
  );
print('Building the release tree …');
print(`Release tree: ${await build()} after ${duration(Date.now() - started)}`);

const options: SandboxOptions = {
  ...(values.charts === undefined ? {} : { charts: resolve(values.charts) }),
  example: join(root, 'examples', 'platform-repository'),
  gitops: join(root, 'examples', 'gitops-repository'),
  folder: join(root, '.sandbox'),
  provider:
    values.azurerm === undefined
      ? { bundle: join(root, 'out', 'sandbox', 'azurerm', 'index.js') }
      : { azurerm: resolve(values.azurerm) },
};
if (serving) await serve();
else await run();

async function run(): Promise<void> {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stopping.abort());
  const record = await runSandbox({
    ...options,
    release: join(root, 'out', 'release'),
    ...(played.length === 0 ? {} : { chapters: played }),
    ...(variant === undefined ? {} : { variant }),
    print,
    signal: stopping.signal,
  });
  print(
    `${record.ok ? 'All succeeded' : 'Failed'} in ${duration(record.seconds * 1000)}. Open .sandbox/index.html; programs read .sandbox/run.json.`,
  );
  if (!record.ok) process.exitCode = 1;
}

async function serve(): Promise<void> {
  const { world, variables } = await serveSandbox(options);
  const ended = new Promise<void>(done => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
  console.log(JSON.stringify(variables, null, 2));
  print('The world is running; Ctrl-C ends it.');
  await ended;
  await world.close();
}

function readArguments() {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({
      allowPositionals: true,
      options: {
        azurerm: text,
        charts: text,
        chapter: { ...text, multiple: true },
        variant: text,
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function numberOfChapter(text: string): number {
  const found = chapters.find(({ number }) => String(number) === text);
  return found?.number ?? fail(`--chapter: there is no chapter ${text}. Use one of these:\n${listOfChapters()}`);
}

function variantOf(name: string): Variant {
  const meant = nearest(
    name,
    variants.map(variant => variant.name),
  );
  const hint = meant === undefined ? `Use one of these:\n${listOfVariants()}` : `Did you mean \`${meant}\`?`;
  return findVariant(name) ?? fail(`--variant: there is no variant ${name}. ${hint}`);
}

function listOfChapters(): string {
  return chapters.map(({ number, title }) => `  ${number}  ${title}`).join('\n');
}

function listOfVariants(): string {
  return variants.map(({ name, tells }) => `  ${name.padEnd(11)}  ${tells}`).join('\n');
}

function usage(): string {
  return `npx pnpm@12 sandbox          the story of the example platform
  --chapter N                one chapter of it, after those that it builds upon; may stand several times
  --variant NAME             another platform, with a story of its own
  --azurerm PATH             with a real azurerm 5.2.0
  --charts DIR               with the archives of real charts
npx pnpm@12 sandbox serve    keeps its world running, and prints the variables to work in it by hand

Chapters:
${listOfChapters()}

Variants:
${listOfVariants()}`;
}

function fail(message: string): never {
  print(message);
  process.exit(1);
}
