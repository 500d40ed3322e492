import {
  asNumber,
  asObject,
  asString,
  type CancelledError,
  errorMessage,
  type Problem,
  parseJson,
  UserError,
} from '@suite/foundation';
import { placeOf, type ScopeView } from '@suite/platform-file';
import { readStateResources, type StateResource } from '@suite/terraform';
import type { Azure, Services } from './ports.ts';
import type { Workspace } from './workspace.ts';

/** Which state it is, and how often it was written. */
export interface Revision {
  readonly lineage: string;
  readonly serial: number;
}

/** Undefined for what is no state. */
export function revisionOf(content: string): Revision | undefined {
  const state = asObject(parseJson(content));
  const [lineage, serial] = [asString(state['lineage']), asNumber(state['serial'])];
  return lineage === undefined || serial === undefined ? undefined : { lineage, serial };
}

/** What continues a state that is there; anything else was overtaken by another run, and nobody can say which is right. */
export function continues(saved: Revision | undefined, current: Revision | undefined): boolean {
  return saved !== undefined && saved.lineage === current?.lineage && saved.serial > current.serial;
}

/** Whether the state holds exactly what was kept: Terraform may have counted on when it wrote it. */
export function isRestored(
  content: string,
  saved: Revision | undefined,
  current: Revision | undefined,
  recorded: readonly StateResource[],
): boolean {
  if (saved === undefined || saved.lineage !== current?.lineage || current.serial < saved.serial) return false;
  const listed = (resources: readonly StateResource[]) => resources.map(({ address, id }) => `${address} ${id}`).sort();
  return listed(readStateResources(parseJson(content))).join('\n') === listed(recorded).join('\n');
}

/** What only the kept state has: its addresses, with Azure's ids. Other ids may be values that somebody made up. */
export function onlyKept(content: string, recorded: readonly StateResource[]): string[] {
  const known = new Set(recorded.flatMap(({ address, id }) => [address, ...(id === undefined ? [] : [id])]));
  return readStateResources(parseJson(content))
    .filter(({ address, id }) => !known.has(address) && !known.has(id ?? address))
    .map(({ address, id }) => `\`${address}\`${id?.startsWith('/') ? ` (${id})` : ''}`);
}

/**
 * After an apply that failed: what it could not write to the state is put beside it, because the runner's disk is gone soon and an artifact
 * could be read by everybody. Gives the error that people are told.
 */
export async function keepErrored<T extends UserError | CancelledError>(
  error: T,
  { state, scope, region }: ScopeView,
  azure: Pick<Azure, 'savedState'>,
  workspace: Pick<Workspace, 'readErrored' | 'erroredFile'>,
  log: Services['log'],
): Promise<T | UserError> {
  const content = await workspace.readErrored();
  if (content === undefined) return error;
  const place = `${state.container}/${state.key}.errored in ${state.account}`;
  // What Terraform says of the file on this machine, which has a better place or is gone soon.
  const others =
    error instanceof UserError ? error.problems.filter(({ message }) => !/errored\.tfstate/.test(message)) : [];
  const tell = (problem: Problem) => new UserError([...others, problem], { cause: error.cause });
  try {
    await azure.savedState.write(content);
  } catch (failure) {
    const why = errorMessage(failure);
    log.warning(`What this apply did could not be kept in ${place} either. ${why}`);
    return tell({
      message: `What this apply did is recorded nowhere but in the file ${workspace.erroredFile} of this runner: it could not be kept beside the state either. ${why}`,
      remedy: `Put that right, and look at the file before anything is applied here: on a machine of yours, \`az storage blob upload --auth-mode login --account-name ${state.account} --container-name ${state.container} --name ${state.key}.errored --file …\` puts it where \`gh workflow run unlock.yml -f environment=${scope} -f region=${region}\` takes it up. On a runner of GitHub it is gone with this job: the next plan names by its id whatever Azure has and the state has not, and \`adopt\` under \`allow:\` of ${scope} takes that over.`,
    });
  }
  log.info(`Kept what this apply did in ${place}`);
  return tell({
    message: `What this apply did could not be written to the state. It is kept in ${place}.`,
    remedy: `Remove the cause, then let it be restored with \`gh workflow run unlock.yml -f environment=${scope} -f region=${region}\`. Nothing is planned or applied here before that.`,
  });
}

/** Throws while what an earlier apply did waits beside the state: a plan of the old one would make everything once more. */
export async function requireNothingSaved(view: ScopeView, { savedState }: Pick<Azure, 'savedState'>): Promise<void> {
  if ((await savedState.read()) === undefined) return;
  const { state, scope, region } = view;
  throw new UserError({
    message: `An apply of ${placeOf(view)} could not write its state, and kept it in ${state.container}/${state.key}.errored in ${state.account}. Nothing is planned on the old one.`,
    remedy: `Let it be restored with \`gh workflow run unlock.yml -f environment=${scope} -f region=${region}\`, then run this again.`,
  });
}
