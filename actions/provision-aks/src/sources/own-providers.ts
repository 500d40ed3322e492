import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Problem, UserError } from '@suite/foundation';
import type { ConfiguredProvider } from '@suite/terraform';
import type { TerraformRoot } from '../variables.ts';
import { isConfiguration } from './find-sources.ts';
import { type Sources, shownFolder } from './sources.ts';

/** The providers that the suite's roots set up, by alias; the one without is the first. */
export const suiteProviders: Readonly<Record<TerraformRoot, readonly (string | undefined)[]>> = {
  shared: [undefined],
  environment: [undefined, 'shared', 'dns'],
};

/**
 * Throws where an extension sets up a provider: it works with the suite's, as the identity and in the subscription of the scope. Terraform tells
 * which ones there are; the line is looked for among the extension's own files.
 */
export async function refuseProviders(
  sources: Sources,
  root: TerraformRoot,
  providers: readonly ConfiguredProvider[],
): Promise<void> {
  if (sources.kind !== 'extension') return;
  const foreign = foreignProviders(root, providers);
  if (foreign.length === 0) return;
  const lines = await providerLines(sources);
  throw new UserError(foreign.map(provider => describe(provider, lines, shownFolder(sources))));
}

/** Those that are not the suite's. Pure. */
export function foreignProviders(
  root: TerraformRoot,
  providers: readonly ConfiguredProvider[],
): readonly ConfiguredProvider[] {
  return providers.filter(
    ({ name, alias, module }) => module !== undefined || name !== 'azurerm' || !suiteProviders[root].includes(alias),
  );
}

interface Line {
  readonly name: string;
  readonly path: string;
  readonly line: number;
}

async function providerLines(sources: Sources): Promise<Line[]> {
  const lines: Line[] = [];
  const names = await readdir(sources.folder, { recursive: true });
  for (const name of names.filter(isConfiguration).sort()) {
    const text = await readFile(join(sources.folder, name), 'utf8');
    for (const [index, line] of text.split('\n').entries()) {
      const provider = /^\s*"?provider"?\s*:?\s*"?([\w-]+)?"?\s*[:{]/.exec(line)?.[1];
      const path = `${shownFolder(sources)}/${name.replaceAll('\\', '/')}`;
      if (provider !== undefined) lines.push({ name: provider, path, line: index + 1 });
    }
  }
  return lines;
}

function describe({ name, alias, module }: ConfiguredProvider, lines: readonly Line[], folder: string): Problem {
  const found = lines.find(line => line.name === name);
  const what = alias === undefined ? name : `${name} (alias \`${alias}\`)`;
  const where = found === undefined ? ` in ${folder}${module === undefined ? '' : `, ${module}`}` : '';
  return {
    message: `The provider ${what} is set up${where}. An extension works with the providers of the suite's root, as the identity and in the subscription of its scope. Nothing was planned.`,
    ...(found === undefined ? {} : { location: { kind: 'file', path: found.path, line: found.line, column: 1 } }),
    remedy: 'Take the `provider` block out. What needs another one is for a root of its own (`working-directory`).',
  };
}
