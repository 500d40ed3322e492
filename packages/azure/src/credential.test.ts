import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { clouds } from './clouds.ts';
import { createCredential } from './credential.ts';
import { eagerClock } from './testing/eager-clock.ts';
import { type FakeAnswer, fakeAzure, fakeJwt } from './testing/fake-azure.ts';

const tenant = '11111111-1111-1111-1111-111111111111';
const clientId = '22222222-2222-2222-2222-222222222222';
const issuer = 'https://token.actions.githubusercontent.com';
const scope = 'https://management.azure.com/.default';

function start(entra: (index: number) => FakeAnswer | string, requestToken?: (audience: string) => Promise<string>) {
  const masked: string[] = [];
  const audiences: string[] = [];
  let issued = 0;
  let asked = 0;
  const { requests, httpClient } = fakeAzure(() => entra(asked++));
  const credential = createCredential({
    identity: { name: 'plan identity of environment dev', clientId },
    tenant,
    cloud: clouds.public,
    oidc: {
      requestToken:
        requestToken ??
        (async audience => {
          audiences.push(audience);
          return fakeJwt({ sub: 'repo:octo@1/platform@2:environment:dev', iss: issuer, aud: audience, n: ++issued });
        }),
    },
    mask: secret => masked.push(secret),
    clock: eagerClock(),
    httpClient,
  });
  return { credential, masked, audiences, tokenRequests: () => requests };
}

function granted(lifetime: number): (index: number) => FakeAnswer {
  return index => ({
    status: 200,
    body: { token_type: 'Bearer', expires_in: lifetime, ext_expires_in: lifetime, access_token: `access-${index}` },
  });
}

function refused(description: string): () => FakeAnswer {
  return () => ({ status: 401, body: { error: 'invalid_client', error_description: description } });
}

describe('createCredential', () => {
  test('exchanges the token of the job and hides both', async () => {
    const { credential, masked, audiences, tokenRequests } = start(granted(3600));
    expect((await credential.getToken(scope)).token).toBe('access-0');
    expect(audiences).toEqual(['api://AzureADTokenExchange']);
    const [request] = tokenRequests();
    expect(request).toMatchObject({
      method: 'POST',
      url: `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`,
    });
    expect(request?.headers.has('authorization')).toBe(false);
    const { client_assertion: assertion, ...form } = Object.fromEntries(new URLSearchParams(String(request?.body)));
    // Microsoft Learn, "OAuth 2.0 client credentials flow": access token request with a federated credential.
    expect(form).toEqual({
      grant_type: 'client_credentials',
      client_id: clientId,
      scope,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    expect(masked).toEqual([assertion, 'access-0']);
  });

  test('a token that lasts is used again, however many ask at once, and GitHub is asked once', async () => {
    const { credential, audiences, tokenRequests } = start(granted(3600));
    const several = await Promise.all(Array.from({ length: 20 }, () => credential.getToken(scope)));
    expect(new Set(several.map(({ token }) => token))).toEqual(new Set(['access-0']));
    expect((await credential.getToken(scope)).token).toBe('access-0');
    expect([tokenRequests().length, audiences.length]).toEqual([1, 1]);
    expect((await credential.getToken('https://vault.azure.net/.default')).token).toBe('access-1');
  });

  test('each renewal asks GitHub for a fresh token', async () => {
    const { credential, audiences, tokenRequests } = start(granted(1));
    await credential.getToken(scope);
    expect((await credential.getToken(scope)).token).toBe('access-1');
    expect(audiences).toHaveLength(2);
    const assertions = tokenRequests().map(({ body }) => new URLSearchParams(String(body)).get('client_assertion'));
    expect(new Set(assertions).size).toBe(2);
  });

  test('no federated credential: who, the subject, and what to add', async () => {
    const { credential } = start(
      refused(
        "AADSTS700213: No matching federated identity record found for presented assertion subject 'x'. Trace ID: 1",
      ),
    );
    const asked = credential.getToken(scope);
    await expect(asked).rejects.toBeInstanceOf(UserError);
    await expect(asked).rejects.toThrow(
      `The plan identity of environment dev (client id ${clientId}) cannot sign in: GitHub presented the subject \`repo:octo@1/platform@2:environment:dev\`, and the application has no federated credential for it; add one with issuer \`${issuer}\`, subject \`repo:octo@1/platform@2:environment:dev\`, audience \`api://AzureADTokenExchange\`.`,
    );
  });

  test('a job without OIDC: the error of the port arrives as it is', async () => {
    const missing = new UserError({ message: 'no OIDC token', remedy: 'id-token: write' });
    const { credential, tokenRequests } = start(granted(3600), () => Promise.reject(missing));
    await expect(credential.getToken(scope)).rejects.toBe(missing);
    expect(tokenRequests()).toHaveLength(0);
  });

  test('Entra ID out of reach', async () => {
    const { credential } = start(() => 'ENOTFOUND');
    await expect(credential.getToken(scope)).rejects.toThrow(
      'login.microsoftonline.com could not be reached while signing in: connect ENOTFOUND.',
    );
  });

  test('Entra ID that is busy is asked again', async () => {
    const { credential, tokenRequests } = start(index => (index < 2 ? { status: 503 } : granted(3600)(index)));
    expect((await credential.getToken(scope)).token).toBe('access-2');
    expect(tokenRequests()).toHaveLength(3);
  });

  test('Entra ID that stays busy: one message', async () => {
    const { credential, tokenRequests } = start(() => ({ status: 429 }));
    await expect(credential.getToken(scope)).rejects.toThrow(
      'login.microsoftonline.com kept answering 429 while signing in: HTTP status 429.',
    );
    expect(tokenRequests()).toHaveLength(5);
  });

  test('what a resource finds lacking in a token is asked for', async () => {
    const { credential, tokenRequests } = start(granted(3600));
    await credential.getToken(scope);
    const claims = '{"access_token":{"nbf":{"essential":true}}}';
    expect((await credential.getToken(scope, { claims })).token).toBe('access-1');
    expect(new URLSearchParams(String(tokenRequests()[1]?.body)).get('claims')).toBe(claims);
  });

  test('a token that is to be renewed before its end is', async () => {
    const { credential } = start(index => ({
      status: 200,
      body: { expires_in: 86_400, refresh_in: index === 0 ? 0 : 43_200, access_token: `access-${index}` },
    }));
    expect((await credential.getToken(scope)).token).toBe('access-0');
    expect((await credential.getToken(scope)).token).toBe('access-1');
    expect((await credential.getToken(scope)).token).toBe('access-1');
  });

  test.each<[string, FakeAnswer]>([
    ['without a token', { status: 200, body: {} }],
    ['of somebody else', { status: 404, text: '<html>Not here</html>' }],
  ])('an answer %s is no sign-in', async (_, answer) => {
    const { credential } = start(() => answer);
    await expect(credential.getToken(scope)).rejects.toThrow(
      /^The plan identity of environment dev .* cannot sign in at login\.microsoftonline\.com: .*\. Check tenant and client id\./,
    );
  });

  test('a failure is not remembered', async () => {
    const { credential } = start(index => (index === 0 ? refused('AADSTS700016: x')() : granted(3600)(index)));
    await expect(credential.getToken(scope)).rejects.toThrow('has no application with that client id');
    expect((await credential.getToken(scope)).token).toBe('access-1');
  });
});
