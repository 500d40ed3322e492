import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment, createToolStore, type Kit, mask } from '@suite/action-kit';
import {
  clouds,
  createClusterReader,
  createCredential,
  createEnvironmentLease,
  createPlanStore,
  createPreflightReader,
  createResourceManager,
  createResourceReader,
  createSavedState,
  createStateLock,
  createStateReader,
  readActivity,
} from '@suite/azure';
import { pathInside } from '@suite/foundation';
import { createRequests, findRun } from '@suite/github';
import type { FindRun } from '@suite/lease';
import {
  createTerraform,
  type Engine,
  engines,
  inTheirWords,
  locateEngine,
  lockProviders,
  misformattedFiles,
  type OwnConfiguration,
  refuseEncryption,
  releasePlatform,
  terraformEnvironment,
  toolEnvironment,
  validateConfiguration,
} from '@suite/terraform';
import type { Azure, Checker, ProviderLocker, Services } from './ports.ts';
import { createReach } from './preflight/reach.ts';
import { findSources } from './sources/find-sources.ts';
import { configurationIn, laySources } from './sources/lay-sources.ts';
import { placesOf } from './sources/places-of.ts';
import { lockName, type Sources, shownFolder, shownLock } from './sources/sources.ts';
import type { Target } from './target.ts';
import type { TerraformRoot } from './variables.ts';
import { prepareWorkspace, type Workspace } from './workspace.ts';

/**
 * Wires the runner, Azure and Terraform to what the commands ask for. `actionFolder` holds action.yml and `terraform/`; `token` asks
 * GitHub about runs.
 */
export function createServices(kit: Kit, actionFolder: string, token: string | undefined): Services {
  return {
    context: kit.context,
    log: kit.log,
    clock: kit.clock,
    summary: kit.summary,
    setOutputs: kit.setOutputs,
    prepareWorkspace: async ({ view, platform }) => {
      const { temp, workspace } = kit.context;
      const sources = await findSources(view, platform, workspace);
      return prepareWorkspace(temp, join(actionFolder, 'terraform'), view, sources);
    },
    connect: target => connect(kit, target),
    openLocker: engine => openLocker(kit, engines[engine], join(actionFolder, 'terraform')),
    openChecker: (engine, folder) => openChecker(kit, engines[engine], join(actionFolder, 'terraform'), folder),
    openTerraform: (target, workspace, azure, stop) => {
      const processes = stop === undefined ? kit.processes : kit.processesUntil(stop);
      return openTerraform({ ...kit, processes }, target, workspace, azure);
    },
    reach: createReach(fetch),
    newId: randomUUID,
    host: hostname(),
    findRun: token === undefined ? undefined : runFinder(kit, token),
  };
}

function runFinder({ context, clock, signal }: Kit, token: string): FindRun {
  const requests = createRequests({ token, apiUrl: context.apiUrl, clock, signal });
  return id => findRun(requests, context.repository, id);
}

function connect({ requestIdToken, clock }: Kit, { view, identity }: Target): Azure {
  const cloud = clouds[view.cloud];
  const credential = createCredential({
    identity,
    tenant: view.tenant,
    cloud,
    oidc: { requestToken: requestIdToken },
    mask,
    clock,
  });
  const arm = { cloud, identity, clock };
  const state = { ...view.state, cloud, identity, clock };
  const stateReader = createStateReader(credential, state);
  const clusters = createClusterReader(credential, { ...arm, subscription: view.subscription });
  const resources = createResourceReader(credential, arm);
  const manager = createResourceManager(credential, arm);
  return {
    readState: () => stateReader.head(),
    lease: createEnvironmentLease(credential, state),
    savedState: createSavedState(credential, state),
    stateLock: createStateLock(credential, state),
    plans: createPlanStore(credential, { account: view.state.account, cloud, identity, clock }),
    readCluster: (resourceGroup, name) => clusters.read(resourceGroup, name),
    findResource: (id, apiVersion) => resources.find(id, apiVersion),
    list: (id, apiVersion, query) => manager.list(id, apiVersion, query),
    readActivity: (from, to) => readActivity(credential, arm, view, from, to),
    preflight: createPreflightReader(credential, { ...arm, subscription: view.subscription }),
    explainSignIn: text => credential.explain(text),
  };
}

