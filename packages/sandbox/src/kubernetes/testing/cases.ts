import type { Fields } from '../objects.ts';

/** One request, put to the real API server and to the small one: both must answer the same. Cases build upon those before them. */
export interface ApiCase {
  readonly name: string;
  /** `admin` unless said otherwise; `reader` holds nothing, `maker` may write roles and hold nothing that they give. */
  readonly as?: 'admin' | 'reader' | 'maker';
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  /** Parts of the answer that count, as dotted paths. The whole of a refusal, and nothing but the status of what succeeds, unless said. */
  readonly keep?: readonly string[];
  /**
   * A real API server hears of what the case before it changed through a watch of its own, some time later: the same request as a
   * dry run answers this status by then.
   */
  readonly once?: number;
}

const core = '/api/v1/namespaces/cases';
const apps = '/apis/apps/v1/namespaces/cases';
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const widgets = '/apis/example.com/v1/namespaces/cases/widgets';
const yaml = 'application/apply-patch+yaml';
const strategic = 'application/strategic-merge-patch+json';
const merge = 'application/merge-patch+json';
const jsonPatch = 'application/json-patch+json';
const managed = ['metadata.managedFields', 'metadata.generation'];

const map = (name: string, data: Fields, metadata: Fields = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
});

const deployment = (spec: Fields, container: Fields = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: {
    paused: true,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx:1', ...container }] },
    },
    ...spec,
  },
});

const widget = (spec: Fields, metadata: Fields = {}) => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'a', ...metadata },
  spec,
});

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget', singular: 'widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['size'],
                properties: {
                  size: { type: 'integer', minimum: 1 },
                  colour: { type: 'string', enum: ['red', 'blue'], default: 'red' },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
                  parts: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: {
                      type: 'object',
                      required: ['name'],
                      properties: { name: { type: 'string' }, weight: { type: 'integer' } },
                    },
                  },
                },
              },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
};

const refusals: readonly ApiCase[] = [
  {
    name: 'a namespace for all of this',
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { metadata: { name: 'cases' } },
  },
  { name: 'an object that is not there', method: 'GET', path: `${core}/configmaps/none` },
  { name: 'a resource that is not there', method: 'GET', path: `${apps}/none` },
  { name: 'a group that is not there', method: 'GET', path: '/apis/none.example/v1/things' },
  {
    name: 'an object for a namespace that is not there',
    method: 'POST',
    path: '/api/v1/namespaces/none/configmaps',
    body: map('a', {}),
  },
  {
    name: 'an object is made',
    method: 'POST',
    path: `${core}/configmaps?fieldManager=maker`,
    body: map('a', { one: '1' }, { labels: { app: 'a' } }),
    keep: ['data', ...managed],
  },
  { name: 'and is there already', method: 'POST', path: `${core}/configmaps`, body: map('a', {}) },
  {
    name: 'a version that is over',
    method: 'PUT',
    path: `${core}/configmaps/a`,
    body: map('a', { one: '2' }, { resourceVersion: '1' }),
  },
  { name: 'a name that differs from the path', method: 'PUT', path: `${core}/configmaps/a`, body: map('b', {}) },
  {
    name: 'a namespace that differs from the path',
    method: 'POST',
    path: `${core}/configmaps`,
    body: map('b', {}, { namespace: 'default' }),
  },
  { name: 'no name at all', method: 'POST', path: `${core}/configmaps`, body: { metadata: {} } },
  { name: 'a bad name', method: 'POST', path: `${core}/configmaps`, body: map('A_b', {}) },
  { name: 'a body of no known form', method: 'POST', path: `${core}/configmaps`, body: 'a', contentType: 'text/plain' },
  { name: 'a field to select by that is none', method: 'GET', path: `${core}/configmaps?fieldSelector=data.one=1` },
  { name: 'a dry run of another kind', method: 'POST', path: `${core}/configmaps?dryRun=Some`, body: map('b', {}) },
  {
    name: 'a dry run',
    method: 'POST',
    path: `${core}/configmaps?dryRun=All&fieldManager=maker`,
    body: map('dry', { one: '1' }),
    keep: ['data'],
  },
  { name: 'which made nothing', method: 'GET', path: `${core}/configmaps/dry` },
  {
    name: 'a deletion of another object of that name',
    method: 'DELETE',
    path: `${core}/configmaps/a`,
    body: { preconditions: { uid: '00000000-0000-0000-0000-000000000000' } },
  },
  { name: 'a deletion of nothing', method: 'DELETE', path: `${core}/configmaps/none` },
  { name: 'a method that no object has', method: 'POST', path: `${core}/configmaps/a`, body: map('a', {}) },
];

