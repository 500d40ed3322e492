/**
 * `pnpm sandbox`: the example platform through the release tree, in a world of its own (DESIGN §7).
 * `pnpm sandbox serve`: keeps that world running and prints, as JSON, the variables to work in it by hand.
 * `--chapter N` plays one part of the story, after those that it builds upon; it may stand several times.
 * `--azurerm PATH` puts a real azurerm 5.2.0 in the place of the stand-in provider; `--charts DIR` serves the archives of real
 * charts (.tgz) in the place of the small ones of the same name.
 */
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { duration } from '@suite/foundation';
import { chapters, runSandbox, type SandboxOptions, serveSandbox } from '@suite/sandbox';
import { build } from './build.ts';
import { putHelmOnPath } from './helm.ts';

const root = join(import.meta.dirname, '..');
const started = Date.now();
// Standard output belongs to the JSON of `serve`.
const print = (line: string) => console.error(line);

const { positionals, values } = readArguments();
const serving = positionals[0] === 'serve';
const played = (values.chapter ?? []).map(numberOfChapter);
if (positionals.length > (serving ? 1 : 0))
  fail(`There is no command \`${positionals.join(' ')}\`. Use \`sandbox\` or \`sandbox serve\`.`);
if (values.azurerm !== undefined) {
  await access(values.azurerm).catch(() => fail(`--azurerm: there is no file ${values.azurerm}.`));
}
if (values.charts !== undefined) {
  await access(values.charts).catch(() => fail(`--charts: there is no folder ${values.charts}.`));
}
print('Sandbox: real Terraform and the shipped bundles against stand-ins on this machine; nothing leaves it.');
await putHelmOnPath(process.env);
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
      options: { azurerm: text, charts: text, chapter: { ...text, multiple: true } },
    });
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function numberOfChapter(text: string): number {
  const found = chapters.find(({ number }) => String(number) === text);
  const list = chapters.map(({ number, title }) => `  ${number}  ${title}`).join('\n');
  return found?.number ?? fail(`--chapter: there is no chapter ${text}. Use one of these:\n${list}`);
}

function fail(message: string): never {
  print(message);
  process.exit(1);
}
