import { asObject } from '@suite/foundation';
import type { World } from '../../world/index.ts';
import { dispatchRequest, pullRequestRun } from '../run-requests.ts';
import { lookForDrift } from '../story/drift.ts';
import { propose } from '../story/platform-edits.ts';
import { mergeAndPromote } from '../story/promote.ts';
import { developer } from '../story/stage.ts';
import { armWrites } from './arm-writes.ts';
import { onlyDev } from './smaller.ts';
import type { Variant } from './variant.ts';

const dev = '33333333-3333-3333-3333-333333333333';
const group = `/subscriptions/${dev}/resourceGroups/rg-shop`;
/** The cluster, by its resource id. */
export const shopCluster = `${group}/providers/Microsoft.ContainerService/managedClusters/shop-k8s`;
const network = `/subscriptions/${dev}/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/vnet-shop`;
const subnet = `${network}/subnets/nodes`;
const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/crshop`;
const vault = `${group}/providers/Microsoft.KeyVault/vaults/kv-shop`;
const workspace =
  '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-hub/providers/Microsoft.OperationalInsights/workspaces/log-hub';
const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop-identity`;

const workflow = 'survey.yml';

/** A cluster that another tool has made, under names of its own, becomes dev of a platform. */
export const adopted: Variant = {
  name: 'adopted',
  tells:
    'A cluster that another tool has made, under names of its own, is surveyed, said in the platform file, and taken over as it runs',
  changes: {
    'platform.yaml': text =>
      onlyDev(text)
        .replace(/^domain: .*\n/m, `existing:\n  logs: ${workspace}\n`)
        .replace(/^ {4}cluster:\n {6}tier: free\n/m, ''),
    [`.github/workflows/${workflow}`]: () => survey,
  },
  prepare: ({ world }) => makeCluster(world),
  chapters: [
    {
      number: 1,
      title: 'What is there is surveyed',
      tells:
        'A team has a cluster, shop-k8s, with a network, a registry and a vault, all made by hand long ago. The survey reads it through ' +
        'Azure’s API, writes nothing, and says it in the words of platform.yaml, with every attribute that would change.',
      after: [],
      play: async ({ repository, world, run, see, artifactOf }) => {
        const before = armWrites(world);
        const inputs = { environment: 'dev', cluster: shopCluster };
        const surveyed = await run('Survey it', await dispatchRequest(repository, workflow, inputs, developer));
        see('Nothing was written in Azure', armWrites(world) === before);
        see(
          'It proposes a platform file that names the cluster',
          (await artifactOf(surveyed, artifact)).includes('cluster: shop-k8s'),
        );
      },
    },
    {
      number: 2,
      title: 'It is taken over as it runs',
      tells:
        'The proposed lines are a pull request. Its comment shows imports, the few differences, and nothing that would be replaced. Merged and ' +
        'promoted, the cluster is the same one, under its names; the pool that nobody named is left alone.',
      after: [1],
      play: async stage => {
        const { repository, world, run, runs, see, artifactOf } = stage;
        const before = valueAt(world.azure, shopCluster, 'resourceUID');
        const [surveyed] = runs();
        if (surveyed === undefined) throw new Error('Nothing was surveyed.');
        const proposed = await artifactOf(surveyed, artifact);
        const { number } = await propose(repository, 'adopt-shop', 'shop-k8s becomes dev', () => proposed);
        await run(`Pull request ${number} is opened`, pullRequestRun(repository, number, 'opened'));
        see(
          'Its comment names what is imported',
          repository.pull(number).comments.some(({ body }) => body.includes('| ⇥ | cluster `shop-k8s` | import |')),
          { pull: number },
        );
        await mergeAndPromote(stage, number);
        see('It is the same cluster', valueAt(world.azure, shopCluster, 'resourceUID') === before);
        see(
          'There is no other one, and its third pool was left alone',
          world.azure.resources('Microsoft.ContainerService/managedClusters').length === 1 &&
            world.azure.resource(`${shopCluster}/agentPools/batch`) !== undefined,
        );
        await lookForDrift(stage, 'The next morning');
        see('Nothing has drifted', repository.issues().length === 0);
      },
    },
  ],
};

const artifact = 'proposed-platform-file';

/** As docs/how-to/adopt-a-cluster.md has it. */
const survey = `name: Survey

on:
  workflow_dispatch:
    inputs:
      environment: { required: true }
      cluster: { required: true, description: "az aks show --query id" }

permissions: {}

jobs:
  survey:
    name: Survey
    runs-on: ubuntu-24.04
    permissions:
      contents: read # check out
      id-token: write # sign in to Azure as the plan identity, which can only read
    steps:
      - uses: actions/checkout@v7
      - uses: org/actions/provision-aks@v1
        id: survey
        with:
          command: survey
          scope: \${{ inputs.environment }}
          cluster: \${{ inputs.cluster }}
      - uses: actions/upload-artifact@v7
        with:
          name: ${artifact}
          path: \${{ steps.survey.outputs.proposed-file }}
`;

