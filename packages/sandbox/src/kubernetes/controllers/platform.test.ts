import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { at, type Fields, type KubeObject, list, objects } from '../objects.ts';
import { startTestCluster } from '../testing/cluster.ts';

let cluster: ReturnType<typeof startTestCluster>;
beforeEach(() => {
  cluster = startTestCluster();
});
afterEach(() => cluster.close());

const put = (apiVersion: string, kind: string, name: string, more: Fields = {}, namespace?: string) =>
  cluster.view.put({
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...at(more, 'metadata') },
    ...withoutMetadata(more),
  });
const withoutMetadata = ({ metadata: _, ...rest }: Fields) => rest;
const get = (resource: string, name: string, namespace?: string) =>
  cluster.view.get({ resource, name, ...(namespace === undefined ? {} : { namespace }) });
const condition = (object: KubeObject | undefined, type: string) =>
  objects(at(object, 'status')['conditions']).find(one => one['type'] === type);

const define = (group: string, kind: string, scope: 'Namespaced' | 'Cluster', plural = `${kind.toLowerCase()}s`) =>
  put('apiextensions.k8s.io/v1', 'CustomResourceDefinition', `${plural}.${group}`, {
    spec: {
      group,
      scope,
      names: { plural, kind },
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
const operator = (name: string, image: string, namespace = 'default') =>
  put(
    'apps/v1',
    'Deployment',
    name,
    {
      spec: {
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, image }] } },
      },
    },
    namespace,
  );

describe('definitions', () => {
  test('are established after a moment, serve their types, and take their objects along', async () => {
    define('example.com', 'Widget', 'Namespaced');
    await cluster.pass(0);
    expect(condition(get('customresourcedefinitions', 'widgets.example.com'), 'Established')).toMatchObject({
      status: 'False',
      reason: 'Installing',
    });
    expect(await cluster.call('GET', '/apis/example.com/v1/widgets')).toMatchObject({ status: 404 });
    await cluster.pass();
    expect(condition(get('customresourcedefinitions', 'widgets.example.com'), 'Established')).toMatchObject({
      status: 'True',
    });
    put('example.com/v1', 'Widget', 'a', {}, 'default');
    expect(await cluster.call('GET', '/apis/example.com/v1/namespaces/default/widgets/a')).toMatchObject({
      status: 200,
    });
    await cluster.call('DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com');
    await cluster.pass();
    expect(get('customresourcedefinitions', 'widgets.example.com')).toBeUndefined();
    expect(await cluster.call('GET', '/apis/example.com/v1/widgets')).toMatchObject({ status: 404 });
    define('example.com', 'Widget', 'Namespaced');
    await cluster.pass();
    expect((await cluster.call('GET', '/apis/example.com/v1/widgets')).body['items']).toEqual([]);
  });

  test('with several versions serve every object in each of them', async () => {
    const version = (name: string, storage: boolean) => ({
      name,
      served: true,
      storage,
      schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    });
    put('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'gates.example.com', {
      spec: {
        group: 'example.com',
        scope: 'Cluster',
        names: { plural: 'gates', kind: 'Gate' },
        versions: [version('v1', true), version('v1beta1', false)],
      },
    });
    await cluster.pass();
    await cluster.call('POST', '/apis/example.com/v1beta1/gates', { metadata: { name: 'a' } });
    expect((await cluster.call('GET', '/apis/example.com/v1/gates/a')).body).toMatchObject({
      apiVersion: 'example.com/v1',
      kind: 'Gate',
    });
  });
});

