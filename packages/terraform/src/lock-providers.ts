import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { printable, quote, UserError } from '@suite/foundation';
import { diagnosticSentence, readTextDiagnostics } from './diagnostics.ts';
import { readProviderLock, shortName, unfitProvider, withoutProvider } from './provider-lock.ts';
import type { ToolOptions } from './validate.ts';

/** Where packages come from when they are locked: Terraform asks no mirror of its own settings for it. */
export type ProviderSource =
  | { readonly kind: 'registry' }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'server'; readonly url: string };

/**
 * Completes `.terraform.lock.hcl` in the folder of a configuration with the checksums of all its providers for these platforms
 * (`linux_amd64`), and gives its content. What is locked stays at its version while the configuration allows it, and goes when nothing
 * needs it. Throws a UserError when a provider is not to be had for one of the platforms.
 */
export async function lockProviders(
  directory: string,
  platforms: readonly string[],
  source: ProviderSource,
  options: ToolOptions,
): Promise<string> {
  const file = join(directory, '.terraform.lock.hcl');
  const from = { registry: [], folder: ['-fs-mirror'], server: ['-net-mirror'] }[source.kind];
  const place = source.kind === 'folder' ? source.path : source.kind === 'server' ? source.url : '';
  const lock = [
    ...['providers', 'lock', '-no-color'],
    ...from.map(flag => `${flag}=${place}`),
    ...platforms.map(platform => `-platform=${platform}`),
  ];
  const start = (args: readonly string[]) =>
    options.processes.run({ file: options.file, args, cwd: directory, env: options.env, captureStdout: true });
  // Whether modules need providers too is known only once they are there.
  const got = await start(['get', '-no-color']);
  if (got.code !== 0) throw failed(got.stderr);
  for (;;) {
    const done = await start(lock);
    if (done.code === 0) {
      const needed = new Set([...done.stdout.matchAll(/^- Fetching (\S+) /gm)].map(([, name]) => name));
      return readProviderLock(await readFile(file, 'utf8'))
        .filter(provider => !needed.has(shortName(provider.source, options.engine.registry)))
        .reduce((text, provider) => withoutProvider(text, provider.source), await readFile(file, 'utf8'));
    }
    const unfit = unfitProvider(done.stderr);
    const locked = await readFile(file, 'utf8').catch(() => '');
    const rest = unfit === undefined ? locked : withoutProvider(locked, unfit);
    // Each round lets go of one.
    if (rest === locked) throw failed(done.stderr);
    await writeFile(file, rest);
  }
}

function failed(stderr: string): UserError {
  const said = readTextDiagnostics(stderr).map(diagnosticSentence).join(' ');
  return new UserError({
    message: `Providers could not be locked: ${quote(said === '' ? printable(stderr) : said)} Nothing was written.`,
    remedy:
      'Name platforms that each provider is made for, and a mirror that has them all where the registry cannot be reached.',
  });
}
