import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { clouds } from './clouds.ts';
import { createClusterReader } from './cluster-reader.ts';
import { eagerClock } from './testing/eager-clock.ts';
import { type FakeAnswer, fakeAzure, fakeCredential } from './testing/fake-azure.ts';

const subscription = '00000000-0000-0000-0000-000000000003';
const id = `/subscriptions/${subscription}/resourceGroups/rg-dev/providers/Microsoft.ContainerService/managedClusters/aks-dev`;
const workspace = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/log';

/** As the resource manager answers: nested, and with the spelling of whoever switched an add-on on. */
const cluster = {
  id,
  name: 'aks-dev',
  location: 'westeurope',
  sku: { name: 'Base', tier: 'Standard' },
  identity: { type: 'UserAssigned', userAssignedIdentities: { '/identity': { principalId: 'p', clientId: 'c' } } },
  properties: {
    provisioningState: 'Succeeded',
    powerState: { code: 'Running' },
    kubernetesVersion: '1.35',
    currentKubernetesVersion: '1.35.2',
    dnsPrefix: 'aks-dev',
    fqdn: 'aks-dev.example',
    privateFQDN: 'aks-dev.private.example',
    nodeResourceGroup: 'rg-dev-nodes',
    enableRBAC: true,
    disableLocalAccounts: true,
    aadProfile: { managed: true, enableAzureRBAC: true, adminGroupObjectIDs: ['g1'], tenantID: 't' },
    apiServerAccessProfile: {
      enablePrivateCluster: true,
      enablePrivateClusterPublicFQDN: false,
      privateDNSZone: 'system',
      enableVnetIntegration: true,
      subnetId: '/api-server',
      disableRunCommand: true,
      authorizedIPRanges: ['10.0.0.0/8'],
    },
    diskEncryptionSetID: '/des',
    identityProfile: { kubeletidentity: { objectId: 'nodes' } },
    azureMonitorProfile: { metrics: { enabled: true } },
    metricsProfile: { costAnalysis: { enabled: true } },
    serviceMeshProfile: { mode: 'Istio' },
    ingressProfile: { gatewayAPI: { installation: 'Standard' } },
    autoUpgradeProfile: { upgradeChannel: 'patch', nodeOSUpgradeChannel: 'NodeImage' },
    networkProfile: {
      networkPlugin: 'azure',
      networkPluginMode: 'overlay',
      networkPolicy: 'cilium',
      networkDataplane: 'cilium',
      outboundType: 'loadBalancer',
      loadBalancerSku: 'standard',
      podCidr: '10.244.0.0/16',
      serviceCidr: '10.0.0.0/16',
      dnsServiceIP: '10.0.0.10',
    },
    addonProfiles: {
      omsAgent: { enabled: true, config: { logAnalyticsWorkspaceResourceID: workspace, useAADAuth: 'true' } },
      azurepolicy: { enabled: true },
      azureKeyVaultSecretsProvider: {
        enabled: true,
        config: { enableSecretRotation: 'true', rotationPollInterval: '2m' },
        identity: { objectId: 'secrets' },
      },
    },
    securityProfile: {
      defender: { logAnalyticsWorkspaceResourceId: workspace, securityMonitoring: { enabled: true } },
      imageCleaner: { enabled: true, intervalHours: 48 },
      workloadIdentity: { enabled: true },
    },
    oidcIssuerProfile: { enabled: true, issuerURL: 'https://oidc.example/x/' },
    storageProfile: {
      blobCSIDriver: { enabled: true },
      diskCSIDriver: { enabled: true },
      fileCSIDriver: { enabled: false },
      snapshotController: { enabled: true },
    },
  },
};

const pools = [
  {
    name: 'user',
    properties: {
      mode: 'User',
      vmSize: 'Standard_D4ds_v5',
      count: 1,
      minCount: 1,
      maxCount: 10,
      enableAutoScaling: true,
      availabilityZones: ['3', '1', '2'],
      nodeLabels: { 'node-type': 'user' },
      osDiskSizeGB: 128,
      osDiskType: 'Ephemeral',
      enableEncryptionAtHost: true,
      maxPods: 110,
      upgradeSettings: { maxSurge: '33%', drainTimeoutInMinutes: 30, nodeSoakDurationInMinutes: 5 },
      vnetSubnetID: '/subnet',
      orchestratorVersion: '1.35',
      currentOrchestratorVersion: '1.35.2',
      provisioningState: 'Succeeded',
      powerState: { code: 'Running' },
    },
  },
  {
    name: 'gpu',
    properties: {
      mode: 'User',
      vmSize: 'Standard_NC4as_T4_v3',
      count: 0,
      minCount: 0,
      maxCount: 2,
      enableAutoScaling: true,
      nodeTaints: ['nvidia.com/gpu=true:NoSchedule'],
      gpuProfile: { driver: 'None' },
      scaleSetPriority: 'Spot',
      provisioningState: 'Failed',
    },
  },
];

