import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Change } from '@suite/change-report';
import { type ReleaseRecord, recordedScopes, recordedViews, recordFile, storedResources } from '@suite/sandbox';
import type { BundleWorld } from './bundle.ts';

export async function writeRelease(record: ReleaseRecord): Promise<void> {
  await writeFile(recordFile, gzipSync(JSON.stringify(record), { level: 9 }));
}

/** Makes the example with today's modules, and records what came of it. */
export async function recordRelease(sandbox: BundleWorld, release: string): Promise<ReleaseRecord> {
  const { azure } = sandbox.world;
  const before = new Set(azure.resources().map(({ id }) => id));
  for (const scope of recordedScopes) await sandbox.deploy(scope);
  return {
    release,
    platformFile: await readFile(join(sandbox.checkout, 'platform.yaml'), 'utf8'),
    states: recordedViews(sandbox).map(({ scope, region, state: { account, container, key } }) => ({
      scope,
      region,
      content: azure.readBlob(account, container, key)?.content.toString('utf8') ?? '',
    })),
    resources: storedResources(azure).filter(({ id }) => !before.has(id)),
  };
}

const lossKinds: readonly string[] = ['delete', 'replace', 'rotate', 'forget'];

/** What an upgrade would take away or make anew, each as `replace ADDRESS`. */
export function losses(changes: readonly Change[]): string[] {
  return changes.filter(({ kind }) => lossKinds.includes(kind)).map(({ kind, address }) => `${kind} ${address}`);
}

/** The page `docs/reference/upgrades.md`: what a plan shows of a platform that the last release has made. */
export function renderGuide(
  { release }: Pick<ReleaseRecord, 'release'>,
  plans: readonly { readonly scope: string; readonly changes: readonly Change[] }[],
): string {
  const rows = plans.flatMap(({ scope, changes }) =>
    changes.map(
      ({ kind, address }) => `| ${scope} | ${lossKinds.includes(kind) ? `**${kind}**` : kind} | \`${address}\` |`,
    ),
  );
  const from = release === 'none' ? 'what these modules made first' : `a platform that ${release} has made`;
  return [
    '# What an upgrade changes',
    '',
    '<!-- Written by `npx pnpm@12 record-release guide`, from plans in the sandbox. A test holds it to them. -->',
    '',
    `What the first plan after an upgrade shows of ${from} from the [example](../../examples/platform-repository/README.md), in`,
    `${recordedScopes.map(scope => `\`${scope}\``).join(', ')}. What is in bold takes something away, and needs its key under \`allow:\` where it holds data.`,
    '',
    ...(rows.length === 0 ? ['Nothing: that plan is empty.'] : ['| Scope | Change | What |', '|:--|:--|:--|', ...rows]),
    '',
  ].join('\n');
}
