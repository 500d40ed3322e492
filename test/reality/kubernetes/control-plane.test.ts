import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asArray, asObject, asString, type JsonObject } from '@suite/foundation';
import {
  conditionsOf,
  controlPlaneNeeds,
  hasControlPlane,
  kubernetesVersion,
  outcomeAnnotation,
  type RunningControlPlane,
  startControlPlane,
} from '../../support/control-plane.ts';

/** What other tests rely on: a real control plane whose nodes, volumes and Services are played. */
const apps = '/apis/apps/v1/namespaces/default';
const core = '/api/v1/namespaces/default';

let control: RunningControlPlane;

interface Wanted {
  readonly name: string;
  readonly image?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: JsonObject;
}

const podTemplate = ({ name, image = 'registry.example/app:1', annotations = {}, spec = {} }: Wanted) => ({
  metadata: { labels: { app: name }, annotations },
  spec: { containers: [{ name: 'app', image, ports: [{ name: 'web', containerPort: 8443 }] }], ...spec },
});

const workload = (kind: string, wanted: Wanted, more: JsonObject = {}) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: wanted.name },
  spec: { selector: { matchLabels: { app: wanted.name } }, template: podTemplate(wanted), ...more },
});

const service = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: name }, ports: [{ name: 'https', port: 443, targetPort: 'web' }] },
});

const statusOf = (object: JsonObject) => asObject(object['status']);

/** The only pod of a workload, once `check` holds. */
async function podOf(name: string, check: (status: JsonObject) => boolean): Promise<JsonObject> {
  const list = await control.api.until(`${core}/pods?labelSelector=app%3D${name}`, ({ items }) =>
    asArray(items).some(item => check(statusOf(asObject(item)))),
  );
  return asObject(asArray(list['items'])[0]);
}

async function eventsOf(pod: JsonObject): Promise<(readonly [type: unknown, reason: unknown, message: string])[]> {
  const { name } = asObject(pod['metadata']);
  const events = await control.api.list(`${core}/events?fieldSelector=involvedObject.name%3D${name}`);
  return events.map(asObject).map(event => [event['type'], event['reason'], asString(event['message']) ?? ''] as const);
}

function conditionOf(object: JsonObject, type: string): JsonObject {
  return (
    asArray(statusOf(object)['conditions'])
      .map(asObject)
      .find(condition => condition['type'] === type) ?? {}
  );
}