describe('cluster roles', () => {
  test('that are sums of others follow them', async () => {
    await cluster.pass();
    const before = objects(get('clusterroles', 'view')?.['rules']).length;
    expect(before).toBeGreaterThan(5);
    put('rbac.authorization.k8s.io/v1', 'ClusterRole', 'more', {
      metadata: { labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
      rules: [{ apiGroups: ['example.com'], resources: ['widgets'], verbs: ['get'] }],
    });
    await cluster.pass();
    for (const role of ['view', 'edit', 'admin']) {
      expect(get('clusterroles', role)?.['rules']).toContainEqual({
        apiGroups: ['example.com'],
        resources: ['widgets'],
        verbs: ['get'],
      });
    }
  });
});

describe('namespaces', () => {
  test('have a service account and the certificate of the cluster', async () => {
    put('v1', 'Namespace', 'team');
    await cluster.pass();
    expect(get('serviceaccounts', 'default', 'team')).toBeDefined();
    expect(get('configmaps', 'kube-root-ca.crt', 'team')).toBeDefined();
    expect(get('namespaces', 'team')?.metadata.labels).toEqual({ 'kubernetes.io/metadata.name': 'team' });
  });
});

describe('services', () => {
  const service = (spec: Fields) =>
    put(
      'v1',
      'Service',
      'web',
      { spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }], ...spec } },
      'default',
    );
  const pod = (name: string) =>
    put(
      'v1',
      'Pod',
      name,
      {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'main', image: 'web:1', ports: [{ name: 'http', containerPort: 8080 }] }] },
      },
      'default',
    );
  const addresses = (field: string) =>
    objects(get('endpoints', 'web', 'default')?.['subsets']).flatMap(subset =>
      objects(subset[field]).map(one => at(one, 'targetRef')['name']),
    );

  test('know which of their pods are ready', async () => {
    service({});
    pod('one');
    await cluster.pass(100);
    expect([addresses('addresses'), addresses('notReadyAddresses')]).toEqual([[], ['one']]);
    await cluster.pass();
    expect([addresses('addresses'), addresses('notReadyAddresses')]).toEqual([['one'], []]);
    expect(objects(get('endpoints', 'web', 'default')?.['subsets'])[0]?.['ports']).toEqual([
      { port: 8080, protocol: 'TCP' },
    ]);
    const [slice] = cluster.view.list('endpointslices', 'default');
    expect(slice).toMatchObject({
      metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
      endpoints: [{ conditions: { ready: true } }],
      ports: [{ port: 8080 }],
    });
    cluster.view.delete({ resource: 'pods', namespace: 'default', name: 'one' });
    await cluster.pass();
    expect(get('endpoints', 'web', 'default')?.['subsets']).toBeUndefined();
    cluster.view.delete({ resource: 'services', namespace: 'default', name: 'web' });
    await cluster.pass();
    expect([get('endpoints', 'web', 'default'), cluster.view.list('endpointslices', 'default')]).toEqual([
      undefined,
      [],
    ]);
  });

  test.each<[string, Fields, Fields, RegExp]>([
    ['a public one', {}, {}, /^20\.101\./],
    ['an internal one', {}, { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' }, /^10\.224\./],
  ])('of type LoadBalancer get an address: %s', async (_name, spec, annotations, address) => {
    put(
      'v1',
      'Service',
      'web',
      { metadata: { annotations }, spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...spec } },
      'default',
    );
    await cluster.pass();
    const found = get('services', 'web', 'default');
    expect(objects(at(found, 'status', 'loadBalancer')['ingress'])[0]?.['ip']).toMatch(address);
    expect(objects(at(found, 'spec')['ports'])[0]?.['nodePort']).toBe(30_000);
  });
});

describe('claims', () => {
  const claim = (name: string, storageClassName: string | undefined) =>
    put(
      'v1',
      'PersistentVolumeClaim',
      name,
      {
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
          ...(storageClassName === undefined ? {} : { storageClassName }),
        },
      },
      'default',
    );
  const phase = (name: string) => at(get('persistentvolumeclaims', name, 'default'), 'status')['phase'];

  test('are bound at once, with their first pod, or never', async () => {
    claim('file', 'azurefile-csi');
    claim('disk', 'managed-csi');
    claim('preset', undefined);
    claim('lost', 'none');
    await cluster.pass();
    expect([phase('file'), phase('disk'), phase('preset'), phase('lost')]).toEqual([
      'Bound',
      'Pending',
      'Pending',
      'Pending',
    ]);
    expect(cluster.view.events('default')).toContainEqual(
      expect.objectContaining({
        type: 'Warning',
        reason: 'ProvisioningFailed',
        message: 'storageclass.storage.k8s.io "none" not found',
      }),
    );
    expect(at(get('persistentvolumeclaims', 'preset', 'default'), 'spec')['storageClassName']).toBe('default');
    put(
      'v1',
      'Pod',
      'user',
      {
        spec: {
          containers: [{ name: 'a', image: 'a:1' }],
          volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'disk' } }],
        },
      },
      'default',
    );
    await cluster.pass();
    expect(phase('disk')).toBe('Bound');
    expect(
      get('persistentvolumes', String(at(get('persistentvolumeclaims', 'disk', 'default'), 'spec')['volumeName'])),
    ).toMatchObject({ spec: { storageClassName: 'managed-csi' }, status: { phase: 'Bound' } });
    cluster.view.delete({ resource: 'persistentvolumeclaims', namespace: 'default', name: 'file' });
    await cluster.pass();
    expect(cluster.view.list('persistentvolumes')).toHaveLength(1);
  });
});

