import { expect, test } from '@jest/globals';
import { parsePlatform } from './load.ts';
import { pinChart } from './pin-chart.ts';

const [old, next] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`];
const pin = { version: 'v1.22.0', digest: next };
const file = (defaults: string, dev = '', more = '') => `# contoso's own
version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
${defaults}environments:
  dev: { subscription: 33333333-3333-3333-3333-333333333333,   location: westeurope${dev} } # the first
  prod:
    subscription: 55555555-5555-5555-5555-555555555555
    location: westeurope
    runner: inside # in the network
${more}`;
const pinned = (text: string, environments: readonly string[] = ['dev', 'prod']) => {
  const after = pinChart(text, { setting: 'releases.cert-manager', environments }, pin);
  // What comes out is a platform file.
  parsePlatform(after, 'platform.yaml');
  return after;
};

test('a version that the file names nowhere is named for all, at the end of what it says for all', () => {
  const lines = `    cert-manager:\n      version: v1.22.0\n      digest: ${next}\n`;
  expect(pinned(file('defaults:\n  releases:\n    jaeger: true # on\n'))).toBe(
    file(`defaults:\n  releases:\n    jaeger: true # on\n${lines}`),
  );
  expect(pinned(file(''))).toBe(`${file('')}defaults:\n  releases:\n${lines}`);
  expect(pinned(file('defaults:\n  releases: { cert-manager: true } # all\n'))).toBe(
    file(`defaults:\n  releases: { cert-manager: { version: v1.22.0, digest: ${next} } } # all\n`),
  );
});

test('one that is named is named anew where it stands, in its quotes', () => {
  const all = (version: string, digest: string) =>
    file(
      `defaults:\n  releases:\n    cert-manager:\n      version: '${version}' # tested in dev\n      digest: "${digest}"\n`,
    );
  expect(pinned(all('v1.20.0', old))).toBe(all('v1.22.0', next));
  const dev = (version: string, digest: string) =>
    file('', `, releases: { cert-manager: { version: ${version}, digest: ${digest} } }`);
  expect(pinned(dev('v1.20.0', old), ['dev'])).toBe(dev('v1.22.0', next));
});

test('an environment that names its own keeps its place, and the others get theirs', () => {
  const prod = (version: string, digest: string) =>
    `    releases:\n      cert-manager: { version: ${version}, digest: ${digest} }\n`;
  const text = file('', '', prod('v1.20.0', old));
  expect(pinned(text, ['dev'])).toContain(prod('v1.20.0', old));
  expect(pinned(text, ['prod'])).toBe(file('', '', prod('v1.22.0', next)));
  const both = pinned(text);
  expect(both).toContain(prod('v1.22.0', next));
  expect(both).toContain('defaults:\n  releases:\n    cert-manager:\n      version: v1.22.0\n');
});

test('a chart of applications stands at the top, and in an environment that has its own', () => {
  const charts = (version: string, digest: string) =>
    `charts:\n  redis: { chart: "oci://ghcr.io/contoso/redis", version: ${version}, digest: "${digest}" } # cache\n`;
  const own = (version: string, digest: string) => `, charts: { redis: { version: ${version}, digest: ${digest} } }`;
  const setting = 'charts.redis';
  const text = file('', own('1.1.0', old), charts('1.0.0', old));
  expect(pinChart(text, { setting, environments: ['prod'] }, pin)).toBe(
    file('', own('1.1.0', old), charts('v1.22.0', next)),
  );
  expect(pinChart(text, { setting, environments: ['dev'] }, pin)).toBe(
    file('', own('v1.22.0', next), charts('1.0.0', old)),
  );
});

test('so does a region', () => {
  const text = file('').replace(
    'location: westeurope\n    runner',
    `regions:\n      westeurope: { releases: { cert-manager: { version: v1.20.0, digest: ${old} } } }\n      northeurope: {}\n    runner`,
  );
  expect(pinned(text, ['prod'])).toBe(text.replace('v1.20.0', 'v1.22.0').replace(old, next));
});
