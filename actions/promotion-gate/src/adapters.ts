import { type Kit, mask } from '@suite/action-kit';
import { clouds, createCredential, createResourceReader, createTextBlob, registryTokens } from '@suite/azure';
import { asObject, asString, duration, UserError } from '@suite/foundation';
import {
  clockSkew,
  compareCommits,
  createRequests,
  findReviewRun,
  pullsOfCommit,
  type Requests,
  readApprovers,
  readCommitChecks,
  readContent,
  readEnvironments,
} from '@suite/github';
import { registryIdOf, type ScopeView } from '@suite/platform-file';
import { createRegistry } from '@suite/registry';
import { verifyAttestations } from './attestation/verify-attestations.ts';
import type { Request } from './inputs.ts';
import type { Reader, Services } from './ports.ts';
import { createShelf } from './shelf.ts';
import { createStateShelf } from './state-shelf.ts';
import { githubTime } from './time.ts';

/** Of Microsoft.ContainerRegistry. */
const registryApi = '2025-04-01';

/** Wires the runner, Azure, GitHub and registries to what the commands ask for. */
export function createServices(kit: Kit, { token }: Request): Services {
  const { context, log, clock, signal, summary, setOutputs } = kit;
  mask(token);
  const onPause = (pause: number) => log.info(`Trying again in ${duration(pause)}.`);
  const github = createRequests({ token, apiUrl: context.apiUrl, clock, signal, onPause });
  return {
    context,
    log,
    clock,
    now: githubTime(() => clockSkew(github, context.repository, clock), { clock, log }),
    summary,
    signal,
    setOutputs,
    readFile: path => readContent(github, context.repository, path, context.ref),
    compare: (base, head) => compareCommits(github, context.repository, base, head),
    readChecks: (commit, names) => readCommitChecks(github, context.repository, commit, names),
    findReview: (commit, artifact) => findReview(github, context.repository, commit, artifact),
    verifyAttestations: (text, trustedRoot) => verifyAttestations(text, trustedRoot, context.temp),
    approvers: environment => readApprovers(github, context.repository, { run: context.runId, environment }),
    reviewersOf: environment => reviewersOf(github, context.repository, environment),
    openShelf: (view, reader) => openShelf(kit, view, reader, onPause),
  };
}

async function findReview(requests: Requests, repository: string, commit: string, artifact: string) {
  for (const { number, headSha } of await pullsOfCommit(requests, repository, commit)) {
    const run = await findReviewRun(requests, repository, headSha, artifact);
    if (run !== undefined) return { pull: number, run };
  }
  return undefined;
}

async function reviewersOf(requests: Requests, repository: string, environment: string): Promise<number> {
  const all = await readEnvironments(requests, repository);
  return all.find(({ name }) => name.toLowerCase() === environment.toLowerCase())?.reviewers ?? 0;
}

async function openShelf(
  { requestIdToken, clock }: Kit,
  view: ScopeView,
  reader: Reader,
  onPause: (pause: number) => void,
) {
  const { tenant } = view;
  const cloud = clouds[view.cloud];
  const credential = createCredential({
    identity: reader,
    tenant,
    cloud,
    oidc: { requestToken: requestIdToken },
    mask,
    clock,
  });
  if (view.kind === 'shared') {
    const { account, container, key } = view.state;
    const options = { account, container, key: `${key}.record`, cloud, identity: reader, clock };
    return createStateShelf(createTextBlob(credential, options));
  }
  const resources = createResourceReader(credential, { cloud, identity: reader, clock });
  const found = await resources.find(registryIdOf(view), registryApi);
  if (found === undefined) return undefined;
  const host = asString(asObject(asObject(found)['properties'])['loginServer']);
  if (host === undefined)
    throw new UserError({ message: `Azure names no login server for the registry of ${view.scope}.` });
  const registry = createRegistry({
    host,
    tenant,
    identity: reader,
    entraToken: registryTokens(credential),
    mask,
    clock,
    onPause,
  });
  return createShelf(registry, { platform: view.platform, environment: view.scope, region: view.region });
}
