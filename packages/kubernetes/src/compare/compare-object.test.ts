import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../objects.ts';
import { compareObject, compareRendered, type ObjectChange } from './compare-object.ts';
import { createDefinitions } from './definition-rules.ts';

type Fields = Readonly<Record<string, unknown>>;
const managers = ['helm', 'Helm'];

const object = (apiVersion: string, kind: string, fields: Fields, metadata: Fields = {}): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: 'web', namespace: 'shop', ...metadata },
  ...fields,
});

function compare(rendered: KubernetesObject, live: KubernetesObject): ObjectChange {
  return compareObject({ rendered, live, managers });
}

/** `path: before → after` */
function changes(rendered: KubernetesObject, live: KubernetesObject): string[] {
  return compare(rendered, live).fields.map(
    ({ path, before, after }) => `${path}: ${JSON.stringify(before) ?? '-'} → ${JSON.stringify(after) ?? '-'}`,
  );
}

const deployment = (pod: Fields, spec: Fields = {}, metadata: Fields = {}) =>
  object('apps/v1', 'Deployment', { spec: { ...spec, template: { spec: pod } } }, metadata);
const container = (fields: Fields) => deployment({ containers: [{ name: 'web', ...fields }] });
const custom = (spec: Fields) => object('monitoring.coreos.com/v1', 'Prometheus', { spec });
const podPath = 'spec.template.spec';