function start(answer: (url: string, index: number) => FakeAnswer | string) {
  const { requests, httpClient } = fakeAzure((request, index) => answer(request.url, index));
  const clock = eagerClock();
  const reader = createClusterReader(fakeCredential, {
    subscription,
    cloud: clouds.public,
    identity: { name: 'plan identity of environment dev', clientId: 'c1' },
    clock,
    httpClient,
  });
  return { reader, requests, clock };
}

const healthy = (url: string): FakeAnswer => ({
  status: 200,
  body: url.includes('/agentPools') ? { value: pools } : cluster,
});

function refusal(status: number, code: string, message: string): FakeAnswer {
  return { status, body: { error: { code, message } } };
}

describe('createClusterReader', () => {
  test('the cluster and its pools in our words', async () => {
    const { reader, requests } = start(healthy);
    expect(await reader.read('rg-dev', 'aks-dev')).toEqual({
      id,
      name: 'aks-dev',
      location: 'westeurope',
      provisioningState: 'Succeeded',
      powerState: 'Running',
      version: '1.35.2',
      tier: 'Standard',
      dnsPrefix: 'aks-dev',
      nodeResourceGroup: 'rg-dev-nodes',
      host: 'aks-dev.private.example',
      identity: 'UserAssigned',
      identityIds: ['/identity'],
      kubelet: 'nodes',
      private: true,
      publicName: false,
      privateDns: 'system',
      vnetIntegration: { subnet: '/api-server' },
      runCommand: false,
      authorizedRanges: ['10.0.0.0/8'],
      diskEncryptionSet: '/des',
      localAccounts: false,
      rbac: true,
      azureRbac: true,
      entra: true,
      admins: ['g1'],
      network: {
        plugin: 'azure',
        pluginMode: 'overlay',
        policy: 'cilium',
        dataplane: 'cilium',
        outboundType: 'loadBalancer',
        loadBalancerSku: 'standard',
        podCidr: '10.244.0.0/16',
        serviceCidr: '10.0.0.0/16',
        dnsServiceIp: '10.0.0.10',
      },
      upgrades: { cluster: 'patch', nodes: 'NodeImage' },
      features: {
        monitoring: { workspace, entra: true },
        prometheus: true,
        costAnalysis: true,
        defender: { workspace },
        policy: true,
        secretsProvider: { rotation: true, rotationInterval: '2m', principal: 'secrets' },
        imageCleaner: { intervalHours: 48 },
        csi: { blob: true, disk: true, file: false, snapshot: true },
        workloadIdentity: true,
        oidcIssuer: { url: 'https://oidc.example/x/' },
        podIdentity: false,
        serviceMesh: 'Istio',
        gatewayApi: 'Standard',
      },
      pools: [
        {
          name: 'gpu',
          mode: 'User',
          size: 'Standard_NC4as_T4_v3',
          autoscaling: true,
          count: 0,
          min: 0,
          max: 2,
          zones: [],
          labels: {},
          taints: ['nvidia.com/gpu=true:NoSchedule'],
          priority: 'Spot',
          osDiskGb: undefined,
          osDiskType: undefined,
          hostEncryption: false,
          maxPods: undefined,
          upgrade: { surge: undefined, drainMinutes: undefined, soakMinutes: undefined },
          subnet: undefined,
          gpuDriver: 'None',
          scaleDownMode: undefined,
          version: undefined,
          provisioningState: 'Failed',
          powerState: undefined,
        },
        {
          name: 'user',
          mode: 'User',
          size: 'Standard_D4ds_v5',
          autoscaling: true,
          count: 1,
          min: 1,
          max: 10,
          zones: ['1', '2', '3'],
          labels: { 'node-type': 'user' },
          taints: [],
          priority: undefined,
          osDiskGb: 128,
          osDiskType: 'Ephemeral',
          hostEncryption: true,
          maxPods: 110,
          upgrade: { surge: '33%', drainMinutes: 30, soakMinutes: 5 },
          subnet: '/subnet',
          gpuDriver: undefined,
          scaleDownMode: undefined,
          version: '1.35.2',
          provisioningState: 'Succeeded',
          powerState: 'Running',
        },
      ],
    });
    expect(requests.map(({ url }) => new URL(url).pathname)).toEqual([id, `${id}/agentPools`]);
    expect(requests[0]?.headers.get('authorization')).toBe('Bearer token');
  });

  test('everything off', async () => {
    const bare = {
      id,
      name: 'aks-dev',
      location: 'x',
      properties: { azureMonitorProfile: { containerInsights: { enabled: true } } },
    };
    const { reader } = start(url => ({ status: 200, body: url.includes('/agentPools') ? { value: [] } : bare }));
    const live = await reader.read('rg-dev', 'aks-dev');
    expect(live).toMatchObject({
      identity: 'None',
      private: false,
      publicName: true,
      privateDns: undefined,
      vnetIntegration: undefined,
      diskEncryptionSet: undefined,
      runCommand: true,
      localAccounts: true,
      rbac: false,
      admins: [],
      pools: [],
      features: {
        monitoring: { workspace: undefined, entra: true },
        prometheus: false,
        costAnalysis: false,
        defender: undefined,
        policy: false,
        workloadIdentity: false,
      },
    });
  });

  test.each(['ResourceNotFound', 'ResourceGroupNotFound'])('%s: there is none', async code => {
    const { reader } = start(() => refusal(404, code, 'not found'));
    expect(await reader.read('rg-dev', 'aks-dev')).toBeUndefined();
  });

  test('a subscription that is not there is a mistake', async () => {
    const { reader } = start(() => refusal(404, 'SubscriptionNotFound', "The subscription 's' could not be found."));
    await expect(reader.read('rg-dev', 'aks-dev')).rejects.toThrow(/answered 404 .*SubscriptionNotFound/);
  });

  test('403: who lacks which right where', async () => {
    const message = `The client 'o' with object id 'o' does not have authorization to perform action 'Microsoft.ContainerService/managedClusters/read' over scope '${id}' or the scope is invalid.`;
    const { reader, requests } = start(() => refusal(403, 'AuthorizationFailed', message));
    const read = reader.read('rg-dev', 'aks-dev');
    await expect(read).rejects.toBeInstanceOf(UserError);
    await expect(read).rejects.toThrow(
      `The plan identity of environment dev (client id c1) may not perform \`Microsoft.ContainerService/managedClusters/read\` on ${id}.`,
    );
    expect(requests).toHaveLength(1);
  });

  test('429 and 5xx pass, with the pause that Azure asks for', async () => {
    const { reader, requests, clock } = start((url, index) => {
      if (index === 0) return { ...refusal(429, 'TooManyRequests', 'slow'), headers: { 'retry-after': '17' } };
      if (index === 1) return refusal(503, 'ServerBusy', 'busy');
      return healthy(url);
    });
    expect(await reader.read('rg-dev', 'aks-dev')).toMatchObject({ name: 'aks-dev' });
    expect(requests).toHaveLength(4);
    expect(clock.pauses[0]).toBe(17_000);
    expect(clock.pauses).toHaveLength(2);
  });

  test('429 for ever: one message', async () => {
    const { reader, requests } = start(() => refusal(429, 'TooManyRequests', 'The request is throttled.'));
    await expect(reader.read('rg-dev', 'aks-dev')).rejects.toThrow(
      'management.azure.com kept answering 429 while reading the cluster aks-dev: TooManyRequests: The request is throttled. Run it again later.',
    );
    expect(requests).toHaveLength(5);
  });

  test.each([
    ['ECONNRESET', 5],
    ['ENOTFOUND', 1],
  ])('%s is tried %d times', async (code, attempts) => {
    const { reader, requests } = start(() => code);
    await expect(reader.read('rg-dev', 'aks-dev')).rejects.toThrow(/management\.azure\.com could not be reached/);
    expect(requests).toHaveLength(attempts);
  });

  test('a credential that refuses is heard once, as it is', async () => {
    const refused = new UserError({ message: 'cannot sign in' });
    const { requests, httpClient } = fakeAzure(() => ({ status: 200 }));
    const reader = createClusterReader(
      { getToken: () => Promise.reject(refused) },
      { subscription, cloud: clouds.public, identity: { name: 'x', clientId: 'y' }, clock: eagerClock(), httpClient },
    );
    await expect(reader.read('rg-dev', 'aks-dev')).rejects.toBe(refused);
    expect(requests).toHaveLength(0);
  });
});
