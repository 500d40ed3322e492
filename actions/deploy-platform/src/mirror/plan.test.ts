import { expect, test } from '@jest/globals';
import { releaseOf, resolve, view } from '../checks/checks.fixture.ts';
import type { RenderedRelease } from '../render.ts';
import type { MirroredImage } from './look.ts';
import { mirrorOf } from './mirror.fixture.ts';
import { type MirrorFacts, planMirror } from './plan.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const image = (name: string, isPresent: boolean): MirroredImage => ({
  name: `quay.io/a/${name}:1`,
  origin: { host: 'quay.io', repository: `a/${name}`, tag: '1', digest: undefined },
  digest,
  repository: `mirror/quay.io/a/${name}`,
  tag: '1',
  isPresent,
});
const rendered = (...images: readonly string[]): RenderedRelease => ({
  release: releaseOf(),
  chart: { path: '/web.tgz', name: 'web', version: '1.0.0', digest },
  objects: images.map(one => ({
    object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: one }, spec: { containers: [{ image: one }] } },
    keep: false,
  })),
  hooks: [],
});
const chart = {
  release: 'web',
  setting: 'releases.web',
  origin: { kind: 'oci', url: 'oci://ghcr.io/a/web', version: '1.0.0', digest: undefined },
  repository: 'mirror/ghcr.io/a/web',
  tag: '1.0.0',
  isPresent: false,
} as const;
const facts = (more: Partial<MirrorFacts> = {}): MirrorFacts => ({
  mirror: mirrorOf({}).mirror,
  images: [],
  problems: new Map(),
  charts: [],
  rendered: [],
  view,
  isApply: false,
  ...more,
});
const told = (given: Partial<MirrorFacts>) =>
  planMirror(facts(given)).checks.map(({ id, status, message }) => `${status} ${id}: ${message}`);

test('what is missing is a change, by digest and without the name of the registry', () => {
  const { changes, images, charts } = planMirror(
    facts({
      images: [image('one', true), image('two', false)],
      charts: [{ ...chart, source: chart.origin }],
      rendered: [rendered()],
    }),
  );
  expect(changes.map(({ address, title, kind, risk }) => [address, title, kind, risk])).toEqual([
    [`mirror/ghcr.io/a/web@${digest}`, 'chart mirror/ghcr.io/a/web', 'create', 'low'],
    [`mirror/quay.io/a/two@${digest}`, 'image mirror/quay.io/a/two', 'create', 'low'],
  ]);
  expect(changes[0]?.attributes.map(({ after }) => after)).toEqual([
    { is: 'shown', text: digest },
    { is: 'shown', text: 'ghcr.io/a/web:1.0.0' },
  ]);
  expect(images.map(({ name }) => name)).toEqual(['quay.io/a/two:1']);
  expect(charts.map(({ path }) => path)).toEqual(['/web.tgz']);
});

test.each([
  ['    cluster: { private: false }', 'warning'],
  ['    cluster: { private: true }\n    runner: inside', 'blocked'],
])('images from elsewhere: %s', (settings, status) => {
  const given = [rendered('cr.azurecr.io/mirror/quay.io/a/one:1', 'quay.io/a/two:1', 'quay.io/a/gone:1')];
  const problems = new Map([['quay.io/a/gone:1', { message: 'It is gone.' }]]);
  expect(told({ rendered: given, view: resolve(settings), problems })).toEqual([
    'blocked mirror/quay.io/a/gone:1: It is gone.',
    `${status} release/web/mirror: 1 of 3 images of \`web\` does not come from cr.azurecr.io: \`quay.io/a/two:1\`.`,
  ]);
});

test.each([
  [false, 'later mirror/registry: There is no registry cr.azurecr.io yet'],
  [true, 'blocked mirror/registry: There is no registry cr.azurecr.io, in which'],
])('without a registry, applied: %s', (isApply, expected) => {
  const [first] = told({ mirror: mirrorOf(undefined).mirror, isApply });
  expect(first).toContain(expected);
});