describe('what is the same to the API server', () => {
  test.each<[string, KubernetesObject, KubernetesObject]>([
    ['null and nothing', container({ args: null }), container({})],
    ['an empty list', container({ args: [] }), container({})],
    ['an empty map of labels', deployment({}, {}, { labels: {} }), deployment({})],
    ['an empty text', container({ workingDir: '' }), container({})],
    [
      'an empty text where a default stands',
      container({ imagePullPolicy: '' }),
      container({ imagePullPolicy: 'Always' }),
    ],
    ['a flag that is dropped', deployment({ hostNetwork: false }), deployment({})],
    ['a number that is dropped', deployment({}, { minReadySeconds: 0 }), deployment({})],
    [
      'a zero that a default fills',
      container({ readinessProbe: { timeoutSeconds: 0 } }),
      container({ readinessProbe: { timeoutSeconds: 1 } }),
    ],
    [
      'milli and whole',
      container({ resources: { limits: { cpu: '1000m' } } }),
      container({ resources: { limits: { cpu: '1' } } }),
    ],
    [
      'a number and a text',
      container({ resources: { limits: { cpu: 2 } } }),
      container({ resources: { limits: { cpu: '2' } } }),
    ],
    [
      'binary suffixes',
      container({ resources: { requests: { memory: '1024Mi' } } }),
      container({ resources: { requests: { memory: '1Gi' } } }),
    ],
    [
      'a port without its protocol',
      container({ ports: [{ containerPort: 80, name: 'http' }] }),
      container({
        ports: [
          { containerPort: 443, protocol: 'TCP' },
          { containerPort: 80, name: 'http', protocol: 'TCP' },
        ],
      }),
    ],
    [
      'items in another order, and of others',
      container({
        env: [
          { name: 'B', value: '2' },
          { name: 'A', value: '1' },
        ],
      }),
      container({ env: [{ name: 'X' }, { name: 'A', value: '1' }, { name: 'B', value: '2' }] }),
    ],
    [
      'a default within an atomic list',
      object('networking.k8s.io/v1', 'NetworkPolicy', { spec: { ingress: [{ ports: [{ port: 80 }] }] } }),
      object('networking.k8s.io/v1', 'NetworkPolicy', {
        spec: { ingress: [{ ports: [{ port: 80, protocol: 'TCP' }] }] },
      }),
    ],
    [
      'a volume claim template that the server filled',
      object('apps/v1', 'StatefulSet', {
        spec: {
          volumeClaimTemplates: [
            { metadata: { name: 'data' }, spec: { resources: { requests: { storage: '1024Mi' } } } },
          ],
        },
      }),
      object('apps/v1', 'StatefulSet', {
        spec: {
          volumeClaimTemplates: [
            {
              apiVersion: 'v1',
              kind: 'PersistentVolumeClaim',
              metadata: { name: 'data', creationTimestamp: null },
              spec: { volumeMode: 'Filesystem', resources: { requests: { storage: '1Gi' } } },
              status: { phase: 'Pending' },
            },
          ],
        },
      }),
    ],
    [
      'the subject of a binding',
      object('rbac.authorization.k8s.io/v1', 'RoleBinding', { subjects: [{ kind: 'User', name: 'a' }] }),
      object('rbac.authorization.k8s.io/v1', 'RoleBinding', {
        subjects: [{ kind: 'User', name: 'a', apiGroup: 'rbac.authorization.k8s.io' }],
      }),
    ],
    [
      "Helm's own label and annotations",
      deployment({}, {}, { labels: { 'app.kubernetes.io/managed-by': 'tiller' } }),
      deployment(
        {},
        {},
        {
          labels: { 'app.kubernetes.io/managed-by': 'Helm' },
          annotations: { 'meta.helm.sh/release-name': 'web' },
        },
      ),
    ],
    [
      'a certificate that cert-manager injects',
      object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {
        webhooks: [{ name: 'a', clientConfig: { caBundle: 'Cg==' } }],
      }),
      object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {
        webhooks: [{ name: 'a', clientConfig: { caBundle: 'AAAA' } }],
      }),
    ],
    [
      "a selector that AKS' enforcer rewrote",
      object('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', {
        webhooks: [{ name: 'a', namespaceSelector: { matchExpressions: [{ key: 'x', operator: 'Exists' }] } }],
      }),
      object('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', {
        webhooks: [
          {
            name: 'a',
            namespaceSelector: {
              matchExpressions: [
                { key: 'x', operator: 'Exists' },
                { key: 'control-plane', operator: 'NotIn', values: ['true'] },
                { key: 'kubernetes.azure.com/managedby', operator: 'NotIn', values: ['aks'] },
              ],
            },
          },
        ],
      }),
    ],
    [
      'a secret written in clear',
      object('v1', 'Secret', { stringData: { a: 'x' }, data: { b: 'eA\n==' } }),
      object('v1', 'Secret', { data: { a: 'eA==', b: 'eA==' } }),
    ],
    [
      'a version of the same kind',
      object('autoscaling/v2beta2', 'HorizontalPodAutoscaler', { spec: { minReplicas: 1 } }),
      object('autoscaling/v2', 'HorizontalPodAutoscaler', { spec: { minReplicas: 1 }, status: {} }),
    ],
    ['null in a custom resource', custom({ image: null }), custom({})],
  ])('%s', (_, rendered, live) => {
    expect(compare(rendered, live)).toMatchObject({ kind: 'none', fields: [] });
  });
});

