import type { PipelineRequest } from '@azure/core-rest-pipeline';
import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { clouds } from '../clouds.ts';
import { eagerClock } from '../testing/eager-clock.ts';
import { type FakeAnswer, fakeAzure, fakeCredential } from '../testing/fake-azure.ts';
import { createContainerRegistries } from './container-registries.ts';
import { ImportFailure, type ImportFailureKind } from './import-failure.ts';
import type { ImageImport } from './import-image.ts';

const arm = 'https://management.azure.com';
const registries = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries';
const target = `${registries}/acrprod`;
const digest = `sha256:${'a'.repeat(64)}`;
const place = (n: number) =>
  `${arm}/subscriptions/s/providers/Microsoft.ContainerRegistry/locations/WESTUS/operationResults/registries-${n}?t=${n}`;
const image: ImageImport = {
  source: { resourceId: `${registries}/acrdev` },
  repository: 'shop/api',
  digest,
  targetTags: ['shop/api:v1'],
  untaggedTargetRepositories: [],
  overwrite: false,
};

function start(answer: (request: PipelineRequest, index: number) => FakeAnswer | string) {
  const { requests, httpClient } = fakeAzure(answer);
  const clock = eagerClock();
  const identity = { name: 'apply identity of environment prod', clientId: 'c1' };
  const client = createContainerRegistries(fakeCredential, {
    cloud: clouds.public,
    identity,
    clock,
    httpClient,
    random: () => 0.5,
  });
  return { client, requests, clock, asked: () => requests.map(({ method, url }) => `${method} ${url}`) };
}

/** The n-th answer; the last one for all that follow. */
const inTurn = (...answers: readonly (FakeAnswer | string)[]) =>
  start((_, index) => answers[Math.min(index, answers.length - 1)] ?? { status: 500 });
const accepted: FakeAnswer = { status: 202, headers: { location: place(1) } };
const refused = (status: number, code: string, message: string): FakeAnswer => ({
  status,
  body: { error: { code, message } },
});
const failureOf = async (work: Promise<void>): Promise<ImportFailure> => {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof ImportFailure)) throw new Error(`no failure of an import: ${error}`);
  return error;
};