const lists: readonly ApiCase[] = [
  { name: 'more objects', method: 'POST', path: `${core}/configmaps`, body: map('b', {}, { labels: { app: 'b' } }) },
  {
    name: 'a list by label',
    method: 'GET',
    path: `${core}/configmaps?labelSelector=app%20in%20(a,b),app!=b`,
    keep: ['kind', 'apiVersion', 'items.*.metadata.name'],
  },
  {
    name: 'a list by name',
    method: 'GET',
    path: `${core}/configmaps?fieldSelector=metadata.name=b`,
    keep: ['items.*.metadata.name'],
  },
  {
    name: 'a list in pages',
    method: 'GET',
    path: `${core}/configmaps?limit=1`,
    keep: ['items.*.metadata.name', 'metadata.remainingItemCount'],
  },
  {
    name: 'metadata only',
    method: 'GET',
    path: `${core}/configmaps?labelSelector=app`,
    accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
    keep: ['kind', 'apiVersion', 'items.*.kind', 'items.*.apiVersion', 'items.*.metadata.name'],
  },
  {
    name: 'a table',
    method: 'GET',
    path: `${core}/configmaps?labelSelector=app`,
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    keep: ['kind', 'apiVersion', 'columnDefinitions.*.name', 'rows.*.object.kind'],
  },
];

