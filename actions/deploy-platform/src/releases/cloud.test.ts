import { describe, expect, test } from '@jest/globals';
import type { CloudName } from '@suite/azure/clouds';
import { inputOf, releaseOf, viewOf } from './examples.fixture.ts';
import { resolveReleases } from './index.ts';
import { at } from './values.ts';

const login = 'login: { client-id: 99999999-9999-9999-9999-999999999999, vault-secret: entra }';
const grafana = 'login: { client-id: 99999999-9999-9999-9999-999999999999 }';
const said = `argo-cd: { ${login} }, kube-prometheus-stack: { ${grafana} }, jupyterhub: { ${login} }, loki: true, mlflow: { ${login}, database: flexible-server, artifacts: cluster }`;
/** Production of the guide with all that knows a cloud. */
const inCloud = (cloud: CloudName) => ({
  ...viewOf('guide', 'prod', `  database: true\n  releases: { ${said} }`),
  cloud,
});

describe.each([
  ['usgovernment', 'login.microsoftonline.us', 'usgovcloudapi.net', 'AzureUSGovernmentCloud', 'AzureUSGovernment'],
  ['china', 'login.partner.microsoftonline.cn', 'chinacloudapi.cn', 'AzureChinaCloud', 'AzureChinaCloud'],
] as const)('in %s', (cloud, signIn, suffix, environment, forLoki) => {
  const view = inCloud(cloud);
  const valuesOf = (name: string) => releaseOf(view, name).values;

  test('no release is told of the public cloud', () => {
    const releases = resolveReleases(inputOf(view));
    expect(releases.length).toBeGreaterThan(8);
    for (const { name, values } of releases) {
      const found = JSON.stringify(values).match(
        /microsoftonline\.com|windows\.net|azure\.net|azurecr\.io|PublicCloud/g,
      );
      expect({ name, found }).toEqual({ name, found: null });
    }
  });

  test('people sign in at its Entra', () => {
    for (const name of ['argo-cd', 'kube-prometheus-stack', 'jupyterhub', 'mlflow']) {
      expect(JSON.stringify(valuesOf(name))).toContain(`https://${signIn}/`);
    }
  });

  test('programs are told it in their own words', () => {
    expect(at(valuesOf('loki'), 'loki', 'structuredConfig')).toEqual({
      common: { storage: { azure: { environment: forLoki } } },
    });
    expect(at(valuesOf('issuers'), 'acme', 'zone', 'environment')).toBe(environment);
    expect(at(valuesOf('secrets'), 'cloud')).toBe(environment);
    expect(at(valuesOf('mlflow'), 'initContainers')).toContainEqual(
      expect.objectContaining({
        name: 'database-password',
        env: expect.arrayContaining([
          { name: 'DATABASE_SCOPE', value: `https://ossrdbms-aad.database.${suffix}/.default` },
        ]),
      }),
    );
  });
});

test('in the public one they are told nothing that they take for granted', () => {
  const releases = resolveReleases(inputOf(inCloud('public')));
  expect(JSON.stringify(releases.map(({ values }) => values))).not.toMatch(
    /PublicCloud|structuredConfig|DATABASE_SCOPE|ossrdbms/,
  );
});