/** As a team made it years ago with something else. */
function makeCluster({ azure }: World): void {
  azure.putResource(workspace, {
    location: 'westeurope',
    properties: { sku: { name: 'PerGB2018' }, retentionInDays: 30 },
  });
  azure.putResource(group, { location: 'westeurope', tags: { team: 'shop' } });
  azure.putResource(network, {
    location: 'westeurope',
    properties: { addressSpace: { addressPrefixes: ['10.80.0.0/16'] } },
  });
  azure.putResource(subnet, { properties: { addressPrefix: '10.80.0.0/20' } });
  azure.putResource(`${network}/subnets/gateway`, {
    properties: {
      addressPrefix: '10.80.16.0/24',
      delegations: [{ name: 'agc', properties: { serviceName: 'Microsoft.ServiceNetworking/trafficControllers' } }],
    },
  });
  azure.putResource(registry, {
    location: 'westeurope',
    sku: { name: 'Premium' },
    properties: { adminUserEnabled: false },
  });
  azure.putResource(vault, {
    location: 'westeurope',
    properties: {
      tenantId: '11111111-1111-1111-1111-111111111111',
      sku: { family: 'A', name: 'standard' },
      enableRbacAuthorization: true,
      accessPolicies: [],
    },
  });
  azure.putResource(identity, { location: 'westeurope' });
  const pool = {
    osType: 'Linux',
    osSKU: 'Ubuntu',
    type: 'VirtualMachineScaleSets',
    vnetSubnetID: subnet,
    maxPods: 110,
  };
  azure.putResource(shopCluster, {
    location: 'westeurope',
    sku: { name: 'Base', tier: 'Standard' },
    tags: { team: 'shop', 'cost-centre': '4711' },
    identity: { type: 'UserAssigned', userAssignedIdentities: { [identity]: {} } },
    properties: {
      kubernetesVersion: '1.34',
      dnsPrefix: 'shop',
      nodeResourceGroup: 'MC_rg-shop_shop-k8s',
      enableRBAC: true,
      disableLocalAccounts: true,
      aadProfile: {
        managed: true,
        enableAzureRBAC: true,
        adminGroupObjectIDs: ['77777777-7777-7777-7777-777777777777'],
      },
      linuxProfile: { adminUsername: 'azureuser', ssh: { publicKeys: [{ keyData: 'ssh-rsa AAAA shop' }] } },
      autoUpgradeProfile: { upgradeChannel: 'patch', nodeOSUpgradeChannel: 'NodeImage' },
      networkProfile: {
        networkPlugin: 'azure',
        networkPluginMode: 'overlay',
        networkPolicy: 'cilium',
        networkDataplane: 'cilium',
        outboundType: 'loadBalancer',
        podCidr: '192.168.0.0/16',
        serviceCidr: '172.16.0.0/16',
        dnsServiceIP: '172.16.0.10',
      },
      oidcIssuerProfile: { enabled: true },
      securityProfile: { workloadIdentity: { enabled: true } },
      addonProfiles: {
        azureKeyvaultSecretsProvider: {
          enabled: true,
          config: { enableSecretRotation: 'true', rotationPollInterval: '5m' },
        },
      },
      agentPoolProfiles: [
        {
          ...pool,
          name: 'nodepool1',
          mode: 'System',
          vmSize: 'Standard_D4ds_v5',
          count: 2,
          enableAutoScaling: true,
          minCount: 2,
          maxCount: 5,
          osDiskSizeGB: 128,
        },
        {
          ...pool,
          name: 'apps',
          mode: 'User',
          vmSize: 'Standard_D8ds_v5',
          count: 2,
          enableAutoScaling: true,
          minCount: 2,
          maxCount: 12,
          availabilityZones: ['1', '2', '3'],
          nodeLabels: { team: 'shop' },
          nodeTaints: ['spare=:PreferNoSchedule'],
        },
        {
          ...pool,
          name: 'batch',
          mode: 'User',
          vmSize: 'Standard_D4ds_v5',
          count: 1,
          nodeTaints: ['batch=true:NoSchedule'],
        },
      ],
    },
  });
  azure.assignRole({ principal: valueAt(azure, identity, 'principalId'), role: 'Network Contributor', scope: subnet });
  azure.assignRole({
    principal: valueAt(azure, shopCluster, 'identityProfile', 'kubeletidentity', 'objectId'),
    role: 'AcrPull',
    scope: registry,
  });
  azure.assignRole({
    principal: valueAt(azure, shopCluster, 'addonProfiles', 'azureKeyvaultSecretsProvider', 'identity', 'objectId'),
    role: 'Key Vault Secrets User',
    scope: vault,
  });
}

/** A text below the properties of a resource. */
function valueAt(azure: World['azure'], id: string, ...path: readonly string[]): string {
  const found = ['properties', ...path].reduce<unknown>((value, key) => asObject(value)[key], azure.resource(id));
  if (typeof found !== 'string') throw new Error(`${id} has no ${path.join('.')}.`);
  return found;
}
