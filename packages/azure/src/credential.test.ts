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
  const { requests, httpClient } = fakeAzure(request =>
    request.url.includes('/oauth2/v2.0/token') ? entra(asked++) : discovery(request.url),
  );
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
    // Tokens end by the clock of the SDK, which is the system's.
    clock: { ...eagerClock(), now: () => Date.now() },
    httpClient,
  });
  const tokenRequests = () => requests.filter(({ url }) => url.includes('/oauth2/v2.0/token'));
  return { credential, masked, audiences, tokenRequests };
}

function discovery(url: string): FakeAnswer {
  const authority = `https://login.microsoftonline.com/${tenant}`;
  if (url.includes('/discovery/instance')) {
    return {
      status: 200,
      body: { tenant_discovery_endpoint: `${authority}/v2.0/.well-known/openid-configuration`, metadata: [] },
    };
  }
  return {
    status: 200,
    body: {
      issuer: `${authority}/v2.0`,
      authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
      token_endpoint: `${authority}/oauth2/v2.0/token`,
      jwks_uri: `${authority}/discovery/v2.0/keys`,
    },
  };
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
    expect(request?.url.split('?')[0]).toBe(`https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`);
    const form = new URLSearchParams(String(request?.body));
    expect(form.get('client_id')).toBe(clientId);
    expect(masked).toEqual([form.get('client_assertion'), 'access-0']);
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

  test('a failure is not remembered', async () => {
    const { credential } = start(index => (index === 0 ? refused('AADSTS700016: x')() : granted(3600)(index)));
    await expect(credential.getToken(scope)).rejects.toThrow('has no application with that client id');
    expect((await credential.getToken(scope)).token).toBe('access-1');
  });
});