async function findEngine(kit: Kit, engine: Engine): Promise<string> {
  refuseEncryption(engine, kit.env);
  const { file, version, source } = await locateEngine(engine, {
    processes: kit.shortProcesses,
    tools: createToolStore(),
    env: childEnvironment(kit.env),
    platform: process.platform,
    arch: process.arch,
    cwd: tmpdir(),
  });
  kit.log.info(`${engine.title} ${version} (${source})`);
  return file;
}

async function openChecker(kit: Kit, engine: Engine, configuration: string, checked: string): Promise<Checker> {
  const { tool, lay } = await openTool(kit, engine, configuration, 'check');
  return {
    validate: async (root, sources) => {
      const laid = await lay(sources, root);
      const diagnostics = await validateConfiguration(laid.directory, tool);
      return diagnostics
        .filter(({ severity }) => severity === 'error')
        .map(({ summary, detail, range }) => {
          const path = range === undefined ? undefined : laid.place(range.file);
          const message = inTheirWords(`${summary}: ${detail}`, laid.place);
          return path === undefined || range === undefined
            ? { message }
            : { message, location: { kind: 'file', path, line: range.line, column: 1 } };
        });
    },
    misformatted: async () => {
      const files = await misformattedFiles(checked, tool);
      return files.map(file => ({
        message: 'This file is not formatted.',
        location: { kind: 'file', path: pathInside(kit.context.workspace, join(checked, file)), line: 1, column: 1 },
        remedy: `Run \`${engine.command} fmt ${file}\`.`,
      }));
    },
  };
}

/** Terraform without an identity, in a folder of its own. */
async function openTool(kit: Kit, engine: Engine, configuration: string, purpose: string) {
  const folder = join(kit.context.temp, 'provision-aks', purpose);
  const [copy, dataDir] = [join(folder, 'terraform'), join(folder, 'data')];
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return {
    tool: {
      engine,
      file: await findEngine(kit, engine),
      env: toolEnvironment(kit.env, dataDir),
      processes: kit.processes,
    },
    lay: async (sources: Sources, root: TerraformRoot) => {
      await laySources(sources, configuration, copy, root);
      return { directory: configurationIn(copy, sources, root), place: await placesOf(sources, dataDir) };
    },
  };
}

async function openLocker(kit: Kit, engine: Engine, configuration: string): Promise<ProviderLocker> {
  const { tool, lay } = await openTool(kit, engine, configuration, 'lock-providers');
  return {
    lock: async (root, sources, locked, platforms, from) => {
      const { directory } = await lay(sources, root);
      if (locked !== undefined) await writeFile(join(directory, lockName), locked);
      return lockProviders(directory, platforms, from, tool);
    },
  };
}

async function openTerraform(kit: Kit, { view, identity }: Target, workspace: Workspace, azure: Azure) {
  const [engine, cloud] = [engines[view.engine], clouds[view.cloud]];
  const env = terraformEnvironment(
    kit.env,
    {
      clientId: identity.clientId,
      tenant: view.tenant,
      subscription: view.subscription,
      cloud: cloud.name,
      audience: cloud.audience,
    },
    workspace.dataDir,
  );
  return createTerraform({
    engine,
    file: await findEngine(kit, engine),
    directory: workspace.configuration,
    env,
    backend: view.state,
    identity,
    explainSignIn: azure.explainSignIn,
    processes: kit.processes,
    log: kit.log,
    clock: kit.clock,
    own: ownConfiguration(workspace, engine, view.subscription),
  });
}

function ownConfiguration({ sources, place }: Workspace, { registry }: Engine, subscription: string): OwnConfiguration {
  const { kind, lockFile } = sources;
  return {
    place,
    root: kind === 'root' ? shownFolder(sources) : undefined,
    subscription: kind === 'suite' ? undefined : subscription,
    lock:
      lockFile === undefined
        ? undefined
        : {
            file: shownLock(sources),
            platform: releasePlatform(process.platform, process.arch) ?? `${process.platform}_${process.arch}`,
            registry,
            update: 'Write it again with `command: lock-providers`, look at what is different, and commit it.',
          },
  };
}