const applies: readonly ApiCase[] = [
  {
    name: 'an application without a manager',
    method: 'PATCH',
    path: `${core}/configmaps/s`,
    contentType: yaml,
    body: map('s', {}),
  },
  {
    name: 'an application makes an object',
    method: 'PATCH',
    path: `${apps}/deployments/web?fieldManager=one`,
    contentType: yaml,
    body: deployment(
      { replicas: 2 },
      {
        ports: [{ containerPort: 80 }],
        env: [
          { name: 'A', value: 'a' },
          { name: 'B', value: 'b' },
        ],
      },
    ),
    keep: [...managed, 'spec'],
  },
  {
    name: 'the same again changes nothing',
    method: 'PATCH',
    path: `${apps}/deployments/web?fieldManager=one`,
    contentType: yaml,
    body: deployment(
      { replicas: 2 },
      {
        ports: [{ containerPort: 80 }],
        env: [
          { name: 'A', value: 'a' },
          { name: 'B', value: 'b' },
        ],
      },
    ),
    keep: managed,
  },
  {
    name: 'another one wants one field otherwise',
    method: 'PATCH',
    path: `${apps}/deployments/web?fieldManager=two`,
    contentType: yaml,
    body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 3 } },
  },
  {
    name: 'or several',
    method: 'PATCH',
    path: `${apps}/deployments/web?fieldManager=two`,
    contentType: yaml,
    body: deployment({ replicas: 3 }, { image: 'nginx:2', env: [{ name: 'A', value: 'c' }] }),
  },
  {
    name: 'and takes them by force',
    method: 'PATCH',
    path: `${apps}/deployments/web?fieldManager=two&force=true`,
    contentType: yaml,
    body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 3 } },
    keep: [...managed, 'spec.replicas'],
  },
  {
    name: 'what both want belongs to both',
    method: 'PATCH',
    path: `${apps}/deployments/web?fieldManager=two`,
    contentType: yaml,
    body: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: 3, template: { spec: { containers: [{ name: 'web', env: [{ name: 'B', value: 'b' }] }] } } },
    },
    keep: managed,
  },
  {
    name: 'what nobody wants any more goes, what another one wants stays',
    method: 'PATCH',
    path: `${apps}/deployments/web?fieldManager=one`,
    contentType: yaml,
    body: deployment({}, {}),
    keep: [...managed, 'spec'],
  },
  {
    name: 'a plain change takes fields without asking',
    method: 'PATCH',
    path: `${apps}/deployments/web?fieldManager=three`,
    contentType: merge,
    body: { metadata: { annotations: { note: 'x' } }, spec: { minReadySeconds: 5, replicas: 4 } },
    keep: managed,
  },
  {
    name: 'which is told of with its time',
    method: 'PATCH',
    path: `${apps}/deployments/web?fieldManager=two`,
    contentType: yaml,
    body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 3 } },
  },
  {
    name: 'a strategic patch merges containers by name',
    method: 'PATCH',
    path: `${apps}/deployments/web?fieldManager=four`,
    contentType: strategic,
    body: {
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'side', image: 'side:1' },
              { name: 'web', image: 'nginx:3' },
            ],
          },
        },
      },
    },
    keep: [...managed, 'spec.template.spec.containers'],
  },
  {
    name: 'and takes them away',
    method: 'PATCH',
    path: `${apps}/deployments/web?fieldManager=four`,
    contentType: strategic,
    body: { spec: { template: { spec: { containers: [{ name: 'side', $patch: 'delete' }] } } } },
    keep: [...managed, 'spec.template.spec.containers'],
  },
  {
    name: 'a JSON patch',
    method: 'PATCH',
    path: `${apps}/deployments/web?fieldManager=five`,
    contentType: jsonPatch,
    body: [
      { op: 'test', path: '/spec/replicas', value: 4 },
      { op: 'replace', path: '/spec/replicas', value: 5 },
      { op: 'add', path: '/spec/template/spec/containers/0/args', value: ['-v'] },
    ],
    keep: managed,
  },
  {
    name: 'fields that a type does not have',
    method: 'PATCH',
    path: `${apps}/deployments/web?fieldManager=one`,
    contentType: yaml,
    body: deployment({}, { img: 'x' }),
  },
  {
    name: 'the same, checked in full',
    method: 'POST',
    path: `${core}/configmaps?fieldValidation=Strict`,
    body: { ...map('c', {}), dater: {} },
  },
  {
    name: 'an applied object with managed fields',
    method: 'PATCH',
    path: `${core}/configmaps/a?fieldManager=one`,
    contentType: yaml,
    body: map(
      'a',
      {},
      { managedFields: [{ manager: 'x', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} }] },
    ),
  },
  {
    name: 'a service and its ports',
    method: 'PATCH',
    path: `${core}/services/web?fieldManager=one`,
    contentType: yaml,
    body: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: {
        selector: { app: 'web' },
        ports: [
          { port: 80, name: 'http' },
          { port: 80, protocol: 'UDP', name: 'dns' },
        ],
      },
    },
    keep: [...managed, 'spec.ports', 'spec.type', 'spec.sessionAffinity'],
  },
  {
    name: 'a service that is made plainly',
    method: 'POST',
    path: `${core}/services?fieldManager=maker`,
    body: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'plain' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
    },
    keep: managed,
  },
  {
    name: 'a deployment that is made plainly',
    method: 'POST',
    path: `${apps}/deployments?fieldManager=maker`,
    body: { ...deployment({}), metadata: { name: 'plain' } },
    keep: [...managed, 'spec'],
  },
  {
    name: 'its scale',
    method: 'GET',
    path: `${apps}/deployments/plain/scale`,
    keep: ['kind', 'apiVersion', 'spec', 'status.selector'],
  },
  {
    name: 'managed fields are forgotten',
    method: 'PATCH',
    path: `${core}/configmaps/a`,
    contentType: merge,
    body: { metadata: { managedFields: [{}] } },
    keep: ['metadata.managedFields'],
  },
  {
    name: 'fields that are null',
    method: 'PATCH',
    path: `${apps}/deployments/nulls?fieldManager=one`,
    contentType: yaml,
    body: {
      ...deployment({ replicas: 1, strategy: null, minReadySeconds: null }, { env: null, resources: null, args: [] }),
      metadata: { name: 'nulls', labels: null, creationTimestamp: null },
    },
    keep: [...managed, 'spec', 'metadata.labels'],
  },
  {
    name: 'a claim that says what it is, in a stateful set',
    method: 'POST',
    path: `${apps}/statefulsets?fieldValidation=Strict`,
    body: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'claims' },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'db' } },
        template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'db', image: 'db:1' }] } },
        volumeClaimTemplates: [
          {
            apiVersion: 'v1',
            kind: 'PersistentVolumeClaim',
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    },
    keep: ['spec.volumeClaimTemplates'],
  },
  {
    name: 'what was there before anybody applied',
    method: 'PATCH',
    path: `${core}/configmaps/a?fieldManager=one`,
    contentType: yaml,
    body: map('a', { two: '2' }),
    keep: ['metadata.managedFields', 'data'],
  },
];

