import { randomUUID } from 'node:crypto';
import { cp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment, createProcessRunner, createToolStore, type Kit, mask } from '@suite/action-kit';
import {
  type Cloud,
  clouds,
  createClusterReader,
  createCredential,
  createEnvironmentLease,
  createPlanStore,
  createPreflightReader,
  createResourceReader,
  createStateReader,
} from '@suite/azure';
import { pathInside } from '@suite/foundation';
import {
  createTerraform,
  locateTerraform,
  misformattedFiles,
  terraformEnvironment,
  toolEnvironment,
  validateConfiguration,
} from '@suite/terraform';
import type { Azure, Checker, Services } from './ports.ts';
import { createReach } from './preflight/reach.ts';
import type { Target } from './target.ts';
import { prepareWorkspace, type Workspace } from './workspace.ts';

const cloud: Cloud = clouds.public;

/** Wires the runner, Azure and Terraform to what the commands ask for. `actionFolder` holds action.yml and `terraform/`. */
export function createServices(kit: Kit, actionFolder: string): Services {
  return {
    context: kit.context,
    log: kit.log,
    clock: kit.clock,
    summary: kit.summary,
    setOutputs: kit.setOutputs,
    prepareWorkspace: view => prepareWorkspace(kit.context.temp, join(actionFolder, 'terraform'), view),
    connect: target => connect(kit, target),
    openChecker: folder => openChecker(kit, join(actionFolder, 'terraform'), folder),
    openTerraform: (target, workspace, azure, stop) => {
      // A process hears of both through one signal, so that it is interrupted once whatever comes first.
      const processes = stop === undefined ? kit.processes : createProcessRunner(AbortSignal.any([stop, kit.signal]));
      return openTerraform({ ...kit, processes }, target, workspace, azure);
    },
    reach: createReach(fetch),
    newId: randomUUID,
  };
}

function connect({ requestIdToken, clock }: Kit, { view, identity }: Target): Azure {
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
  return {
    readState: () => stateReader.head(),
    lease: createEnvironmentLease(credential, state),
    plans: createPlanStore(credential, { account: view.state.account, cloud, identity, clock }),
    readCluster: (resourceGroup, name) => clusters.read(resourceGroup, name),
    findResource: (id, apiVersion) => resources.find(id, apiVersion),
    preflight: createPreflightReader(credential, { ...arm, subscription: view.subscription }),
    explainSignIn: text => credential.explain(text),
  };
}

async function findTerraform(kit: Kit): Promise<string> {
  const { file, version, source } = await locateTerraform({
    processes: kit.shortProcesses,
    tools: createToolStore(),
    env: childEnvironment(kit.env),
    platform: process.platform,
    arch: process.arch,
    cwd: tmpdir(),
  });
  kit.log.info(`Terraform ${version} (${source})`);
  return file;
}

async function openChecker(kit: Kit, configuration: string, checked: string): Promise<Checker> {
  const folder = join(kit.context.temp, 'provision-aks', 'check');
  const copy = join(folder, 'terraform');
  await rm(copy, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp(configuration, copy, { recursive: true });
  const tool = {
    file: await findTerraform(kit),
    env: toolEnvironment(kit.env, join(folder, 'data')),
    processes: kit.processes,
  };
  return {
    validate: async root => {
      const diagnostics = await validateConfiguration(join(copy, root), tool);
      return diagnostics
        .filter(({ severity }) => severity === 'error')
        .map(({ summary, detail }) => ({ message: `${summary}: ${detail}` }));
    },
    misformatted: async () => {
      const files = await misformattedFiles(checked, tool);
      return files.map(file => ({
        message: 'This file is not formatted.',
        location: { kind: 'file', path: pathInside(kit.context.workspace, join(checked, file)), line: 1, column: 1 },
        remedy: `Run \`terraform fmt ${file}\`.`,
      }));
    },
  };
}

async function openTerraform(kit: Kit, { view, identity }: Target, workspace: Workspace, azure: Azure) {
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
    file: await findTerraform(kit),
    directory: workspace.configuration,
    env,
    backend: view.state,
    identity,
    explainSignIn: azure.explainSignIn,
    processes: kit.processes,
    log: kit.log,
    clock: kit.clock,
  });
}
