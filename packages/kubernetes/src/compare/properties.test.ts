import { describe, expect, test } from '@jest/globals';
import { isObject } from '@suite/foundation';
import fc from 'fast-check';
import type { KubernetesObject } from '../objects.ts';
import { compareObject } from './compare-object.ts';
import { describe as describeChange } from './describe.ts';

fc.configureGlobal({ seed: 1 });

type Fields = Record<string, unknown>;
const managers = ['helm'];

const hostile = fc.oneof(
  fc.string(),
  fc.constantFrom('__proto__', 'constructor', 'a.b', 'a"b', 'a]b', '\u202e', '`x`', 'k:{"name":"x"}', ''),
);
const text = fc.oneof(
  fc.string({ minLength: 1 }),
  hostile.filter(value => value !== ''),
);
const named = (item: Record<string, fc.Arbitrary<unknown>>) =>
  fc.uniqueArray(fc.record({ name: text, ...item }), { selector: ({ name }) => name, minLength: 1, maxLength: 3 });
const quantity = fc.integer({ min: 1, max: 64 });

const pod = fc.record({
  containers: named({
    image: text,
    args: fc.array(text, { minLength: 1, maxLength: 3 }),
    env: named({ value: text }),
    ports: fc.uniqueArray(fc.record({ containerPort: fc.integer({ min: 1, max: 9999 }) }), {
      selector: ({ containerPort }) => containerPort,
      maxLength: 3,
    }),
    resources: fc.record({ requests: fc.record({ cpu: quantity.map(String), memory: quantity.map(n => `${n}Gi`) }) }),
  }),
  nodeSelector: fc.dictionary(text, text, { maxKeys: 3 }),
  tolerations: fc.array(fc.record({ key: text, operator: fc.constantFrom('Exists', 'Equal') }), { maxLength: 2 }),
});
const workload = fc
  .record({ labels: fc.dictionary(text, text, { maxKeys: 3 }), replicas: fc.integer({ min: 1, max: 9 }), pod })
  .map(
    ({ labels, replicas, pod }): KubernetesObject => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop', labels },
      spec: { replicas, template: { metadata: { labels }, spec: pod } },
    }),
  );

const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
};

/** What an API server gives back for it. */
function served(rendered: KubernetesObject): KubernetesObject {
  const copy = structuredClone(rendered) as unknown as { metadata: Fields; spec: Fields };
  const { spec } = copy.spec['template'] as { spec: { containers: Fields[] } & Fields };
  for (const container of spec.containers) {
    container['imagePullPolicy'] = 'IfNotPresent';
    container['terminationMessagePath'] = '/dev/termination-log';
    const requests = (container['resources'] as { requests: Fields }).requests;
    requests['cpu'] = `${Number(requests['cpu']) * 1000}m`;
    requests['memory'] = `${Number.parseInt(String(requests['memory']), 10) * 1024}Mi`;
    for (const port of container['ports'] as Fields[]) port['protocol'] = 'TCP';
    if ((container['ports'] as unknown[]).length === 0) delete container['ports'];
    (container['env'] as unknown[]).reverse();
  }
  spec['restartPolicy'] = 'Always';
  spec['securityContext'] = {};
  for (const key of ['nodeSelector', 'tolerations'])
    if (Object.keys(spec[key] as object).length === 0) delete spec[key];
  copy.spec['strategy'] = { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } };
  Object.assign(copy.metadata, {
    uid: 'x',
    generation: 1,
    annotations: { 'deployment.kubernetes.io/revision': '1' },
    managedFields: [
      { manager: 'helm', operation: 'Update', apiVersion: 'apps/v1', fieldsV1: { 'f:spec': { 'f:strategy': {} } } },
    ],
  });
  return reversed({ ...copy, status: { replicas: 1 } }) as KubernetesObject;
}

/** Every value below `spec` that has none below it, with what to put in its place. */
function leaves(value: unknown, put: (changed: unknown) => unknown): (() => unknown)[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, at) => leaves(item, changed => put(value.with(at, changed))));
  }
  if (isObject(value)) {
    return Object.keys(value).flatMap(key =>
      leaves(value[key], changed => put(Object.fromEntries(Object.entries({ ...value, [key]: changed })))),
    );
  }
  return [() => put(typeof value === 'number' ? value + 1 : `${value}x`)];
}

describe('a comparison', () => {
  test('finds nothing in what the server makes of an object', () => {
    fc.assert(
      fc.property(workload, rendered => {
        const change = compareObject({ rendered, live: served(rendered), managers });
        expect(change.fields).toEqual([]);
        expect(change.kind).toBe('none');
      }),
    );
  });

  test('finds every single change of a rendered value', () => {
    fc.assert(
      fc.property(workload, fc.nat(), (rendered, choice) => {
        const spec = rendered['spec'];
        const changes = leaves(spec, changed => changed);
        const change = changes[choice % changes.length];
        const changed = { ...rendered, spec: change?.() };
        const { kind, fields } = compareObject({ rendered: changed, live: served(rendered), managers });
        expect(kind).not.toBe('none');
        expect(fields).not.toEqual([]);
        for (const { path } of fields) expect(path).toMatch(/^spec\./);
      }),
    );
  });

  test('takes anything for an object', () => {
    const any = fc.dictionary(hostile, fc.jsonValue({ maxDepth: 4 }));
    const kinds = fc.constantFrom(
      'v1/Secret',
      'apps/v1/Deployment',
      'x/v1/Y',
      'admissionregistration.k8s.io/v1/MutatingWebhookConfiguration',
    );
    const given = fc.tuple(kinds, any, any).map(([kind, fields, managed]): KubernetesObject => {
      const at = kind.lastIndexOf('/');
      const managedFields = [{ manager: 'helm', operation: 'Apply' as const, apiVersion: 'v1', fieldsV1: managed }];
      return {
        ...fields,
        apiVersion: kind.slice(0, at),
        kind: kind.slice(at + 1),
        metadata: { name: 'x', managedFields },
      };
    });
    fc.assert(
      fc.property(given, given, (rendered, other) => {
        const live = { ...other, apiVersion: rendered.apiVersion, kind: rendered.kind };
        const change = describeChange(compareObject({ rendered, live, managers }), 'x');
        expect(change === undefined || change.attributes.length > 0).toBe(true);
        expect(compareObject({ rendered, live: rendered, managers }).kind).toBe('none');
      }),
    );
  });
});