describe('what differs', () => {
  test.each<[string, KubernetesObject, KubernetesObject, string[]]>([
    [
      'a flag that is kept',
      deployment({ automountServiceAccountToken: false }),
      deployment({}),
      [`${podPath}.automountServiceAccountToken: - → false`],
    ],
    ['an empty struct', deployment({ affinity: {} }), deployment({}), [`${podPath}.affinity: - → {}`]],
    [
      'a number and a text of a port',
      object('v1', 'Service', { spec: { ports: [{ port: 80, targetPort: '80' }] } }),
      object('v1', 'Service', { spec: { ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] } }),
      ['spec.ports[80/TCP].targetPort: 80 → "80"'],
    ],
    [
      'a value that becomes empty',
      container({ env: [{ name: 'A', value: '' }] }),
      container({ env: [{ name: 'A', value: 'x' }] }),
      [`${podPath}.containers[web].env[A].value: "x" → ""`],
    ],
    [
      'an argument',
      container({ args: ['a', 'b'] }),
      container({ args: ['a', 'c'] }),
      [`${podPath}.containers[web].args[1]: "c" → "b"`],
    ],
    [
      'a list of another length',
      container({ args: ['a'] }),
      container({ args: ['a', 'c'] }),
      [`${podPath}.containers[web].args: ["a","c"] → ["a"]`],
    ],
    [
      'a new item',
      container({ env: [{ name: 'A', value: '1' }] }),
      container({ env: [] }),
      [`${podPath}.containers[web].env[A]: - → {"name":"A","value":"1"}`],
    ],
    [
      'a key of an atomic map',
      deployment({ nodeSelector: { a: '1' } }),
      deployment({ nodeSelector: { a: '1', b: '2' } }),
      [`${podPath}.nodeSelector.b: "2" → -`],
    ],
    [
      'a field of an atomic list',
      deployment({ tolerations: [{ key: 'a' }] }),
      deployment({ tolerations: [{ key: 'a', effect: 'NoSchedule' }] }),
      [`${podPath}.tolerations[0].effect: "NoSchedule" → -`],
    ],
    [
      'a selector',
      object('v1', 'Service', { spec: { selector: { app: 'a' } } }),
      object('v1', 'Service', { spec: { selector: { app: 'a', color: 'blue' } } }),
      ['spec.selector.color: "blue" → -'],
    ],
    [
      'the same name twice',
      container({
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      }),
      container({ env: [{ name: 'A', value: '1' }] }),
      [`${podPath}.containers[web].env[A]: - → {"name":"A","value":"2"}`],
    ],
    [
      'an empty value of a map',
      object('v1', 'ConfigMap', { data: { 'a.b': '' } }),
      object('v1', 'ConfigMap', {}),
      ['data: - → {"a.b":""}'],
    ],
    [
      'an empty selector of a custom resource',
      custom({ serviceMonitorSelector: {} }),
      custom({}),
      ['spec.serviceMonitorSelector: - → {}'],
    ],
    [
      'a quantity of a custom resource, which is a text',
      custom({ cpu: '1000m' }),
      custom({ cpu: '1' }),
      ['spec.cpu: "1" → "1000m"'],
    ],
    [
      'a finalizer',
      object('v1', 'ConfigMap', {}, { finalizers: ['a/b'] }),
      object('v1', 'ConfigMap', {}, { finalizers: ['c/d'] }),
      ['metadata.finalizers: ["c/d"] → ["a/b"]'],
    ],
    [
      'a label with a strange name',
      object('v1', 'ConfigMap', {}, { labels: { 'a.b/c': 'x', __proto__x: 'y' } }),
      object('v1', 'ConfigMap', {}),
      ['metadata.labels: - → {"a.b/c":"x","__proto__x":"y"}'],
    ],
    [
      'a secret, which is not shown',
      object('v1', 'Secret', { stringData: { a: 'x', b: 'y' } }),
      object('v1', 'Secret', { data: { a: 'eQ==' } }),
      ['data.a: "(sensitive)" → "(sensitive)"', 'data.b: - → "(sensitive)"'],
    ],
    [
      'an argument after a flag for a password',
      container({ args: ['--password', 'x'] }),
      container({ args: ['--password', 'y'] }),
      [`${podPath}.containers[web].args[1]: "(sensitive)" → "(sensitive)"`],
    ],
  ])('%s', (_, rendered, live, expected) => {
    expect(changes(rendered, live)).toEqual(expected);
  });
});

