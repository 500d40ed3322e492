import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asObject, type JsonObject } from '@suite/foundation';
import { releaseOf, viewOf } from './examples.fixture.ts';
import { type ChartRenderer, helmFile, openCharts, whereHelm } from './own-charts.fixture.ts';

const withHelm = helmFile === undefined ? describe.skip : describe;

withHelm(`the chart of issuers${whereHelm}`, () => {
  let charts: ChartRenderer;
  const render = (values: JsonObject) => charts.render('issuers', values, { namespace: 'cert-manager' });

  beforeAll(async () => {
    charts = await openCharts();
  });
  afterAll(() => charts.close());

  const specs = (objects: readonly JsonObject[]) =>
    Object.fromEntries(objects.map(({ metadata, spec }) => [String(asObject(metadata)['name']), spec]));

  const acme = (host: string, name: string, solver: JsonObject, email?: string) => ({
    acme: {
      server: `https://${host}.api.letsencrypt.org/directory`,
      ...(email === undefined ? {} : { email }),
      privateKeySecretRef: { name: `letsencrypt-${name}-account` },
      solvers: [{ selector: { dnsZones: ['prod.platform.contoso.com'] }, dns01: { azureDNS: { ...zone, ...solver } } }],
    },
  });
  const zone = {
    hostedZoneName: 'prod.platform.contoso.com',
    resourceGroupName: 'rg-contoso-prod-westeurope',
    subscriptionID: '55555555-5555-5555-5555-555555555555',
  };
  const managedIdentity = { clientID: 'c0ffee' };

  test.each<[string, JsonObject, unknown]>([
    ['without a domain', releaseOf(viewOf('minimal', 'prod'), 'issuers').values, { selfsigned: { selfSigned: {} } }],
    [
      'with a contact',
      releaseOf(viewOf('guide', 'prod'), 'issuers').values,
      {
        selfsigned: { selfSigned: {} },
        'letsencrypt-staging': acme('acme-staging-v02', 'staging', { managedIdentity }, 'platform@contoso.com'),
        'letsencrypt-prod': acme('acme-v02', 'prod', { managedIdentity }, 'platform@contoso.com'),
      },
    ],
    [
      'without a contact, before there is an identity',
      releaseOf(viewOf('private', 'prod'), 'issuers', { outputs: undefined }).values,
      {
        selfsigned: { selfSigned: {} },
        'letsencrypt-staging': acme('acme-staging-v02', 'staging', {}),
        'letsencrypt-prod': acme('acme-v02', 'prod', {}),
      },
    ],
  ])('%s', async (_name, values, expected) => {
    expect(specs(await render(values))).toEqual(expected);
  });

  test('a value that it does not know is refused', async () => {
    await expect(render({ acme: { emial: 'a@contoso.com' } })).rejects.toThrow(/emial/);
  });
});
