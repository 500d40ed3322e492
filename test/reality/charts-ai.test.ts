import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asObject } from '@suite/foundation';
import { type Helm, type ManifestObject, parseManifests } from '@suite/helm';
import { startWorld, type World } from '@suite/sandbox';
import { helmNeeds, helmOnPath, openHelm } from '../support/helm.ts';

/** The real Helm pulls the sandbox's charts for machine learning and GPUs, and renders them. */
const withHelm = helmOnPath === undefined ? describe.skip : describe;

withHelm(`the sandbox's charts for machine learning and GPUs and ${helmNeeds}`, () => {
  let folder: string;
  let world: World;
  let helm: Helm;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'charts-ai-'));
    world = await startWorld({ directory: join(folder, 'world') });
    helm = openHelm(join(folder, 'helm'), world.networkEnvironment());
  });
  afterAll(async () => {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  });

  const render = async (name: string, values: Record<string, unknown>) => {
    const { url, version, digest } = world.charts.find(name);
    const chart = await helm.pull({ kind: 'http', repository: url, name, version, digest });
    const options = { chart, release: name, namespace: 'ai-tools', values, kubeVersion: '1.34.4', apiVersions: [] };
    return parseManifests(await helm.template({ ...options, includeCrds: true }));
  };
  const find = (objects: readonly ManifestObject[], kind: string, name: string) => {
    const found = objects.find(one => one.kind === kind && one.name === name);
    if (found === undefined) throw new Error(`There is no ${kind} ${name}.`);
    return asObject(found.object);
  };

  test.each([
    ['jupyterhub', { hub: { extraEnvs: {} } }, 'hub.extraEnvs'],
    ['jupyterhub', { singleuser: { startTimeOut: 1 } }, 'singleuser.startTimeOut'],
    ['jupyterhub', { hub: { config: { jupyterHub: {} } } }, 'hub.config.jupyterHub'],
    ['mlflow', { backendStores: {} }, 'backendStores'],
    ['mlflow', { artifactRoot: { azureBlob: { containers: 'x' } } }, 'artifactRoot.azureBlob.containers'],
  ])('%s knows no %j', async (name, values, path) => {
    await expect(render(name, values)).rejects.toThrow(`${name} has no value \`${path}\``);
  });

  test.each([
    ['gpu-operator', { drivers: { enabled: false } }, 'ClusterPolicy', 'cluster-policy'],
    ['nvidia-device-plugin', { nodeSelectors: {} }, 'DaemonSet', 'nvidia-device-plugin'],
    ['dcgm-exporter', { monitor: true }, 'DaemonSet', 'dcgm-exporter'],
  ])('%s takes a typo without a word', async (name, values, kind, object) => {
    expect(find((await render(name, values)).objects, kind, object)).toMatchObject({ kind });
  });

  test('jupyterhub: a public load balancer unless somebody says otherwise; tokens anew at every rendering', async () => {
    const [one, other] = [
      await render('jupyterhub', {}),
      await render('jupyterhub', { proxy: { service: { type: 'ClusterIP' } } }),
    ];
    expect(find(one.objects, 'Service', 'proxy-public')).toMatchObject({ spec: { type: 'LoadBalancer' } });
    expect(find(other.objects, 'Service', 'proxy-public')).toMatchObject({ spec: { type: 'ClusterIP' } });
    const token = ({ objects }: typeof one) =>
      asObject(find(objects, 'Secret', 'hub')['data'])['hub.config.ConfigurableHTTPProxy.auth_token'];
    expect(token(one)).not.toBe(token(other));
  });

  test('the device plugin keeps its affinity under an empty block, and loses it to null', async () => {
    const affinityOf = async (affinity: unknown) => {
      const { objects } = await render('nvidia-device-plugin', { affinity });
      const { spec } = asObject(find(objects, 'DaemonSet', 'nvidia-device-plugin')['spec'])['template'] as {
        spec: object;
      };
      return asObject(spec)['affinity'];
    };
    expect(await affinityOf({})).toHaveProperty('nodeAffinity');
    expect(await affinityOf(null)).toBeUndefined();
  });

  test('the device plugin brings a DaemonSet for nodes that somebody marks, whether or not anybody does', async () => {
    const { objects } = await render('nvidia-device-plugin', { affinity: null, nodeSelector: { 'node-type': 'ai' } });
    expect(find(objects, 'DaemonSet', 'nvidia-device-plugin-mps-control-daemon')).toMatchObject({
      spec: {
        template: { spec: { nodeSelector: { 'node-type': 'ai', 'nvidia.com/mps.capable': 'true' } } },
      },
    });
  });

  test('mlflow: an upgrade without a cluster to ask is refused for its passwords', async () => {
    const { url, version, digest } = world.charts.find('mlflow');
    const chart = await helm.pull({ kind: 'http', repository: url, name: 'mlflow', version, digest });
    const options = { chart, release: 'mlflow', namespace: 'ai-tools', kubeVersion: '1.34.4', apiVersions: [] };
    const values = { postgresql: { enabled: true } };
    await expect(helm.template({ ...options, values, isUpgrade: true })).rejects.toThrow(/PASSWORDS ERROR/);
    expect(await helm.template({ ...options, values })).toContain('name: mlflow-postgresql');
  });

  test('the operator leaves driver and toolkit alone', async () => {
    const { objects } = await render('gpu-operator', {
      driver: { enabled: false },
      toolkit: { enabled: false },
      operator: { runtimeClass: 'nvidia-container-runtime' },
    });
    expect(objects.map(({ kind, name }) => `${kind} ${name}`)).toContain(
      'CustomResourceDefinition clusterpolicies.nvidia.com',
    );
    expect(find(objects, 'ClusterPolicy', 'cluster-policy')).toMatchObject({
      spec: {
        driver: { enabled: false },
        toolkit: { enabled: false },
        operator: { runtimeClass: 'nvidia-container-runtime' },
      },
    });
  });
});