describe('cert-manager', () => {
  const issuer = (name: string, spec: Fields) => put('cert-manager.io/v1', 'ClusterIssuer', name, { spec });
  const ready = (resource: string, name: string, namespace?: string) =>
    condition(get(resource, name, namespace), 'Ready');

  test('makes issuers and certificates ready while it works', async () => {
    define('cert-manager.io', 'ClusterIssuer', 'Cluster');
    define('cert-manager.io', 'Certificate', 'Namespaced');
    await cluster.pass();
    issuer('self', { selfSigned: {} });
    issuer('acme', { acme: { privateKeySecretRef: { name: 'account' } } });
    issuer('ca', { ca: { secretName: 'root' } });
    put(
      'cert-manager.io/v1',
      'Certificate',
      'web',
      { spec: { secretName: 'web-tls', issuerRef: { kind: 'ClusterIssuer', name: 'ca' } } },
      'default',
    );
    put('v1', 'Namespace', 'cert-manager');
    await cluster.pass();
    expect(ready('clusterissuers', 'self')).toBeUndefined();
    operator('cert-manager', 'quay.io/jetstack/cert-manager-controller:v1.21.1');
    await cluster.pass();
    expect(ready('clusterissuers', 'self')).toMatchObject({ status: 'True', reason: 'IsReady' });
    expect(ready('clusterissuers', 'acme')).toMatchObject({
      status: 'True',
      reason: 'ACMEAccountRegistered',
      observedGeneration: 1,
    });
    expect(ready('clusterissuers', 'ca')).toMatchObject({
      status: 'False',
      reason: 'ErrGetKeyPair',
      message: 'Error getting keypair for CA issuer: secrets "root" not found',
    });
    expect(ready('certificates', 'web', 'default')).toMatchObject({ status: 'False', reason: 'DoesNotExist' });
    put('v1', 'Secret', 'root', { data: {} }, 'cert-manager');
    await cluster.pass();
    expect(ready('clusterissuers', 'ca')).toMatchObject({ status: 'True', reason: 'KeyPairVerified' });
    expect(ready('certificates', 'web', 'default')).toMatchObject({ status: 'True' });
    expect(get('secrets', 'web-tls', 'default')).toMatchObject({ type: 'kubernetes.io/tls' });
  });

  test('gives webhooks the certificate that they ask for', async () => {
    const annotations = { 'cert-manager.io/inject-ca-from-secret': 'cert-manager/ca' };
    const webhooks = [
      {
        name: 'a.example.com',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        clientConfig: { service: { name: 'a', namespace: 'default' } },
      },
    ];
    put('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'a', {
      metadata: { annotations },
      webhooks,
    });
    operator('cainjector', 'quay.io/jetstack/cert-manager-cainjector:v1.21.1');
    await cluster.pass();
    const found = get('validatingwebhookconfigurations', 'a');
    expect(at(objects(found?.['webhooks'])[0], 'clientConfig')['caBundle']).toEqual(expect.any(String));
    expect(list(found?.metadata.managedFields).map(entry => at(entry)['manager'])).toContain('cert-manager-cainjector');
  });
});

describe('the Prometheus operator', () => {
  test.each([
    ['Prometheus', 'prometheuses', 'prometheus', 9090],
    ['Alertmanager', 'alertmanagers', 'alertmanager', 9093],
  ])('runs %s objects as stateful sets', async (kind, plural, name, port) => {
    define('monitoring.coreos.com', kind, 'Namespaced', plural);
    await cluster.pass();
    const storage = {
      volumeClaimTemplate: {
        spec: {
          storageClassName: 'managed-csi',
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
        },
      },
    };
    put(
      'monitoring.coreos.com/v1',
      kind,
      'main',
      { spec: { replicas: 2, storage, tolerations: [{ operator: 'Exists' }] } },
      'default',
    );
    await cluster.pass();
    expect(cluster.view.list('statefulsets')).toEqual([]);
    operator('operator', 'quay.io/prometheus-operator/prometheus-operator:v0.90.0');
    await cluster.pass(10_000);
    expect(get('statefulsets', `${name}-main`, 'default')).toMatchObject({
      spec: { replicas: 2, template: { spec: { tolerations: [{ operator: 'Exists' }] } } },
      status: { readyReplicas: 2 },
    });
    expect(get('services', `${name}-operated`, 'default')).toMatchObject({
      spec: { clusterIP: 'None', ports: [{ port }] },
    });
    expect(cluster.view.list('persistentvolumeclaims').map(({ metadata }) => metadata.name)).toContain(
      `${name}-main-db-${name}-main-0`,
    );
    const server = get(plural, 'main', 'default');
    expect(condition(server, 'Available')).toMatchObject({ status: 'True', observedGeneration: 1 });
    expect(condition(server, 'Reconciled')).toMatchObject({ status: 'True' });
    cluster.view.delete({ resource: plural, namespace: 'default', name: 'main' });
    await cluster.pass();
    expect(cluster.view.list('statefulsets')).toEqual([]);
  });
});

