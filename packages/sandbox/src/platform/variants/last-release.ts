import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { SandboxWorld } from '../sandbox-world.ts';
import { restoreResources, type StoredResource } from '../stored-resources.ts';

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

/** `pnpm record-release` writes it. */
export const recordFile = join(import.meta.dirname, '..', '..', '..', 'last-release.json.gz');

export function readRelease(): ReleaseRecord {
  return JSON.parse(gunzipSync(readFileSync(recordFile)).toString('utf8'));
}

/** Puts it into a world of its platform file, in which nothing has been applied. */
export function restoreRelease(sandbox: SandboxWorld, record: ReleaseRecord): void {
  const { azure } = sandbox.world;
  restoreResources(azure, record.resources);
  for (const { scope, region, state } of recordedViews(sandbox)) {
    const recorded = record.states.find(one => one.scope === scope && one.region === region);
    if (recorded === undefined) throw new Error(`${scope} in ${region} is not in the record.`);
    azure.writeBlob(state.account, state.container, state.key, recorded.content);
  }
}

export function recordedViews({ views }: SandboxWorld) {
  return views.filter(({ scope }) => recordedScopes.some(name => name === scope));
}