const fixed: readonly ApiCase[] = [
  {
    name: 'a selector never changes',
    method: 'PATCH',
    path: `${apps}/deployments/plain`,
    contentType: merge,
    body: {
      spec: { selector: { matchLabels: { app: 'other' } }, template: { metadata: { labels: { app: 'other' } } } },
    },
  },
  {
    name: 'a selector that does not select the pods',
    method: 'POST',
    path: `${apps}/deployments`,
    body: { ...deployment({ selector: { matchLabels: { app: 'other' } } }), metadata: { name: 'lost' } },
  },
  {
    name: 'a stateful set',
    method: 'POST',
    path: `${apps}/statefulsets?fieldManager=maker`,
    body: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db' },
      spec: {
        replicas: 0,
        serviceName: 'db',
        selector: { matchLabels: { app: 'db' } },
        template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'db', image: 'db:1' }] } },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    },
    keep: [...managed, 'spec'],
  },
  {
    name: 'keeps most of what it is',
    method: 'PATCH',
    path: `${apps}/statefulsets/db`,
    contentType: merge,
    body: { spec: { serviceName: 'other' } },
  },
  {
    name: 'a secret',
    method: 'POST',
    path: `${core}/secrets?fieldManager=maker`,
    body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { a: 'x' } },
    keep: ['data', 'type', 'metadata.managedFields'],
  },
  {
    name: 'keeps its type',
    method: 'PATCH',
    path: `${core}/secrets/s`,
    contentType: merge,
    body: { type: 'example.com/other' },
  },
  {
    name: 'a config map that is closed',
    method: 'POST',
    path: `${core}/configmaps`,
    body: { ...map('closed', { a: '1' }), immutable: true },
  },
  {
    name: 'stays so',
    method: 'PATCH',
    path: `${core}/configmaps/closed`,
    contentType: merge,
    body: { data: { a: '2' } },
  },
  {
    name: 'a service keeps its address',
    method: 'PATCH',
    path: `${core}/services/plain`,
    contentType: merge,
    body: { spec: { clusterIP: '10.0.99.99', clusterIPs: ['10.0.99.99'] } },
  },
];