describe('an import', () => {
  // As recorded in Azure/azure-cli, test_acr_import_with_regional_endpoints.yaml: each answer has a new place, and no time.
  test('is followed from place to place until it has ended', async () => {
    const { client, asked, clock } = inTurn(
      accepted,
      { status: 202, headers: { location: place(2) }, body: { 'shop/api:v1': 'Pending', status: 'Accepted' } },
      { status: 202, headers: { location: place(3), 'retry-after': '10' }, body: { status: 'Accepted' } },
      { status: 200, body: { status: 'Succeeded' } },
    );
    await client.importImage(target, image);
    expect(asked()).toEqual([
      `POST ${arm}${target}/importImage?api-version=2025-11-01`,
      ...[1, 2, 3].map(n => `GET ${place(n)}`),
    ]);
    expect(clock.pauses).toEqual([500, 1000, 10_000]);
  });

  test('may be over at once', async () => {
    const { client, requests } = inTurn({ status: 200 });
    await client.importImage(target, image);
    expect(requests).toHaveLength(1);
  });

  test.each<readonly [name: string, change: Partial<ImageImport>, body: object]>([
    [
      'by digest, overwriting nothing',
      {},
      {
        source: { resourceId: `${registries}/acrdev`, sourceImage: `shop/api@${digest}` },
        targetTags: ['shop/api:v1'],
        untaggedTargetRepositories: [],
        mode: 'NoForce',
      },
    ],
    [
      'from another tenant, without a tag',
      {
        source: { registryUri: 'acrother.azurecr.io', credentials: { password: 'token' } },
        targetTags: [],
        untaggedTargetRepositories: ['shop/api'],
        overwrite: true,
      },
      {
        source: {
          registryUri: 'acrother.azurecr.io',
          credentials: { password: 'token' },
          sourceImage: `shop/api@${digest}`,
        },
        targetTags: [],
        untaggedTargetRepositories: ['shop/api'],
        mode: 'Force',
      },
    ],
  ])('says what it wants: %s', async (_, change, body) => {
    const { client, requests } = inTurn({ status: 200 });
    await client.importImage(target, { ...image, ...change });
    expect(JSON.parse(String(requests[0]?.body))).toEqual(body);
    expect(requests[0]?.headers.get('content-type')).toBe('application/json');
  });

  test.each([
    [{ digest: 'v1' }, '"v1" of shop/api is no digest.'],
    [{ targetTags: [] }, `The import of shop/api@${digest} names nowhere to go.`],
  ])('that cannot be meant is a defect: %j', async (change, message) => {
    const { client, requests } = inTurn({ status: 200 });
    await expect(client.importImage(target, { ...image, ...change })).rejects.toThrow(message);
    expect(requests).toHaveLength(0);
  });

  test('sends its token nowhere else, wherever an answer points', async () => {
    const { client, requests } = inTurn(
      { ...accepted },
      { status: 202, headers: { location: 'https://evil.example.com/o' } },
      { status: 200 },
    );
    await client.importImage(target, image);
    expect(requests.map(({ url }) => new URL(url).host)).toEqual(requests.map(() => 'management.azure.com'));
  });

  test('begins again after a limit of the import service, which comes as the end of the operation', async () => {
    const limit = refused(400, 'BadRequest', 'Operation registries-1 failed. HAP429: retry later');
    const { client, asked } = inTurn(accepted, limit, accepted, { status: 200 });
    await client.importImage(target, image);
    expect(asked().filter(one => one.startsWith('POST'))).toHaveLength(2);
    const always = start((_, index) => (index % 2 === 0 ? accepted : limit));
    expect(await failureOf(always.client.importImage(target, image))).toMatchObject({ kind: 'busy' });
    expect(always.asked().filter(one => one.startsWith('POST'))).toHaveLength(4);
  });

  test('is left alone when it takes too long', async () => {
    const { client, clock } = inTurn(accepted, { status: 202 });
    const failure = await failureOf(client.importImage(target, image, { longestMs: 60_000 }));
    expect(failure.kind).toBe('unfinished');
    expect(failure.message).toBe(
      `The registry acrprod has not imported shop/api@${digest} from acrdev within 1 minutes. Run it again: what has arrived by then is found.`,
    );
    expect(clock.pauses.reduce((sum, pause) => sum + pause)).toBeLessThan(66_000);
  });

  test('is not waited for by whoever was cancelled', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const { requests, httpClient } = fakeAzure((_, index) => {
      if (index === 1) controller.abort(reason);
      return index === 0 ? accepted : { status: 202 };
    });
    const clock = eagerClock();
    const client = createContainerRegistries(fakeCredential, {
      cloud: clouds.public,
      identity: { name: 'x', clientId: 'c1' },
      clock: {
        ...clock,
        sleep: async (milliseconds, signal) => {
          signal?.throwIfAborted();
          await clock.sleep(milliseconds);
        },
      },
      httpClient,
    });
    await expect(client.importImage(target, image, { signal: controller.signal })).rejects.toBe(reason);
    expect(requests).toHaveLength(2);
    await expect(client.importImage(target, image, { signal: controller.signal })).rejects.toBe(reason);
    expect(requests).toHaveLength(2);
  });

  test('says of a resource manager that does not answer what any request says', async () => {
    for (const answer of ['ENOTFOUND', { status: 503 }] as const) {
      const error = await inTurn(answer)
        .client.importImage(target, image)
        .catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(UserError);
      expect(error).not.toBeInstanceOf(ImportFailure);
      expect(String(error)).toContain('management.azure.com');
    }
  });
});

const operation = `Operation registries-1 failed. Resource ${target}`;
const importAction = 'Microsoft.ContainerRegistry/registries/importImage/action';

