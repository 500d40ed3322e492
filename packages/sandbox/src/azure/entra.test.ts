import { beforeEach, describe, expect, test } from '@jest/globals';
import { decodeJwt, generateKeyPair, SignJWT } from 'jose';
import { createOidc, issuer, type Oidc } from '../github/oidc.ts';
import type { Job } from '../github/subject.ts';
import { type Handler, makeRequest } from '../network/http.ts';
import { createDirectory, type Directory } from './directory.ts';
import { createEntra } from './entra.ts';
import { manualClock, tenant } from './testing.ts';
import { createTokenMint } from './tokens.ts';

const clientId = '00000000-0000-0000-0000-0000000000a1';
const exchange = 'api://AzureADTokenExchange';
const job: Job = {
  repository: 'octo-org/platform',
  ref: 'refs/heads/main',
  sha: 'a'.repeat(40),
  environment: 'dev',
  event: 'push',
  workflowRef: 'octo-org/platform/.github/workflows/p.yml@refs/heads/main',
  runId: '1',
  runAttempt: 1,
  actor: 'octocat',
};

let clock: ReturnType<typeof manualClock>;
let directory: Directory;
let oidc: Oidc;
let entra: Handler;
let presented: string[];

beforeEach(async () => {
  clock = manualClock();
  directory = createDirectory();
  directory.addTenant(tenant);
  presented = [];
  oidc = await createOidc({ clock, expirySeconds: () => 300, onIssued: () => undefined });
  entra = createEntra({
    clock,
    directory,
    mint: await createTokenMint(clock),
    issuers: new Map([[issuer, oidc.publicKey]]),
    tokenSeconds: () => 3600,
    onIssued: ({ subject }) => void presented.push(subject),
  });
  directory.add({ tenant, name: 'apply', clientId });
});

const trust = (credential: { issuer?: string; subject?: string; audiences?: string[] }) =>
  directory.byClientId(tenant, clientId)?.credentials.set('one', {
    name: 'one',
    issuer,
    subject: 'repo:octo-org/platform:environment:dev',
    audiences: [exchange],
    ...credential,
  });

const ask = async (form: Record<string, string>, path = `/${tenant}/oauth2/v2.0/token`) => {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    scope: 'https://management.azure.com/.default',
    ...form,
  }).toString();
  const answer = await entra(makeRequest('POST', `https://login.microsoftonline.com${path}`, { body }));
  return { status: answer.status, ...JSON.parse(String(answer.body)) };
};
const exchangeFor = async (form: Record<string, string> = {}, audience = exchange) =>
  ask({ client_assertion: await oidc.issue(job, audience), ...form });

describe('tokens for assertions', () => {
  test('an assertion that a credential names exactly gets a token for the scope', async () => {
    trust({});
    const { status, access_token, token_type, expires_in } = await exchangeFor();
    expect({ status, token_type, expires_in }).toEqual({ status: 200, token_type: 'Bearer', expires_in: 3600 });
    expect(decodeJwt(access_token)).toMatchObject({
      aud: 'https://management.azure.com',
      appid: clientId,
      tid: tenant,
      oid: directory.byClientId(tenant, clientId)?.objectId,
      exp: clock.now() / 1000 + 3600,
    });
    const storage = await exchangeFor({ scope: 'https://storage.azure.com/.default' });
    expect(decodeJwt(storage.access_token).aud).toBe('https://storage.azure.com');
    expect(presented).toEqual(Array(2).fill('repo:octo-org/platform:environment:dev'));
    const other = directory.add({ tenant, name: 'argo-cd' }).clientId;
    expect(decodeJwt((await exchangeFor({ scope: `${other}/.default` })).access_token).aud).toBe(other);
  });

  test.each([
    ['no credential at all', undefined, 70021, "Assertion Subject: 'repo:octo-org/platform:environment:dev'"],
    ['another issuer', { issuer: 'https://other' }, 700211, `issuer '${issuer}'`],
    ['another audience', { audiences: ['api://other'] }, 700212, `audience '${exchange}'`],
    [
      'another subject',
      { subject: 'repo:octo-org/platform:environment:prod' },
      700213,
      "subject 'repo:octo-org/platform:environment:dev'",
    ],
    ['another letter case', { subject: 'repo:Octo-Org/platform:environment:dev' }, 700213, 'subject'],
  ])('%s is refused with its own code', async (_, credential, code, text) => {
    if (credential !== undefined) trust(credential);
    const refused = await exchangeFor();
    expect(refused).toMatchObject({ status: 401, error: 'invalid_client', error_codes: [code] });
    expect(refused.error_description).toMatch(
      new RegExp(`^AADSTS${code}: No matching federated identity record found`),
    );
    expect(refused.error_description).toContain(text);
    expect(refused.error_description).toMatch(/Trace ID: \S+ Correlation ID: \S+ Timestamp: 2026-11-23 05:00:00Z$/);
  });

  test('an assertion is good for five minutes', async () => {
    trust({});
    const client_assertion = await oidc.issue(job, exchange);
    clock.advance(299_000);
    expect(await ask({ client_assertion })).toMatchObject({ status: 200 });
    clock.advance(1_000);
    const refused = await ask({ client_assertion });
    expect(refused).toMatchObject({ status: 401, error_codes: [700024] });
    expect(refused.error_description).toContain(
      'Current time: 2026-11-23T05:05:00.0000000Z, assertion valid from 2026-11-23T04:50:00.0000000Z, expiry time of assertion 2026-11-23T05:05:00.0000000Z',
    );
  });

  test('a forged assertion is refused', async () => {
    trust({});
    const { privateKey } = await generateKeyPair('RS256');
    const now = clock.now() / 1000;
    const forged = await new SignJWT({
      sub: 'repo:octo-org/platform:environment:dev',
      iss: issuer,
      aud: exchange,
      nbf: now,
      exp: now + 300,
    })
      .setProtectedHeader({ alg: 'RS256' })
      .sign(privateKey);
    expect(await ask({ client_assertion: forged })).toMatchObject({ status: 401, error_codes: [700027] });
    expect(await ask({ client_assertion: 'nonsense' })).toMatchObject({ status: 401, error_codes: [50027] });
  });

  test.each([
    [{ client_id: '99999999-0000-0000-0000-000000000000' }, 400, 'unauthorized_client', 700016],
    [{ scope: 'https://unknown.example/.default' }, 400, 'invalid_resource', 500011],
    [{ scope: '' }, 400, 'invalid_request', 900144],
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
    [{ client_assertion: '' }, 401, 'invalid_client', 7000218],
  ])('%j', async (form, status, error, code) => {
    trust({});
    expect(await exchangeFor(form)).toMatchObject({ status, error, error_codes: [code] });
  });

  test('an unknown tenant', async () => {
    expect(await ask({}, '/99999999-0000-0000-0000-000000000000/oauth2/v2.0/token')).toMatchObject({
      status: 400,
      error_codes: [90002],
    });
  });

  test('the documents that clients ask for first', async () => {
    const get = async (path: string) => {
      const answer = await entra(makeRequest('GET', `https://login.microsoftonline.com${path}`));
      return { status: answer.status, ...JSON.parse(String(answer.body)) };
    };
    expect(await get('/common/discovery/instance?api-version=1.1')).toMatchObject({
      metadata: [{ preferred_network: 'login.microsoftonline.com' }],
    });
    expect(await get(`/${tenant}/v2.0/.well-known/openid-configuration`)).toMatchObject({
      token_endpoint: `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`,
    });
    expect(await get(`/${tenant}/discovery/v2.0/keys`)).toMatchObject({ keys: [{ alg: 'RS256' }] });
  });
});