const rights: readonly ApiCase[] = [
  { name: 'no right to get', as: 'reader', method: 'GET', path: `${core}/pods/a` },
  { name: 'no right to list', as: 'reader', method: 'GET', path: '/apis/apps/v1/deployments' },
  { name: 'no right to a log', as: 'reader', method: 'GET', path: `${core}/pods/a/log` },
  { name: 'no right to a namespace', as: 'reader', method: 'GET', path: '/api/v1/namespaces/cases' },
  { name: 'no right to what is not there', as: 'reader', method: 'GET', path: `${apps}/none` },
  { name: 'no right to a path', as: 'reader', method: 'GET', path: '/metrics' },
  {
    name: 'no right to make by applying',
    as: 'reader',
    method: 'PATCH',
    path: `${core}/configmaps/a?fieldManager=x`,
    contentType: yaml,
    body: map('a', {}),
  },
  {
    name: 'may I?',
    as: 'reader',
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: { spec: { resourceAttributes: { verb: 'list', resource: 'pods', namespace: 'cases' } } },
    keep: ['status'],
  },
  {
    name: 'may I, as everybody may?',
    as: 'reader',
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: { spec: { nonResourceAttributes: { verb: 'get', path: '/version' } } },
    keep: ['status.allowed'],
  },
  {
    name: 'a role',
    method: 'POST',
    path: `${rbac}/clusterroles`,
    body: {
      metadata: { name: 'role-maker' },
      rules: [
        { apiGroups: ['rbac.authorization.k8s.io'], resources: ['*'], verbs: ['create', 'update', 'patch', 'get'] },
      ],
    },
  },
  {
    name: 'is bound',
    method: 'POST',
    path: `${rbac}/clusterrolebindings?fieldManager=maker`,
    body: {
      metadata: { name: 'role-maker' },
      roleRef: { kind: 'ClusterRole', name: 'role-maker', apiGroup: 'rbac.authorization.k8s.io' },
      subjects: [{ kind: 'User', name: 'maker' }],
    },
    keep: ['subjects', 'roleRef', 'metadata.managedFields'],
  },
  {
    name: 'a binding keeps its role',
    method: 'PATCH',
    path: `${rbac}/clusterrolebindings/role-maker`,
    contentType: merge,
    body: { roleRef: { name: 'admin' } },
  },
  {
    name: 'who may write roles may not give what he lacks',
    as: 'maker',
    method: 'POST',
    path: `${rbac}/namespaces/cases/roles`,
    body: { metadata: { name: 'more' }, rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] }] },
  },
  {
    name: 'nor bind it',
    as: 'maker',
    method: 'POST',
    path: `${rbac}/namespaces/cases/rolebindings`,
    body: {
      metadata: { name: 'more' },
      roleRef: { kind: 'ClusterRole', name: 'system:public-info-viewer', apiGroup: 'rbac.authorization.k8s.io' },
      subjects: [{ kind: 'User', name: 'maker', apiGroup: 'rbac.authorization.k8s.io' }],
    },
  },
];