/** The sentences are Azure's, from the reports named in import-failure.ts. */
describe('a refusal', () => {
  const atOnce: readonly (readonly [ImportFailureKind, FakeAnswer, RegExp])[] = [
    [
      'forbidden',
      refused(
        403,
        'AuthorizationFailed',
        `The client 'c1' with object id 'o1' does not have authorization to perform action '${importAction}' over scope '${target}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
      ),
      /^The apply identity of environment prod \(client id c1\) may not perform `Microsoft.ContainerRegistry\/registries\/importImage\/action` on \S+acrprod, so acrprod could not import shop\/api@sha256:a+\. Give it "Container Registry Data Importer/,
    ],
    [
      'forbidden',
      refused(
        403,
        'LinkedAuthorizationFailed',
        `The client 'c1' with object id 'o1' has permission to perform action '${importAction}' on scope '${target}'; however, it does not have permission to perform action 'read' on the linked scope(s) '${registries}/acrdev'.`,
      ),
      /may not perform `read` on \S+acrdev, so acrprod could not import/,
    ],
    [
      'tenant',
      refused(
        403,
        'LinkedAuthorizationFailed',
        `The client has permission to perform action '${importAction}' on scope '${target}', however the current tenant 't1' is not authorized to access linked subscription 's2'.`,
      ),
      /could not import shop\/api@sha256:a+ from acrdev: LinkedAuthorizationFailed: .* Registries of different tenants/,
    ],
    ['missing', refused(404, 'ResourceNotFound', 'The Resource was not found.'), /Check that the source holds/],
    ['conflict', refused(409, 'Conflict', 'It cannot be.'), /Look at what the tag stands for/],
    ['other', refused(400, 'BadRequest', 'Something else'), /from acrdev: BadRequest: Something else\.$/],
  ];
  const atTheEnd: readonly (readonly [ImportFailureKind, string])[] = [
    [
      'firewall',
      `${operation} Invalid message Forbidden Forbidden {"errors":[{"code":"DENIED","message":"client with IP \\u00271.2.3.4\\u0027 is not allowed access. Refer https://aka.ms/acr/firewall to grant access."}]}`,
    ],
    ['conflict', `${operation} shop/api:v1 Tag shop/api:v1 already exists in target registry.`],
    ['forbidden', `${operation} Access to acrdev.azurecr.io denied.`],
    [
      'forbidden',
      `${operation} Invalid message Unauthorized Unauthorized {"errors":[{"code":"UNAUTHORIZED","message":"Access to the requested resource is not authorized"}]}`,
    ],
    ['missing', `${operation} Unable to find manifest digest Repo: acrdev.azurecr.io/shop/api Tag:  Manifest: `],
    ['manifests', `${operation} The number of manifests exceeds 50.`],
    ['other', `${operation} Error copying blobs`],
  ];

  test.each(atOnce)('at once: %s', async (kind, answer, message) => {
    const failure = await failureOf(inTurn(answer).client.importImage(target, image));
    expect([failure.kind, failure.message]).toEqual([kind, expect.stringMatching(message)]);
    expect(failure.cause).toBeDefined();
  });

  test.each(atTheEnd)('at the end of the operation: %s', async (kind, message) => {
    const ends: readonly FakeAnswer[] = [
      refused(400, 'InvalidParameters', message),
      { status: 200, body: { status: 'Failed', error: { code: 'InvalidParameters', message } } },
    ];
    for (const end of ends) {
      const failure = await failureOf(inTurn(accepted, end).client.importImage(target, image));
      expect([failure.kind, failure.message]).toEqual([kind, expect.stringContaining('InvalidParameters: Operation')]);
    }
  });
});

describe('a registry', () => {
  // As recorded in Azure/azure-cli, shortened.
  const body = (properties: object = {}) => ({
    sku: { name: 'Premium', tier: 'Premium' },
    type: 'Microsoft.ContainerRegistry/registries',
    id: target,
    name: 'acrProd',
    location: 'westus',
    properties: {
      loginServer: 'acrProd-x1.azurecr.io',
      provisioningState: 'Succeeded',
      networkRuleSet: { defaultAction: 'Allow', ipRules: [] },
      policies: { azureADAuthenticationAsArmPolicy: { status: 'enabled' } },
      dataEndpointEnabled: false,
      dataEndpointHostNames: [],
      publicNetworkAccess: 'Enabled',
      networkRuleBypassOptions: 'AzureServices',
      roleAssignmentMode: 'LegacyRegistryPermissions',
      ...properties,
    },
  });
  const open = {
    id: target,
    name: 'acrProd',
    loginServer: 'acrprod-x1.azurecr.io',
    location: 'westus',
    sku: 'Premium',
    state: 'Succeeded',
    network: { isPublic: true, isOpen: true, allowed: [], trustsServices: true },
    dataHosts: [],
    permissions: 'registry',
    takesArmTokens: true,
  };
  const host = 'acrprod.westus.data.azurecr.io';

  test.each<readonly [name: string, properties: object, view: object]>([
    ['open', {}, open],
    [
      'closed and strict',
      {
        networkRuleSet: { defaultAction: 'Deny', ipRules: [{ action: 'Allow', value: '1.2.3.0/24' }] },
        publicNetworkAccess: 'Disabled',
        networkRuleBypassOptions: 'None',
        roleAssignmentMode: 'AbacRepositoryPermissions',
        dataEndpointEnabled: true,
        dataEndpointHostNames: [host],
        policies: { azureADAuthenticationAsArmPolicy: { status: 'disabled' } },
      },
      {
        ...open,
        network: { isPublic: false, isOpen: false, allowed: ['1.2.3.0/24'], trustsServices: false },
        dataHosts: [host],
        permissions: 'repositories',
        takesArmTokens: false,
      },
    ],
    ['without what only Premium has', { networkRuleSet: undefined, roleAssignmentMode: undefined }, open],
  ])('%s', async (_, properties, view) => {
    const { client, asked } = inTurn({ status: 200, body: body(properties) });
    expect(await client.find(target)).toEqual(view);
    expect(asked()).toEqual([`GET ${arm}${target}?api-version=2025-11-01`]);
  });

  test('that is not there, that may not be seen, and that is none', async () => {
    expect(await inTurn(refused(404, 'ResourceNotFound', 'x')).client.find(target)).toBeUndefined();
    await expect(inTurn(refused(403, 'AuthorizationFailed', 'x')).client.find(target)).rejects.toThrow(
      'may not perform `Microsoft.ContainerRegistry/registries/read`',
    );
    await expect(inTurn({ status: 200, body: { id: target } }).client.find(target)).rejects.toThrow('is no registry');
  });
});
