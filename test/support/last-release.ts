import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Change } from '@suite/change-report';
import type { BundleWorld } from './bundle.ts';
import { restoreResources, type StoredResource, storedResources } from './remember.ts';

/** What the modules of a release have made of the example, as states and as Azure has it. */
export interface ReleaseRecord {
  /** `v1.2.0`; `none` before the first one, where it is what the modules made when it was written. */
  readonly release: string;
  /** The platform file that it was made from. */
  readonly platformFile: string;
  readonly states: readonly { readonly scope: string; readonly region: string; readonly content: string }[];
  readonly resources: readonly StoredResource[];
}

export const recordedScopes = ['shared', 'dev', 'prod'] as const;

const file = join(import.meta.dirname, '..', 'fixtures', 'last-release.json.gz');

export async function readRelease(): Promise<ReleaseRecord> {
  return JSON.parse(gunzipSync(await readFile(file)).toString('utf8'));
}

export async function writeRelease(record: ReleaseRecord): Promise<void> {
  await writeFile(file, gzipSync(JSON.stringify(record), { level: 9 }));
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

/** Puts it into a world in which nothing has been applied. */
export async function restoreRelease(sandbox: BundleWorld, record: ReleaseRecord): Promise<void> {
  const { azure } = sandbox.world;
  await sandbox.edit('platform.yaml', () => record.platformFile);
  restoreResources(azure, record.resources);
  for (const { scope, region, state } of recordedViews(sandbox)) {
    const recorded = record.states.find(one => one.scope === scope && one.region === region);
    if (recorded === undefined) throw new Error(`${scope} in ${region} is not in the record.`);
    azure.writeBlob(state.account, state.container, state.key, recorded.content);
  }
}

function recordedViews({ views }: BundleWorld) {
  return views.filter(({ scope }) => recordedScopes.some(name => name === scope));
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