describe('what is rendered no more', () => {
  const entry = (manager: string, operation: string, fieldsV1: Fields, more: Fields = {}) => ({
    manager,
    operation,
    apiVersion: 'apps/v1',
    fieldsV1,
    ...more,
  });
  const inContainers = (fields: Fields) => ({ 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': fields } } } });
  const owned = inContainers({
    'k:{"name":"web"}': { '.': {}, 'f:name': {}, 'f:image': {}, 'f:resources': { 'f:limits': { 'f:cpu': {} } } },
    'k:{"name":"sidecar"}': { '.': {}, 'f:name': {} },
  });
  const live = (...managedFields: unknown[]) =>
    deployment(
      { containers: [{ name: 'web', image: 'a', resources: { limits: { cpu: '1' } } }, { name: 'sidecar' }] },
      {},
      { managedFields, labels: { x: '1' } },
    );
  const rendered = container({ image: 'a' });

  test('goes when Helm owns it by apply', () => {
    expect(changes(rendered, live(entry('helm', 'Apply', owned)))).toEqual([
      `${podPath}.containers[web].resources.limits.cpu: "1" → -`,
      `${podPath}.containers[sidecar]: {"name":"sidecar"} → -`,
    ]);
  });

  test.each<[string, readonly unknown[]]>([
    ['somebody else', [entry('kubectl', 'Apply', owned)]],
    ['Helm and somebody else', [entry('helm', 'Apply', owned), entry('kubectl', 'Update', owned)]],
    [
      'what Helm writes by itself',
      [entry('helm', 'Apply', { 'f:metadata': { 'f:labels': { 'f:app.kubernetes.io/managed-by': {} } } })],
    ],
    [
      'nonsense',
      [entry('helm', 'Apply', { 'f:spec': 'x', 'k:{': {}, 'v:"a"': {} }), entry('helm', 'Apply', null as never)],
    ],
  ])('stays when it is owned by %s', (_, entries) => {
    expect(changes(rendered, live(...entries))).toEqual([]);
  });

  test('stays when a null is rendered there, beside which the server puts its default', () => {
    const defaulted = deployment(
      {},
      { revisionHistoryLimit: 10 },
      { managedFields: [entry('helm', 'Apply', { 'f:spec': { 'f:revisionHistoryLimit': {} } })] },
    );
    expect(changes(deployment({}, { revisionHistoryLimit: null }), defaulted)).toEqual([]);
    expect(changes(deployment({}), defaulted)).toEqual(['spec.revisionHistoryLimit: 10 → -']);
  });

  test('of a release of Helm 3, whose updates own defaults too, only what no default makes', () => {
    expect(changes(rendered, live(entry('helm', 'Update', owned)))).toEqual([
      `${podPath}.containers[sidecar]: {"name":"sidecar"} → -`,
    ]);
    const tolerations = { 'f:spec': { 'f:template': { 'f:spec': { 'f:tolerations': {}, 'f:dnsPolicy': {} } } } };
    const pod = deployment(
      { tolerations: [{ key: 'a' }], dnsPolicy: 'Default' },
      {},
      { managedFields: [entry('helm', 'Update', tolerations)] },
    );
    expect(changes(deployment({}), pod)).toEqual([`${podPath}.tolerations: [{"key":"a"}] → -`]);
    const labels = { 'f:metadata': { 'f:labels': { 'f:x': {}, 'f:kubernetes.io/metadata.name': {} } } };
    expect(changes(rendered, live(entry('helm', 'Update', labels)))).toEqual(['metadata.labels.x: "1" → -']);
    // Once it is applied, what it was before says nothing any more.
    const applied = entry('helm', 'Apply', { 'f:spec': { 'f:replicas': {} } });
    expect(changes(rendered, live(entry('helm', 'Update', labels), applied))).toEqual([]);
  });

  test('a label goes', () => {
    const fields = { 'f:metadata': { 'f:labels': { '.': {}, 'f:x': {} } } };
    expect(changes(rendered, live(entry('Helm', 'Apply', fields)))).toEqual(['metadata.labels.x: "1" → -']);
  });

  test('a change says with whom it conflicts', () => {
    const other = entry('kubectl-edit', 'Update', owned);
    const status = entry('kubelet', 'Update', owned, { subresource: 'status' });
    expect(compare(container({ image: 'b' }), live(other, status)).fields).toMatchObject([
      { path: `${podPath}.containers[web].image`, conflictsWith: 'kubectl-edit' },
    ]);
    expect(compare(container({ image: 'b' }), live(status)).fields[0]?.conflictsWith).toBeUndefined();
    const scaled = entry('kubectl', 'Update', { 'f:spec': { 'f:replicas': {} } }, { subresource: 'scale' });
    expect(compare(deployment({}, { replicas: 9 }), live(scaled)).fields).toMatchObject([
      { path: 'spec.replicas', conflictsWith: 'kubectl' },
    ]);
  });
});

describe('kinds of change', () => {
  const crd = (spec: Fields) => object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { spec });
  const claims = (storage: string) =>
    object('apps/v1', 'StatefulSet', {
      spec: { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { resources: { requests: { storage } } } }] },
    });

  test.each<[string, KubernetesObject, KubernetesObject, string | undefined]>([
    [
      'the selector of a Deployment',
      deployment({}, { selector: { matchLabels: { a: '1' } } }),
      deployment({}, { selector: { matchLabels: { a: '2' } } }),
      'spec.selector.matchLabels.a',
    ],
    [
      'a volume claim template',
      claims('2Gi'),
      claims('1Gi'),
      'spec.volumeClaimTemplates[0].spec.resources.requests.storage',
    ],
    [
      'the replicas of a StatefulSet',
      object('apps/v1', 'StatefulSet', { spec: { replicas: 2 } }),
      object('apps/v1', 'StatefulSet', { spec: { replicas: 1 } }),
      undefined,
    ],
    [
      'the template of a Job',
      object('batch/v1', 'Job', { spec: { template: { spec: { a: 1 } } } }),
      object('batch/v1', 'Job', { spec: { template: { spec: { a: 2 } } } }),
      'spec.template.spec.a',
    ],
    [
      'the size of a claim',
      object('v1', 'PersistentVolumeClaim', { spec: { resources: { requests: { storage: '2Gi' } } } }),
      object('v1', 'PersistentVolumeClaim', { spec: { resources: { requests: { storage: '1Gi' } } } }),
      undefined,
    ],
    [
      'the class of a claim',
      object('v1', 'PersistentVolumeClaim', { spec: { storageClassName: 'a' } }),
      object('v1', 'PersistentVolumeClaim', { spec: { storageClassName: 'b' } }),
      'spec.storageClassName',
    ],
    [
      'the role of a binding',
      object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', { roleRef: { name: 'a' } }),
      object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', { roleRef: { name: 'b' } }),
      'roleRef.name',
    ],
    [
      'a Service that becomes headless',
      object('v1', 'Service', { spec: { clusterIP: 'None' } }),
      object('v1', 'Service', { spec: { clusterIP: '10.0.0.7' } }),
      'spec.clusterIP',
    ],
    [
      'an immutable ConfigMap',
      object('v1', 'ConfigMap', { immutable: true, data: { a: '1' } }),
      object('v1', 'ConfigMap', { immutable: true, data: { a: '2' } }),
      'data.a',
    ],
    [
      'a ConfigMap',
      object('v1', 'ConfigMap', { data: { a: '1' } }),
      object('v1', 'ConfigMap', { data: { a: '2' } }),
      undefined,
    ],
    ['the scope of a definition', crd({ scope: 'Cluster' }), crd({ scope: 'Namespaced' }), 'spec.scope'],
    [
      'a version of a definition',
      crd({ versions: [{ name: 'v1', served: true }] }),
      crd({ versions: [{ name: 'v1', served: false }] }),
      undefined,
    ],
    [
      'parameters of a StorageClass',
      object('storage.k8s.io/v1', 'StorageClass', { parameters: { sku: 'a' } }),
      object('storage.k8s.io/v1', 'StorageClass', { parameters: { sku: 'b' } }),
      'parameters.sku',
    ],
  ])('%s', (_, rendered, live, immutable) => {
    const { kind, reasons } = compare(rendered, live);
    expect(kind).toBe(immutable === undefined ? 'update' : 'replace');
    expect(reasons).toEqual(immutable === undefined ? [] : [`\`${immutable}\` cannot be changed`]);
  });

  test.each<[string, KubernetesObject, KubernetesObject, string | undefined]>([
    ['a Deployment', deployment({ a: 1 }, { replicas: 3 }), deployment({ a: 2 }), 'restarts 3 pods'],
    ['what an autoscaler decides', deployment({ a: 1 }), deployment({ a: 2 }, { replicas: 5 }), 'restarts 5 pods'],
    ['the template left alone', deployment({}, { revisionHistoryLimit: 3 }), deployment({}), undefined],
    ['a paused Deployment', deployment({ a: 1 }, { paused: true }), deployment({ a: 2 }, { paused: true }), undefined],
    [
      'a StatefulSet in part',
      object('apps/v1', 'StatefulSet', {
        spec: { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } }, template: { a: 1 } },
      }),
      object('apps/v1', 'StatefulSet', {
        spec: { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } }, template: { a: 2 } },
      }),
      'restarts 1 pod',
    ],
    [
      'OnDelete',
      object('apps/v1', 'DaemonSet', { spec: { template: { a: 1 } } }),
      object('apps/v1', 'DaemonSet', { spec: { updateStrategy: { type: 'OnDelete' }, template: { a: 2 } } }),
      undefined,
    ],
    [
      'a DaemonSet',
      object('apps/v1', 'DaemonSet', { spec: { template: { a: 1 } } }),
      object('apps/v1', 'DaemonSet', { spec: { template: { a: 2 } } }),
      'restarts a pod on every node that it runs on',
    ],
    [
      'a Prometheus',
      custom({ replicas: 2, retention: '1d' }),
      custom({ replicas: 2, retention: '2d' }),
      'may restart 2 pods, as the Prometheus operator decides',
    ],
  ])('restarts: %s', (_, rendered, live, restarts) => {
    expect(compare(rendered, live).restarts).toBe(restarts);
  });

  test('what is not there is created, what is rendered no more deleted', () => {
    const web = deployment({});
    const kept = deployment({}, {}, { annotations: { 'helm.sh/resource-policy': ' Keep' } });
    expect(compareObject({ rendered: web, live: undefined, managers })).toMatchObject({ kind: 'create', fields: [] });
    expect(compareObject({ rendered: undefined, live: web, managers })).toMatchObject({ kind: 'delete', kept: false });
    expect(compareObject({ rendered: undefined, live: kept, managers })).toMatchObject({ kind: 'delete', kept: true });
    expect(() => compareObject({ rendered: undefined, live: undefined, managers })).toThrow('nothing to compare');
  });
});