const customs: readonly ApiCase[] = [
  {
    name: 'a definition',
    method: 'POST',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions?fieldManager=maker',
    body: definition,
    keep: ['metadata.generation'],
  },
  {
    name: 'until it is established',
    method: 'GET',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com',
    keep: ['status.acceptedNames', 'status.storedVersions'],
  },
  {
    name: 'a custom object is applied',
    method: 'PATCH',
    path: `${widgets}/a?fieldManager=one`,
    contentType: yaml,
    body: widget({ size: 2, tags: ['x', 'y'], parts: [{ name: 'p', weight: 1 }], free: { any: { thing: 1 } } }),
    keep: [...managed, 'spec'],
  },
  {
    name: 'and another one adds to its lists',
    method: 'PATCH',
    path: `${widgets}/a?fieldManager=two`,
    contentType: yaml,
    body: widget({ size: 2, tags: ['z'], parts: [{ name: 'q' }] }),
    keep: [...managed, 'spec'],
  },
  {
    name: 'a value that its schema refuses',
    method: 'PATCH',
    path: `${widgets}/a?fieldManager=one`,
    contentType: yaml,
    body: widget({ size: 0 }),
  },
  {
    name: 'a choice that is none',
    method: 'POST',
    path: widgets,
    body: widget({ size: 1, colour: 'green' }, { name: 'b' }),
  },
  { name: 'a field that is missing', method: 'POST', path: widgets, body: widget({}, { name: 'b' }) },
  { name: 'a field of another type', method: 'POST', path: widgets, body: widget({ size: 'big' }, { name: 'b' }) },
  {
    name: 'a field that its schema does not know',
    method: 'PATCH',
    path: `${widgets}/a?fieldManager=one`,
    contentType: yaml,
    body: widget({ size: 2, weight: 3 }),
  },
  {
    name: 'the same, checked in full',
    method: 'POST',
    path: `${widgets}?fieldValidation=Strict`,
    body: widget({ size: 2, weight: 3 }, { name: 'b' }),
  },
  {
    name: 'a strategic patch',
    method: 'PATCH',
    path: `${widgets}/a`,
    contentType: strategic,
    body: { spec: { size: 3 } },
  },
  { name: 'a replacement without a version', method: 'PUT', path: `${widgets}/a`, body: widget({ size: 3 }) },
  {
    name: 'its status',
    method: 'PATCH',
    path: `${widgets}/a/status?fieldManager=operator`,
    contentType: merge,
    body: { status: { phase: 'Done' }, spec: { size: 9 } },
    keep: [...managed, 'spec.size', 'status'],
  },
  {
    name: 'does not come from elsewhere',
    method: 'PATCH',
    path: `${widgets}/a?fieldManager=maker`,
    contentType: merge,
    body: { status: { phase: 'No' }, spec: { size: 4 } },
    keep: [...managed, 'spec.size', 'status'],
  },
  {
    name: 'is deleted',
    method: 'DELETE',
    path: `${widgets}/a`,
    keep: ['kind', 'status', 'details.name', 'details.group', 'details.kind'],
  },
];

const webhook = (more: Fields) => ({
  metadata: { name: 'guard' },
  webhooks: [
    {
      name: 'guard.example.com',
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      clientConfig: { service: { namespace: 'cases', name: 'guard', path: '/check' } },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'cases' } },
      ...more,
    },
  ],
});
const webhooks = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';

const guards: readonly ApiCase[] = [
  {
    name: 'a webhook',
    method: 'POST',
    path: `${webhooks}?fieldManager=maker`,
    body: webhook({}),
    keep: ['webhooks', ...managed],
  },
  { name: 'whose service is not there', method: 'POST', path: `${core}/configmaps`, body: map('g', {}), once: 500 },
  { name: 'does not mind others', method: 'POST', path: `${core}/secrets`, body: { metadata: { name: 'g' } } },
  {
    name: 'is to be ignored then',
    method: 'PATCH',
    path: `${webhooks}/guard`,
    contentType: merge,
    body: webhook({ failurePolicy: 'Ignore' }),
  },
  { name: 'and is', method: 'POST', path: `${core}/configmaps`, body: map('g', {}), once: 201 },
  {
    name: 'has effects of its own',
    method: 'PATCH',
    path: `${webhooks}/guard`,
    contentType: merge,
    body: webhook({ sideEffects: 'NoneOnDryRun', failurePolicy: 'Fail' }),
  },
  {
    name: 'a service without pods',
    method: 'POST',
    path: `${core}/services`,
    body: { metadata: { name: 'guard' }, spec: { selector: { app: 'guard' }, ports: [{ port: 443 }] } },
  },
  { name: 'goes', method: 'DELETE', path: `${webhooks}/guard`, keep: ['status'] },
];

export const apiCases: readonly ApiCase[] = [
  ...refusals,
  ...lists,
  ...applies,
  ...fixed,
  ...rights,
  ...customs,
  ...guards,
];
