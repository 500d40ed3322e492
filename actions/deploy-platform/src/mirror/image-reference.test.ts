import { expect, test } from '@jest/globals';
import { mirrorRepository, parseImage } from './image-reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

test.each<readonly [string, ReturnType<typeof parseImage>]>([
  [
    'quay.io/prometheus/prometheus:v3.14.0',
    { host: 'quay.io', repository: 'prometheus/prometheus', tag: 'v3.14.0', digest: undefined },
  ],
  ['busybox', { host: 'docker.io', repository: 'library/busybox', tag: 'latest', digest: undefined }],
  ['grafana/grafana:13', { host: 'docker.io', repository: 'grafana/grafana', tag: '13', digest: undefined }],
  [
    `index.docker.io/library/redis@${digest}`,
    { host: 'docker.io', repository: 'library/redis', tag: undefined, digest },
  ],
  [`localhost:5000/a/b:1@${digest}`, { host: 'localhost:5000', repository: 'a/b', tag: '1', digest }],
  ['localhost/a', { host: 'localhost', repository: 'a', tag: 'latest', digest: undefined }],
  ['GHCR.io/a/b:1', { host: 'ghcr.io', repository: 'a/b', tag: '1', digest: undefined }],
  ['quay.io/Upper/case:1', undefined],
  ['quay.io/a@sha256:short', undefined],
  ['{{ .Values.image }}', undefined],
  ['', undefined],
])('%s', (text, expected) => {
  expect(parseImage(text)).toEqual(expected);
});

test.each([
  ['quay.io', 'prometheus/prometheus', 'mirror/quay.io/prometheus/prometheus'],
  ['registry.example:5000', 'a/b', 'mirror/registry.example-5000/a/b'],
  ['example.org', '~charts/Team_A//web', 'mirror/example.org/charts/team_a/web'],
  ['example.org', 'a..b/c', 'mirror/example.org/a.b/c'],
])('%s/%s lies at %s', (host, repository, expected) => {
  expect(mirrorRepository(host, repository)).toBe(expected);
});