(hasControlPlane ? describe : describe.skip)(controlPlaneNeeds, () => {
  beforeAll(async () => {
    control = await startControlPlane();
  });
  afterAll(() => control?.stop());

  test('says its version, and has nodes as AKS labels them', async () => {
    expect(await control.api.get('/version')).toMatchObject({
      major: '1',
      minor: '34',
      gitVersion: `v${kubernetesVersion}`,
    });
    const nodes = (await control.api.list('/api/v1/nodes')).map(asObject);
    expect(nodes.map(node => conditionOf(node, 'Ready')['status'])).toEqual(['True', 'True', 'True']);
    expect(nodes[0]).toMatchObject({
      metadata: {
        name: 'aks-system-00000000-vmss000000',
        labels: { 'kubernetes.azure.com/mode': 'system', 'topology.kubernetes.io/zone': 'westeurope-1' },
      },
      spec: { taints: [{ key: 'CriticalAddonsOnly', value: 'true', effect: 'NoSchedule' }] },
      status: { allocatable: { cpu: '1900m', memory: '6Gi', pods: '250' } },
    });
  });

  test('a Deployment rolls out, away from tainted nodes', async () => {
    await control.api.create(`${apps}/deployments`, workload('Deployment', { name: 'web' }, { replicas: 4 }));
    const rolled = await control.api.until(`${apps}/deployments/web`, one => statusOf(one)['readyReplicas'] === 4);
    expect(conditionOf(rolled, 'Available')['status']).toBe('True');
    const pods = (await control.api.list(`${core}/pods?labelSelector=app%3Dweb`)).map(asObject);
    const nodes = new Set(pods.map(pod => asObject(pod['spec'])['nodeName']));
    expect([...nodes].sort()).toEqual(['aks-user-00000000-vmss000000', 'aks-user-00000000-vmss000001']);
    const addresses = pods.map(pod => statusOf(pod)['podIP']);
    expect(new Set(addresses).size).toBe(4);
  });

  test('a DaemonSet runs where its tolerations let it', async () => {
    const tolerations = [{ operator: 'Exists' }];
    const wanted = { name: 'agent', spec: { tolerations, hostNetwork: true } };
    await control.api.create(`${apps}/daemonsets`, workload('DaemonSet', wanted));
    await control.api.until(`${apps}/daemonsets/agent`, one => statusOf(one)['numberReady'] === 3);
  });

  test('a StatefulSet gets its volumes, and deleting a claim deletes the volume', async () => {
    const claim = {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    };
    const set = workload(
      'StatefulSet',
      { name: 'db' },
      { replicas: 2, serviceName: 'db', volumeClaimTemplates: [claim] },
    );
    await control.api.create(`${apps}/statefulsets`, set);
    await control.api.until(`${apps}/statefulsets/db`, one => statusOf(one)['readyReplicas'] === 2);
    const bound = await control.api.get(`${core}/persistentvolumeclaims/data-db-0`);
    expect(bound).toMatchObject({ spec: { storageClassName: 'default' }, status: { phase: 'Bound' } });
    await control.api.call('DELETE', `${apps}/statefulsets/db`);
    await control.api.until(`${core}/pods?labelSelector=app%3Ddb`, ({ items }) => asArray(items).length === 0);
    await control.api.call('DELETE', `${core}/persistentvolumeclaims/data-db-0`);
    await control.api.call('DELETE', `${core}/persistentvolumeclaims/data-db-1`);
    await control.api.until('/api/v1/persistentvolumes', ({ items }) => asArray(items).length === 0);
  });

  test.each([
    { name: 'done', annotations: {}, condition: 'Complete' },
    { name: 'broken', annotations: { [outcomeAnnotation]: 'fail' }, condition: 'Failed' },
  ])('a Job: $condition', async ({ name, annotations, condition }) => {
    await control.api.create('/apis/batch/v1/namespaces/default/jobs', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name },
      spec: { backoffLimit: 0, template: podTemplate({ name, annotations, spec: { restartPolicy: 'Never' } }) },
    });
    await control.api.until(
      `/apis/batch/v1/namespaces/default/jobs/${name}`,
      job => conditionOf(job, condition)['status'] === 'True',
    );
  });

  test.each([
    ['asks for too much', { resources: { requests: { memory: '64Gi' } } }, {}, 'Insufficient memory'],
    ['wants another pool', {}, { nodeSelector: { agentpool: 'gpu' } }, "didn't match Pod's node affinity/selector"],
  ])('a pod that %s stays pending, with its event', async (_, container, spec, message) => {
    const name = `pending-${Object.keys(spec).length}`;
    await control.api.create(`${core}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels: { app: name } },
      spec: { containers: [{ name: 'app', image: 'registry.example/app:1', ...container }], ...spec },
    });
    const pod = await podOf(name, ({ phase, conditions }) => phase === 'Pending' && conditions !== undefined);
    expect(conditionOf(pod, 'PodScheduled')).toMatchObject({ status: 'False', reason: 'Unschedulable' });
    await control.api.until(`${core}/events?fieldSelector=involvedObject.name%3D${name}`, ({ items }) =>
      asArray(items).some(event => asObject(event)['reason'] === 'FailedScheduling'),
    );
    const [[type, , text] = []] = await eventsOf(pod);
    expect([type, text]).toEqual(['Warning', expect.stringContaining(message)]);
  });

  test.each([
    { by: 'its registry', image: 'missing.invalid/team/app:1', annotations: {} },
    { by: 'an annotation', image: 'registry.example/app:2', annotations: { [outcomeAnnotation]: 'image-pull' } },
  ])('an image that cannot be pulled, by $by, looks as on a kubelet', async ({ image, annotations }) => {
    const name = image.startsWith('missing') ? 'unpullable' : 'not-pulled';
    await control.api.create(`${apps}/deployments`, workload('Deployment', { name, image, annotations }));
    const pod = await podOf(name, ({ containerStatuses }) => containerStatuses !== undefined);
    expect(pod).toMatchObject({
      status: {
        phase: 'Pending',
        containerStatuses: [
          {
            ready: false,
            state: { waiting: { reason: 'ImagePullBackOff', message: expect.stringContaining(`"${image}"`) } },
          },
        ],
      },
    });
    expect(conditionOf(pod, 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [app]',
    });
    expect(await eventsOf(pod)).toEqual(
      expect.arrayContaining([
        ['Normal', 'Pulling', `Pulling image "${image}"`],
        ['Warning', 'Failed', expect.stringMatching(/^Failed to pull image ".*": rpc error: code = NotFound/)],
        ['Warning', 'Failed', 'Error: ErrImagePull'],
        ['Normal', 'BackOff', `Back-off pulling image "${image}"`],
      ]),
    );
  });

  test('a pod that never gets ready is repaired by an annotation, and broken again', async () => {
    const annotations = { [outcomeAnnotation]: 'never-ready' };
    await control.api.create(`${apps}/deployments`, workload('Deployment', { name: 'slow', annotations }));
    const pod = await podOf('slow', ({ phase }) => phase === 'Running');
    expect(conditionOf(pod, 'Ready')).toMatchObject({ status: 'False', reason: 'ContainersNotReady' });
    const path = `${core}/pods/${asObject(pod['metadata'])['name']}`;
    for (const [outcome, ready] of [
      [null, 'True'],
      ['crash', 'False'],
      [null, 'True'],
    ] as const) {
      await control.api.call('PATCH', path, { metadata: { annotations: { [outcomeAnnotation]: outcome } } });
      await control.api.until(path, one => conditionOf(one, 'Ready')['status'] === ready);
    }
    // kwok tells what has happened beside what it does.
    for (const wanted of ['Unhealthy', 'BackOff']) {
      while (!(await eventsOf(pod)).some(([, reason]) => reason === wanted)) await sleep(25);
    }
  });

  test("a test answers for a Service, through the API server's proxy, while a pod is ready", async () => {
    const proxied = `${core}/services/https:site:443/proxy/-/ready?verbose=1`;
    await control.api.create(`${core}/services`, service('site'));
    // 404 while there is not even a list of endpoints.
    expect([404, 503]).toContain((await control.api.call('GET', proxied)).status);
    await control.api.create(`${apps}/deployments`, workload('Deployment', { name: 'site' }));
    await control.api.until(`${apps}/deployments/site`, one => statusOf(one)['readyReplicas'] === 1);
    await control.api.until(
      '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dsite',
      ({ items }) => JSON.stringify(items).includes('"ready":true'),
    );
    expect(await control.api.call('GET', proxied)).toMatchObject({
      status: 503,
      body: { message: expect.stringContaining('No test answers for default/site:443.') },
    });
    const end = control.serve({
      namespace: 'default',
      name: 'site',
      answer: (request, response) => void response.end(`I am ${request.url}`),
    });
    expect(await control.api.call('GET', proxied)).toEqual({ status: 200, body: 'I am /-/ready?verbose=1' });
    expect(await control.api.call('GET', proxied.replace('https:', ''))).toMatchObject({ status: 200 });
    end();
    expect((await control.api.call('GET', proxied)).status).toBe(503);
  });

  test('the API server asks a webhook that a test serves', async () => {
    await control.api.create(`${core}/services`, service('hook'));
    const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }];
    const webhook = (name: string) => ({
      name,
      rules,
      clientConfig: { service: { namespace: 'default', name: 'hook', path: '/review', port: 443 } },
      objectSelector: { matchLabels: { review: 'yes' } },
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
    });
    const admission = '/apis/admissionregistration.k8s.io/v1';
    await control.api.create(`${admission}/validatingwebhookconfigurations`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'hook' },
      webhooks: [webhook('validate.hook.example')],
    });
    const configMap = (name: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, labels: { review: 'yes' } },
    });
    const create = async (name: string) => {
      const { status, body } = await control.api.call('POST', `${core}/configmaps`, configMap(name));
      return [status, asObject(body)['message']];
    };
    // The API server learns of the configuration a moment after it was made.
    const refused = async (text: string) => {
      for (let attempt = 0; attempt < 200; attempt += 1) {
        const answer = await create(`early-${attempt}`);
        if (answer[0] !== 201) return expect(answer).toEqual([500, expect.stringContaining(text)]);
        await sleep(25);
      }
      throw new Error('The API server never asked the webhook.');
    };
    await refused('The Service default/hook has no ready pod.');
    await control.api.create(`${apps}/deployments`, workload('Deployment', { name: 'hook' }));
    await control.api.until(
      '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dhook',
      ({ items }) => JSON.stringify(items).includes('"ready":true'),
    );
    await refused('No test answers for default/hook:443.');
    const asked: unknown[] = [];
    control.serveWebhook({
      namespace: 'default',
      name: 'hook',
      review: request => {
        asked.push([request['operation'], request['name']]);
        return request['name'] === 'bad' ? { allowed: false, message: 'not this one' } : { allowed: true };
      },
    });
    expect(await create('good')).toEqual([201, undefined]);
    expect(await create('bad')).toEqual([
      403,
      'admission webhook "validate.hook.example" denied the request: not this one',
    ]);
    expect(asked).toEqual([
      ['CREATE', 'good'],
      ['CREATE', 'bad'],
    ]);
  });

  test('containers print what a test says', async () => {
    await control.api.create(`${core}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'speaker', labels: { app: 'speaker' } },
      spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] },
    });
    await podOf('speaker', ({ phase }) => phase === 'Running');
    control.serveLogs(({ namespace, pod, container, previous }) =>
      pod === 'speaker' ? `${namespace} ${container} ${previous}\n` : undefined,
    );
    expect((await control.api.call('GET', `${core}/pods/speaker/log`)).body).toBe('default app false\n');
    expect((await control.api.call('GET', `${core}/pods/speaker/log?previous=true`)).body).toBe('default app true\n');
  });

  test('a test does what an operator would do, once its custom resources are there', async () => {
    const widgets = '/apis/example.org/v1/widgets';
    control.operate({
      resources: widgets,
      reconcile: (object, api) =>
        api.call('PATCH', `${widgets}/${asObject(object['metadata'])['name']}/status`, {
          status: { conditions: conditionsOf(object, 'Ready') },
        }),
    });
    await control.api.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.org' },
      spec: {
        group: 'example.org',
        scope: 'Cluster',
        names: { kind: 'Widget', plural: 'widgets' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            subresources: { status: {} },
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    });
    await control.api.until(widgets, () => true);
    for (const name of ['one', 'two']) {
      await control.api.create(widgets, { apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name } });
      const ready = await control.api.until(
        `${widgets}/${name}`,
        one => conditionOf(one, 'Ready')['status'] === 'True',
      );
      expect(conditionOf(ready, 'Ready')).toMatchObject({ observedGeneration: 1 });
    }
    await control.api.call('PATCH', `${widgets}/one`, { spec: { size: 2 } });
    await control.api.until(`${widgets}/one`, one => conditionOf(one, 'Ready')['observedGeneration'] === 2);
  });

  test('a deleted namespace goes, with what is in it', async () => {
    await control.api.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'gone' } });
    await control.api.create('/apis/apps/v1/namespaces/gone/deployments', workload('Deployment', { name: 'web' }));
    await control.api.until(
      '/apis/apps/v1/namespaces/gone/deployments/web',
      one => statusOf(one)['readyReplicas'] === 1,
    );
    await control.api.call('DELETE', '/api/v1/namespaces/gone');
    await control.api.until('/api/v1/namespaces', ({ items }) => !JSON.stringify(items).includes('"gone"'));
  });
});

(hasControlPlane ? describe : describe.skip)(`the end of ${controlPlaneNeeds}`, () => {
  /** Every process that names the folder of a control plane. */
  const processesOf = (directory: string) =>
    readdirSync('/proc').filter(pid => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(directory);
      } catch {
        return false; // it has just ended
      }
    });

  test('who starts one and is killed leaves no process and no file', async () => {
    const script = `
      const { startControlPlane } = await import(process.argv[1]);
      const control = await startControlPlane({ nodes: [] });
      console.log(control.directory);
      setInterval(() => undefined, 1000);`;
    const child = spawn(
      process.execPath,
      [
        '--conditions=source',
        '--input-type=module',
        '-e',
        script,
        join(import.meta.dirname, '../../support/control-plane.ts'),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [directory] = (await once(createInterface(child.stdout), 'line')) as [string];
    expect(processesOf(directory).length).toBeGreaterThanOrEqual(5);
    child.kill('SIGKILL');
    await once(child, 'exit');
    while (processesOf(directory).length > 0 || existsSync(directory)) {
      await sleep(50);
    }
  });
});