describe('what a controller cannot do', () => {
  test('becomes an event, and the others go on', async () => {
    define('monitoring.coreos.com', 'Prometheus', 'Namespaced', 'prometheuses');
    operator('operator', 'quay.io/prometheus-operator/prometheus-operator:v0.90.0');
    await cluster.pass();
    put('monitoring.coreos.com/v1', 'Prometheus', 'broken', { spec: { containers: [{ name: 'extra' }] } }, 'default');
    put('monitoring.coreos.com/v1', 'Prometheus', 'good', { spec: {} }, 'default');
    await cluster.pass();
    expect(cluster.view.events()).toContainEqual(
      expect.objectContaining({
        reason: 'FailedReconcile',
        message: expect.stringContaining('containers[1].image: Required value'),
      }),
    );
    expect(get('statefulsets', 'prometheus-good', 'default')).toMatchObject({ status: { readyReplicas: 1 } });
  });
});

describe('jobs of kube-webhook-certgen', () => {
  const job = (name: string, args: readonly string[]) =>
    put(
      'batch/v1',
      'Job',
      name,
      {
        spec: {
          template: {
            spec: {
              restartPolicy: 'OnFailure',
              containers: [{ name, image: 'ghcr.io/jkroepke/kube-webhook-certgen:1.8.7', args }],
            },
          },
        },
      },
      'default',
    );

  test('make a secret, and give it to webhooks', async () => {
    const webhooks = [
      {
        name: 'a.example.com',
        failurePolicy: 'Ignore',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        clientConfig: { service: { name: 'a', namespace: 'default' } },
      },
    ];
    put('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'a', { webhooks });
    job('create', ['create', '--namespace=default', '--secret-name=certs']);
    await cluster.pass();
    expect(Object.keys(at(get('secrets', 'certs', 'default'), 'data'))).toEqual(['ca', 'cert', 'key']);
    job('patch', [
      'patch',
      '--webhook-name=a',
      '--namespace=default',
      '--secret-name=certs',
      '--patch-failure-policy=Fail',
    ]);
    await cluster.pass();
    const patched = [{ failurePolicy: 'Fail', clientConfig: { caBundle: expect.any(String) } }];
    expect(objects(get('validatingwebhookconfigurations', 'a')?.['webhooks'])).toMatchObject(patched);
    job('again', [
      'patch',
      '--webhook-name=a',
      '--namespace=default',
      '--secret-name=certs',
      '--patch-failure-policy=',
    ]);
    await cluster.pass();
    expect(objects(get('validatingwebhookconfigurations', 'a')?.['webhooks'])).toMatchObject(patched);
  });
});

test('the job of Argo CD that makes the password of Redis: the Secret that its pods wait for, once', async () => {
  const container = (name: string, more: Fields) => ({
    spec: { containers: [{ name, image: 'registry/argoproj/argocd:v3.4.4', ...more }] },
  });
  const auth = { valueFrom: { secretKeyRef: { name: 'argocd-redis', key: 'auth' } } };
  put('v1', 'Pod', 'redis', container('redis', { env: [{ name: 'AUTH', ...auth }] }), 'default');
  const init = (name: string) => {
    const { spec } = container('secret-init', { command: ['argocd', 'admin', 'redis-initial-password'] });
    put('batch/v1', 'Job', name, { spec: { template: { spec: { ...spec, restartPolicy: 'OnFailure' } } } }, 'default');
  };
  const password = () => at(get('secrets', 'argocd-redis', 'default'), 'data')['auth'];
  await cluster.pass();
  expect(condition(get('pods', 'redis', 'default'), 'Ready')).toMatchObject({ status: 'False' });
  init('install');
  await cluster.pass();
  const made = password();
  expect(Buffer.from(String(made), 'base64').toString()).toMatch(/^[0-9A-Za-z-]{16}$/);
  expect(condition(get('pods', 'redis', 'default'), 'Ready')).toMatchObject({ status: 'True' });
  init('upgrade');
  await cluster.pass();
  expect(password()).toBe(made);
});
