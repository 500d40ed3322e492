import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { parseManifests } from './parse-manifests.ts';

const service = (name: string, more = '') => `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n${more}`;
const hook = (annotations: Readonly<Record<string, string>>) =>
  `apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: job\n  annotations: ${JSON.stringify(annotations)}\n`;

test('objects in their order, with the template of each', () => {
  const text = `---
# Source: shop/templates/service.yaml
${service('one', '  namespace: other')}
---
# Source: shop/templates/service.yaml
${service('two', '  annotations: { "helm.sh/resource-policy": Keep }')}
---
# Source: shop/charts/redis/templates/empty.yaml
# nothing here
---
# Source: shop/crds/crd.yaml
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com
`;
  expect(
    parseManifests(text).objects.map(({ source, kind, name, namespace, keep }) => [
      source,
      kind,
      name,
      namespace,
      keep,
    ]),
  ).toEqual([
    ['shop/templates/service.yaml', 'Service', 'one', 'other', false],
    ['shop/templates/service.yaml', 'Service', 'two', undefined, true],
    ['shop/crds/crd.yaml', 'CustomResourceDefinition', 'widgets.example.com', undefined, true],
  ]);
});

test('a file of `crds/` has one comment for all that stands in it', () => {
  const text = `---
# Source: shop/crds/all.yaml
---
${service('one')}
---
${service('two')}
---
# Source: shop/templates/service.yaml
${service('three')}
`;
  expect(parseManifests(text).objects.map(({ source, name, keep }) => [source, name, keep])).toEqual([
    ['shop/crds/all.yaml', 'one', true],
    ['shop/crds/all.yaml', 'two', true],
    ['shop/templates/service.yaml', 'three', false],
  ]);
});

test('what stands in an object is read as Kubernetes reads it', () => {
  const [one] = parseManifests(service('one', 'spec: {publish: on, mode: 0777, when: ~, what: "on"}')).objects;
  expect(one?.object['spec']).toEqual({ publish: true, mode: 511, when: null, what: 'on' });
  expect(one?.source).toBe('');
});

test('a line of dashes inside of text does not split', () => {
  const [one, ...others] = parseManifests(`${service('one')}data: |\n  a\n  ---\n  b\n`).objects;
  expect(others).toEqual([]);
  expect(one?.object['data']).toBe('a\n---\nb\n');
});

test('lists are taken apart, whatever they are called', () => {
  const text = `apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Service, metadata: {name: a}}
  - apiVersion: v1
    kind: ConfigMapList
    items: [{metadata: {name: b}}]
`;
  expect(parseManifests(text).objects.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['Service a', 'ConfigMap b']);
});

describe('hooks', () => {
  test('apart from objects, with events, weight and what deletes them', () => {
    const { objects, hooks, tests } = parseManifests(
      `${service('one')}---\n${hook({
        'helm.sh/hook': 'pre-install, Pre-Upgrade',
        'helm.sh/hook-weight': '-5',
        'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
      })}`,
    );
    expect(objects).toHaveLength(1);
    expect(tests).toEqual([]);
    expect(hooks).toMatchObject([
      {
        kind: 'Job',
        events: ['pre-install', 'pre-upgrade'],
        weight: -5,
        deletePolicies: ['before-hook-creation', 'hook-succeeded'],
      },
    ]);
  });

  test.each(['test', 'test-success'])('%s is a test', event => {
    const { hooks, tests } = parseManifests(hook({ 'helm.sh/hook': event }));
    expect([hooks.length, tests.length]).toEqual([0, 1]);
  });

  test('a test that is something else as well is a hook', () => {
    const { hooks, tests } = parseManifests(hook({ 'helm.sh/hook': 'post-install,test' }));
    expect([hooks.length, tests.length]).toEqual([1, 0]);
  });

  test('with an unknown event it is skipped, as Helm does', () => {
    expect(parseManifests(hook({ 'helm.sh/hook': 'crd-install' }))).toEqual({
      objects: [],
      hooks: [],
      tests: [],
      duplicates: [],
    });
  });

  test('a weight that is no number counts as 0', () => {
    expect(parseManifests(hook({ 'helm.sh/hook': 'pre-install', 'helm.sh/hook-weight': '1.5' })).hooks[0]?.weight).toBe(
      0,
    );
  });
});

test('objects that are rendered twice are named', () => {
  const policy = (version: string) => `apiVersion: policy/${version}\nkind: PodDisruptionBudget\nmetadata: {name: p}\n`;
  const text = [
    `# Source: a/templates/1.yaml\n${policy('v1')}`,
    `# Source: a/templates/2.yaml\n${policy('v1beta1')}`,
    service('p'),
    service('p', '  namespace: other'),
  ].join('\n---\n');
  expect(parseManifests(text).duplicates).toEqual([
    { kind: 'PodDisruptionBudget', name: 'p', sources: ['a/templates/1.yaml', 'a/templates/2.yaml'] },
  ]);
});

test.each([
  ['a: b: c', 'shop/templates/x.yaml is no valid YAML: line 1: '],
  ['kind: Service\nmetadata: {name: a}', 'shop/templates/x.yaml renders a document without `apiVersion`.'],
  ['apiVersion: v1\nmetadata: {name: a}', 'shop/templates/x.yaml renders a document without `kind`.'],
  ['apiVersion: v1\nkind: Service', 'shop/templates/x.yaml renders a document without `metadata.name`.'],
  ['just text', 'shop/templates/x.yaml renders a document without `apiVersion`.'],
])('%j: names the template', (content, message) => {
  const parse = () => parseManifests(`---\n# Source: shop/templates/x.yaml\n${content}\n`);
  expect(parse).toThrow(UserError);
  expect(parse).toThrow(message);
});
