import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@suite/foundation';
import type { BuildEnvironment } from './environment.ts';
import { editKustomization, looksRemote, refuseForeign } from './kustomization.ts';
import { NotRendered } from './not-rendered.ts';
import { readSource } from './source.ts';

/** What `kustomize edit` (5.7.1) made of a kustomization; null where it refused. */
const recordings = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'kustomize-edit.json'), 'utf8')) as {
  readonly name: string;
  readonly before: JsonObject;
  readonly after: JsonObject | null;
}[];
const digest = `sha256:${'1'.repeat(64)}`;
/** The Application's settings for which Argo CD runs the recorded command. */
const settings: Readonly<Record<string, JsonObject>> = {
  prefix: { namePrefix: 'new-' },
  suffix: { nameSuffix: '-x' },
  namespace: { namespace: 'new' },
  'image-tag': { images: ['nginx:1.28'] },
  'image-digest': { images: [`nginx@${digest}`] },
  'image-all': { images: [`api=host.io:5000/apps/api:v1@${digest}`, 'b=c'] },
  'image-keep': { images: ['nginx=*:2.0'] },
  'image-none': { images: ['nginx'] },
  'image-port': { images: ['host.io:5000/api:v2'] },
  replicas: {
    replicas: [
      { name: 'web', count: 5 },
      { name: 'b', count: '2' },
    ],
  },
  labels: { commonLabels: { a: 'b', c: 'd' } },
  'labels-taken': { commonLabels: { a: 'b' } },
  'labels-forced': { commonLabels: { a: 'b' }, forceCommonLabels: true },
  'labels-without': { commonLabels: { a: 'b' }, labelWithoutSelector: true },
  'labels-without-joined': { commonLabels: { a: 'b' }, labelWithoutSelector: true },
  'labels-templates': { commonLabels: { a: 'b' }, labelWithoutSelector: true, labelIncludeTemplates: true },
  'labels-templates-alone': { commonLabels: { a: 'b' }, labelIncludeTemplates: true },
  annotations: { commonAnnotations: { a: 'b' } },
  'annotations-taken': { commonAnnotations: { a: 'b' } },
  component: { components: ['comp'] },
};
const environment = { ARGOCD_APP_NAME: 'api' } as BuildEnvironment;

describe('edits as `kustomize edit` makes them', () => {
  test.each(recordings.map(one => [one.name, one] as const))('%s', (name, { before, after }) => {
    const act = () => editKustomization(before, readSource({ kustomize: settings[name] }).kustomize, environment);
    if (after === null) expect(act).toThrow(NotRendered);
    else expect(normal(act())).toEqual(normal(after));
  });
});

/** False is the default of both, and is left out. */
function normal({ labels, ...rest }: JsonObject): JsonObject {
  if (!Array.isArray(labels)) return rest;
  const groups = labels.map(group =>
    Object.fromEntries(Object.entries(group as JsonObject).filter(([, value]) => value !== false)),
  );
  return { ...rest, labels: groups };
}

test('patches come after those of the kustomization, variables are put in', () => {
  const { kustomize } = readSource({
    kustomize: {
      patches: [{ patch: 'two' }],
      images: ['api=host/$ARGOCD_APP_NAME:1'],
      commonAnnotations: { a: '$ARGOCD_APP_NAME' },
    },
  });
  expect(editKustomization({ patches: [{ patch: 'one' }] }, kustomize, environment)).toEqual({
    patches: [{ patch: 'one' }, { patch: 'two' }],
    images: [{ name: 'api', newName: 'host/api', newTag: '1' }],
    // Only where the Application says so.
    commonAnnotations: { a: '$ARGOCD_APP_NAME' },
  });
});

test.each([
  ['https://github.com/org/repo//base?ref=v1', true],
  ['github.com/org/repo/base', true],
  ['git@github.com:org/repo.git//base', true],
  ['ssh://git@host/org/repo', true],
  ['git::https://host/repo', true],
  ['gh:org/repo', true],
  ['host.example.com/org/repo//base', true],
  ['base?ref=main', true],
  ['../base', false],
  ['deployment.yaml', false],
  ['github.com.yaml', false],
  ['base', false],
])('%s is remote: %s', (entry, expected) => {
  expect(looksRemote(entry)).toBe(expected);
});

test.each([
  [{ helmCharts: [{ name: 'x' }] }, '--enable-helm'],
  [{ resources: ['https://example.com/a.yaml'] }, 'https://example.com/a.yaml'],
  [{ patches: [{ path: 'HTTPS://example.com/p.yaml' }] }, 'remote base or file'],
  [{ configMapGenerator: [{ name: 'x', files: ['key=https://example.com/f'] }] }, 'remote base or file'],
  [{ openapi: { path: 'http://example.com/o.json' } }, 'remote base or file'],
])('%j is refused', (kustomization, message) => {
  expect(() => refuseForeign(kustomization, '`a/kustomization.yaml`')).toThrow(message);
});

test('addresses that are only values are none of a file', () => {
  const kustomization = {
    configMapGenerator: [{ name: 'x', literals: ['url=https://example.com'] }],
    commonAnnotations: { home: 'https://example.com' },
    patches: [{ patch: 'https://example.com' }],
  };
  expect(() => refuseForeign(kustomization, 'x')).not.toThrow();
});
