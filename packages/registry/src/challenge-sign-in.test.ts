import { describe, expect, test } from '@jest/globals';
import { type Credential, createChallengeSignIn, readChallenge } from './challenge-sign-in.ts';
import { createSend } from './http.ts';

describe('a challenge', () => {
  test.each<readonly [string, ReturnType<typeof readChallenge>]>([
    ['Basic realm="x"', { kind: 'basic' }],
    [
      'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a:pull"',
      { kind: 'bearer', realm: new URL('https://auth.example/token'), service: 'registry.example' },
    ],
    [
      'bearer service="s", realm="https://a.example/t?x=1"',
      { kind: 'bearer', realm: new URL('https://a.example/t?x=1'), service: 's' },
    ],
    ['Bearer realm="http://auth.example/token"', undefined],
    ['Bearer realm="/token"', undefined],
    ['Negotiate', undefined],
    ['', undefined],
  ])('%s', (header, expected) => {
    expect(readChallenge(header)).toEqual(expected);
  });
});

const asked = (header: string) => new Headers({ 'www-authenticate': header });
const bearer = asked('Bearer realm="https://auth.example/token",service="registry.example"');
const scope = { repository: 'team/api', right: 'pull' } as const;

function setUp(credential?: Credential, answer: object = { token: 'secret', expires_in: 60 }, status = 200) {
  const requests: { url: URL; method: string; authorization: string | null; body: string }[] = [];
  const masked: string[] = [];
  let now = 0;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    requests.push({
      url: new URL(String(input)),
      method: init?.method ?? 'GET',
      authorization: new Headers(init?.headers).get('authorization'),
      body: init?.body == null ? '' : new TextDecoder().decode(init.body as Uint8Array),
    });
    return Response.json(answer, { status });
  };
  const clock = { now: () => now, sleep: async () => undefined };
  const signIn = createChallengeSignIn({
    host: 'registry.example',
    identity: { name: 'anonymous user' },
    ...(credential === undefined ? {} : { credential }),
    mask: secret => void masked.push(secret),
    clock,
    send: createSend({ clock, fetch }),
  });
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  return { signIn, requests, masked, pass };
}

describe('signing in', () => {
  test('begins with nothing, and asks for a token per scope once it has to', async () => {
    const { signIn, requests, masked, pass } = setUp();
    expect(await signIn.authorization(scope)).toBeUndefined();
    signIn.refused(bearer);
    expect(await signIn.authorization(scope)).toBe('Bearer secret');
    await signIn.authorization(scope);
    expect(requests.map(({ url, authorization }) => [url.href, authorization])).toEqual([
      ['https://auth.example/token?service=registry.example&scope=repository%3Ateam%2Fapi%3Apull', null],
    ]);
    expect(masked).toEqual(['secret']);
    await signIn.authorization({ repository: 'team/api', right: 'push', from: 'team/base' });
    expect(requests[1]?.url.searchParams.getAll('scope')).toEqual([
      'repository:team/api:pull,push',
      'repository:team/base:pull',
    ]);
    pass(31_000);
    await signIn.authorization(scope);
    expect(requests).toHaveLength(3);
  });

  test('uses a password for the token, or itself where the registry takes no tokens', async () => {
    const credential = { kind: 'password', user: 'mona', password: 'word' } as const;
    const basic = `Basic ${Buffer.from('mona:word').toString('base64')}`;
    const { signIn, requests } = setUp(credential);
    signIn.refused(bearer);
    await signIn.authorization(scope);
    expect(requests[0]?.authorization).toBe(basic);
    signIn.refused(asked('Basic realm="registry"'));
    expect(await signIn.authorization(scope)).toBe(basic);
    expect(requests).toHaveLength(1);
  });

  test('exchanges an identity token', async () => {
    const { signIn, requests } = setUp({ kind: 'token', token: 'identity' }, { access_token: 'secret' });
    signIn.refused(bearer);
    expect(await signIn.authorization(scope)).toBe('Bearer secret');
    expect(requests[0]).toMatchObject({ method: 'POST', authorization: null });
    expect(Object.fromEntries(new URLSearchParams(requests[0]?.body))).toMatchObject({
      grant_type: 'refresh_token',
      refresh_token: 'identity',
      scope: 'repository:team/api:pull',
    });
  });

  test.each<readonly [string, object, number, string]>([
    ['who is refused', {}, 401, 'The anonymous user may not sign in to registry.example'],
    ['no token', { expires_in: 1 }, 200, 'no token when this job tried to sign in'],
  ])('tells %s', async (_, answer, status, message) => {
    const { signIn } = setUp(undefined, answer, status);
    signIn.refused(bearer);
    await expect(signIn.authorization(scope)).rejects.toThrow(message);
  });
});
