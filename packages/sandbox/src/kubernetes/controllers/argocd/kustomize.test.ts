import { describe, expect, test } from '@jest/globals';
import { at, type Fields } from '../../objects.ts';
import { build, splitImage } from './kustomize.ts';

const digest = `sha256:${'1'.repeat(64)}`;
const pod = (image: string) =>
  JSON.stringify({
    kind: 'Pod',
    metadata: { name: 'a' },
    spec: { initContainers: [{ image: 'init:1' }], containers: [{ image }] },
  });
const imagesIn = (objects: readonly Fields[]) =>
  objects.flatMap(object =>
    ['initContainers', 'containers'].flatMap(list => (at(object, 'spec')[list] as Fields[]).map(one => one['image'])),
  );
const built = (kustomization: string, options: Fields = {}, image = 'web:1') =>
  build(
    new Map([
      ['app/kustomization.yaml', kustomization],
      ['app/pod.yaml', pod(image)],
      ['app/base/kustomization.yaml', 'resources: [pod.yaml]\nimages: [{ name: web, newTag: "2" }]'],
      ['app/base/pod.yaml', pod(image)],
    ]),
    'app',
    options,
  );

describe('images', () => {
  test.each<[string, string, string, string]>([
    ['a new tag', 'newTag: "2"', 'web:1', 'web:2'],
    ['a new tag that is a number', 'newTag: 2', 'web:1', 'web:2'],
    ['a new name keeps the tag', 'newName: registry.example/web', 'web:1', 'registry.example/web:1'],
    [
      'a digest in the place of a tag',
      `newName: registry.example/web, digest: "${digest}"`,
      'web:1',
      `registry.example/web@${digest}`,
    ],
    ['both', `newTag: "2", digest: "${digest}"`, 'web:1', `web:2@${digest}`],
    ['no tag at all', 'newTag: "2"', 'web', 'web:2'],
    ['another image', 'newTag: "2"', 'other:1', 'other:1'],
    ['a registry with a port', 'newTag: "2"', 'localhost:5000/web:1', 'localhost:5000/web:1'],
  ])('%s', (_name, change, image, expected) => {
    expect(imagesIn(built(`resources: [pod.yaml]\nimages: [{ name: web, ${change} }]`, {}, image))).toEqual([
      'init:1',
      expected,
    ]);
  });

  test('those of the Application replace those of the kustomization', () => {
    const own = 'resources: [pod.yaml]\nimages: [{ name: web, newTag: "2" }, { name: init, newTag: "2" }]';
    expect(imagesIn(built(own, { images: [`web=registry.example/web@${digest}`] }))).toEqual([
      'init:2',
      `registry.example/web@${digest}`,
    ]);
    expect(imagesIn(built(own, { images: ['web:3'] }))).toEqual(['init:2', 'web:3']);
  });

  test('a base is built before what stands over it', () => {
    expect(imagesIn(built('resources: [base]\nimages: [{ name: web, newName: other }]'))).toEqual([
      'init:1',
      'other:2',
    ]);
  });

  test('a reference has three parts', () => {
    expect(splitImage(`localhost:5000/a/b:1@${digest}`)).toEqual({ name: 'localhost:5000/a/b', tag: '1', digest });
    expect(splitImage('web')).toEqual({ name: 'web', tag: undefined, digest: undefined });
  });
});

test('a namespace is set where a kind has one', () => {
  const files = new Map([
    ['kustomization.yaml', 'namespace: web\nresources: [all.yaml]'],
    [
      'all.yaml',
      'kind: ConfigMap\nmetadata: { name: a, namespace: b }\n---\nkind: Namespace\nmetadata: { name: web }\n',
    ],
  ]);
  expect(build(files, '', {}).map(object => at(object, 'metadata'))).toEqual([
    { name: 'a', namespace: 'web' },
    { name: 'web' },
  ]);
});

test.each<[string, string, Fields, string]>([
  [
    'a field that is not played',
    'resources: []\npatches: []',
    {},
    'does not play the field patches of app/kustomization.yaml',
  ],
  ['an option that is not played', 'resources: []', { patches: [] }, 'does not play kustomize.patches'],
  ['a resource that is not there', 'resources: [nowhere.yaml]', {}, "accumulating resources from 'nowhere.yaml'"],
  ['a folder without a kustomization', 'resources: [../other]', {}, 'unable to find one of'],
])('%s is refused by name', (_name, kustomization, options, expected) => {
  const files = new Map([
    ['app/kustomization.yaml', kustomization],
    ['other/a.yaml', ''],
  ]);
  expect(() => build(files, 'app', options)).toThrow(expected);
});