describe('a custom resource with its definition', () => {
  const text = { type: 'string' };
  const rule = {
    type: 'object',
    properties: {
      name: text,
      weight: { type: 'integer', default: 1 },
      to: { type: 'object', default: {}, properties: { kind: { type: 'string', default: 'Service' }, name: text } },
      free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    },
  };
  const list = (more: Fields) => ({ type: 'array', items: rule, ...more });
  const definition = object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
    spec: {
      group: 'example.com',
      names: { kind: 'Route' },
      versions: [
        { name: 'v1beta1' },
        {
          name: 'v1',
          schema: {
            openAPIV3Schema: {
              properties: {
                spec: {
                  properties: {
                    rules: list({}),
                    byName: list({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name', 'weight'] }),
                    tags: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
                    selector: { additionalProperties: text, 'x-kubernetes-map-type': 'atomic' },
                  },
                },
              },
            },
          },
        },
      ],
    },
  });
  const route = (spec: Fields, apiVersion = 'example.com/v1') => object(apiVersion, 'Route', { spec });
  const find = createDefinitions([object('v1', 'ConfigMap', {}), definition]);

  test.each<[string, Fields, Fields, string[]]>([
    [
      'defaults within a list',
      { rules: [{ name: 'a' }] },
      { rules: [{ name: 'a', weight: 1, to: { kind: 'Service' } }] },
      [],
    ],
    [
      'what a list lost',
      { rules: [{ name: 'a' }] },
      { rules: [{ name: 'a', weight: 2 }] },
      ['spec.rules[0].weight: 2 → -'],
    ],
    [
      'what it lost within a default',
      { rules: [{ to: {} }] },
      { rules: [{ to: { kind: 'Service', name: 'x' }, weight: 1 }] },
      ['spec.rules[0].to.name: "x" → -'],
    ],
    [
      'what something free lost',
      { rules: [{ free: { a: [{}] } }] },
      { rules: [{ free: { a: [{ b: 1 }] } }] },
      ['spec.rules[0].free.a[0].b: 1 → -'],
    ],
    [
      'items by their keys and what these are by default',
      { byName: [{ name: 'b' }, { name: 'a' }] },
      { byName: [{ name: 'a', weight: 1 }, { name: 'b', weight: 1 }, { name: 'c' }] },
      [],
    ],
    ['a set', { tags: ['b'] }, { tags: ['a', 'b'] }, []],
    ['what a set has not', { tags: ['c'] }, { tags: ['a'] }, ['spec.tags: ["a"] → ["c"]']],
    ['an atomic map', { selector: { a: '1' } }, { selector: { a: '1', b: '2' } }, ['spec.selector.b: "2" → -']],
    ['empty ones, which stay', { rules: [], selector: {} }, {}, ['spec.rules: - → []', 'spec.selector: - → {}']],
  ])('%s', (_, rendered, live, expected) => {
    const [after, before] = [route(rendered), route(live)];
    const { fields } = compareObject({ rendered: after, live: before, managers, definition: find(after) });
    expect(
      fields.map(
        ({ path, before, after }) => `${path}: ${JSON.stringify(before) ?? '-'} → ${JSON.stringify(after) ?? '-'}`,
      ),
    ).toEqual(expected);
  });

  test('without one, or without a schema of its version, defaults are left alone', () => {
    for (const apiVersion of ['example.com/v1', 'example.com/v1beta1', 'example.com/v2']) {
      const [rendered, live] = [route({ rules: [{}] }, apiVersion), route({ rules: [{ weight: 2 }] }, apiVersion)];
      const given = apiVersion === 'example.com/v1' ? undefined : find(rendered);
      expect(compareObject({ rendered, live, managers, definition: given }).kind).toBe('none');
    }
    expect(find({ apiVersion: 'other.com/v1', kind: 'Route' })).toBeUndefined();
  });
});

