import { resolve } from 'node:path';
import { standInFor } from '../stand-ins/index.ts';
import type { StandIn } from '../stand-ins/stand-in.ts';
import { type ActionMetadata, readActionMetadata } from './action-metadata.ts';
import type { StepsJobRun } from './steps-job-run.ts';

export type ResolvedAction =
  | { readonly kind: 'stand-in'; readonly standIn: StandIn }
  | {
      readonly kind: 'javascript';
      readonly metadata: ActionMetadata;
      readonly repository?: string;
      readonly ref?: string;
    }
  /** In the workspace: it can be read only once its step runs. */
  | { readonly kind: 'local'; read(): Promise<ActionMetadata> };

/** What a `uses:` stands for. Throws an Error that names it when the sandbox does not play it. */
export async function resolveAction(uses: string, run: StepsJobRun): Promise<ResolvedAction> {
  if (uses.startsWith('docker://')) throw new Error(`The sandbox's runner does not play containers: ${uses}.`);
  if (uses.startsWith('./')) {
    return { kind: 'local', read: () => readActionMetadata(resolve(run.workspace, uses)) };
  }
  if (uses.startsWith('$/')) {
    const { repository, sha } = run.source;
    return provided(run, uses, repository, sha, uses.slice(2));
  }
  const [, repository, path = '', ref] = /^([^/@]+\/[^/@]+)(?:\/([^@]*))?@(.+)$/.exec(uses) ?? [];
  if (repository === undefined || ref === undefined) {
    throw new Error(`Expected format {org}/{repo}[/path]@ref. Actual '${uses}'`);
  }
  const standIn = path === '' ? standInFor(repository, ref) : undefined;
  return standIn === undefined ? provided(run, uses, repository, ref, path) : { kind: 'stand-in', standIn };
}

async function provided(
  { host }: StepsJobRun,
  uses: string,
  repository: string,
  ref: string,
  path: string,
): Promise<ResolvedAction> {
  const folder = await host.actionFolder(repository, ref, path);
  if (folder === undefined) throw new Error(`The sandbox's runner does not play ${uses}: nobody provides this action.`);
  return { kind: 'javascript', metadata: await readActionMetadata(folder), repository, ref };
}
