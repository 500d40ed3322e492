import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment, createToolStore, type Kit, mask } from '@suite/action-kit';
import {
  type Cloud,
  clouds,
  createClusterReader,
  createCredential,
  createResourceReader,
  createRunMarker,
  createStateReader,
} from '@suite/azure';
import { createTerraform, locateTerraform, terraformEnvironment } from '@suite/terraform';
import type { Azure, Services } from './ports.ts';
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
    openTerraform: (target, workspace, azure) => openTerraform(kit, target, workspace, azure),
  };
}

function connect({ requestIdToken, clock, log }: Kit, { view, identity }: Target): Azure {
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
    marker: createRunMarker(credential, { ...state, warn: message => log.warning(message) }),
    readCluster: (resourceGroup, name) => clusters.read(resourceGroup, name),
    findResource: (id, apiVersion) => resources.find(id, apiVersion),
    explainSignIn: text => credential.explain(text),
  };
}

async function openTerraform(kit: Kit, { view, identity }: Target, workspace: Workspace, azure: Azure) {
  const binary = await locateTerraform({
    processes: kit.shortProcesses,
    tools: createToolStore(),
    env: childEnvironment(kit.env),
    platform: process.platform,
    arch: process.arch,
    cwd: tmpdir(),
  });
  kit.log.info(`Terraform ${binary.version} (${binary.source})`);
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
    file: binary.file,
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