describe('two renderings', () => {
  const between = (before: KubernetesObject | undefined, after: KubernetesObject | undefined) => {
    const { kind, fields, restarts } = compareRendered({ before, after });
    return { kind, fields: fields.map(({ path, before: was, after: is }) => [path, was, is]), restarts };
  };

  test('what is set, changed and gone counts, each once', () => {
    const before = container({ image: 'a:1', args: ['--x'], env: [{ name: 'A', value: '1' }] });
    const after = container({ image: 'a:2', workingDir: '/w', env: [{ name: 'A', value: '1' }] });
    expect(between(before, after)).toEqual({
      kind: 'update',
      fields: expect.arrayContaining([
        [`${podPath}.containers[web].image`, 'a:1', 'a:2'],
        [`${podPath}.containers[web].workingDir`, undefined, '/w'],
        [`${podPath}.containers[web].args`, ['--x'], undefined],
      ]),
      restarts: 'restarts 1 pod',
    });
    expect(between(before, after).fields).toHaveLength(3);
    expect(between(before, before)).toEqual({ kind: 'none', fields: [], restarts: undefined });
  });

  test('what comes, what goes, and what cannot be changed', () => {
    const one = container({ image: 'a:1' });
    expect([between(undefined, one).kind, between(one, undefined).kind]).toEqual(['create', 'delete']);
    const selector = (app: string) => deployment({}, { selector: { matchLabels: { app } } });
    expect(between(selector('a'), selector('b')).kind).toBe('replace');
  });

  test('of a Secret the names of what differs, and no value', () => {
    const secret = (data: Fields) => object('v1', 'Secret', { data });
    const change = between(secret({ a: 'b25l', gone: 'eA==' }), secret({ a: 'dHdv' }));
    expect(change.fields.map(([path]) => path)).toEqual(['data.a', 'data.gone']);
    expect(JSON.stringify(change)).not.toMatch(/b25l|dHdv|eA==/);
  });
});
