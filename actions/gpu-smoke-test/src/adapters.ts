import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Kit, mask } from '@suite/action-kit';
import {
  type AzureCredential,
  clouds,
  createClusterAccess,
  createClusterReader,
  createContainerRegistries,
  createCredential,
  createPreflightReader,
  isRegistryOf,
  loginServerOf,
  registryTokens,
} from '@suite/azure';
import { writeReport } from '@suite/change-report';
import { type Clock, duration, systemClock } from '@suite/foundation';
import { openCluster } from '@suite/kubernetes';
import { registryIdOf } from '@suite/platform-file';
import { apiHostOf, createTransfers } from '@suite/registry';
import type { Connected, Services } from './ports.ts';
import {
  checkBefore,
  findImage,
  type OpenRepository,
  plannedPool,
  readPools,
  readPreflight,
} from './preflight/index.ts';
import type { Target } from './target.ts';

/** Of what the main stage tells the post stage. */
const runState = 'run';

/** Wires the runner, Azure and the API server to what the commands ask for. `actionFolder` holds action.yml and `workload/`. */
export function createServices(kit: Kit, actionFolder: string): Services {
  const { context, log, clock, summary, signal, setOutputs, env } = kit;
  return {
    context,
    log,
    clock,
    summary,
    signal,
    setOutputs,
    newRun: () => randomBytes(5).toString('hex'),
    killedRun: env[`STATE_${runState}`] || undefined,
    remember: run => kit.saveState(runState, run ?? ''),
    program: () => readFile(join(actionFolder, 'workload', 'smoke.py'), 'utf8'),
    connect: target => connect(kit, target),
    writeReport: (command, report) => writeReport(context.temp, command, report),
  };
}

async function connect(kit: Kit, target: Target): Promise<Connected> {
  const { view, identity } = target;
  const cloud = clouds[view.cloud];
  // Not the kit's clock, whose sleep ends with a cancellation: what was made is taken away after that, with a token of this identity.
  const clock = systemClock;
  const credential = createCredential({
    identity,
    tenant: view.tenant,
    cloud,
    oidc: { requestToken: kit.requestIdToken },
    mask,
    clock,
  });
  const arm = { cloud, identity, clock, subscription: view.subscription };
  const access = createClusterAccess(credential, arm);
  const { name } = view.cluster;
  const kubeconfig = await access.kubeconfig(view.resourceGroup, name);
  const cluster =
    kubeconfig === undefined
      ? undefined
      : openCluster(kubeconfig, { name, identity, token: access.token, env: kit.env, clock }).cluster;
  /** Where the environment's charts and images are brought; until it is there, its name says it. */
  const ownRegistry = async () => {
    const id = registryIdOf(view);
    const found = await createContainerRegistries(credential, { cloud, identity, clock }).find(id);
    return found?.loginServer ?? loginServerOf(cloud, id);
  };
  return {
    cluster,
    checkBefore: async ({ pool, ...test }) => {
      const question = {
        ...test,
        location: view.region,
        pool: plannedPool(pool),
        ownRegistry: view.mirror ? await ownRegistry() : undefined,
      };
      const facts = await readPreflight(question, {
        cluster,
        azure: createPreflightReader(credential, arm),
        pools: () => readPools(createClusterReader(credential, arm), view.resourceGroup, name),
        image: reference => findImage(reference, openRepository(kit, target, credential, clock)),
      });
      return {
        findings: checkBefore(facts),
        gpusOfSize: facts.size.known ? facts.size.value?.gpus : undefined,
      };
    },
    close: () => cluster?.close(),
  };
}

/** Registries of Azure are asked as this identity, others as anybody. */
function openRepository(
  { log }: Pick<Kit, 'log'>,
  { view, identity }: Target,
  credential: AzureCredential,
  clock: Clock,
): OpenRepository {
  const onPause = (pause: number) => log.info(`Trying again in ${duration(pause)}.`);
  const entraToken = registryTokens(credential);
  return async (host, repository) => {
    const common = { host: apiHostOf(host), mask, clock, onPause };
    const isOurs = isRegistryOf(clouds[view.cloud], host);
    return createTransfers(isOurs ? { ...common, tenant: view.tenant, identity, entraToken } : common).source(
      repository,
    );
  };
}
