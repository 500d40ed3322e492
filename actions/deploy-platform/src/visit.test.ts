import { describe, expect, test } from '@jest/globals';
import { type Clock, systemClock } from '@suite/foundation';
import { visitOver } from './visit.ts';

const url = 'https://argocd.dev.platform.contoso.com/healthz';
const never = new AbortController().signal;
const failing =
  (error: unknown): typeof fetch =>
  async () => {
    throw error;
  };
const failed = (cause: unknown) => new TypeError('fetch failed', { cause });
const coded = (code: string) => Object.assign(new Error('details'), { code });

describe('what became of asking', () => {
  test('an answer, without following where it leads', async () => {
    const asked: RequestInit[] = [];
    const page: typeof fetch = async (_url, init) => {
      asked.push(init ?? {});
      return new Response('', { status: 302, headers: { location: '/login' } });
    };
    await expect(visitOver(page, systemClock)(url, never)).resolves.toEqual({ is: 'answered', status: 302 });
    expect(asked).toEqual([expect.objectContaining({ redirect: 'manual' })]);
  });

  test.each([
    ['a name that leads nowhere', failed(coded('ENOTFOUND')), { is: 'unreachable', why: 'ENOTFOUND' }],
    ['a closed port', failed(coded('ECONNREFUSED')), { is: 'unreachable', why: 'ECONNREFUSED' }],
    [
      'a proxy that refuses',
      failed(new Error('Proxy response (403)')),
      { is: 'unreachable', why: 'Proxy response (403)' },
    ],
    [
      'its own signature',
      failed(coded('DEPTH_ZERO_SELF_SIGNED_CERT')),
      { is: 'untrusted', why: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    ],
    [
      'another name',
      failed(coded('ERR_TLS_CERT_ALTNAME_INVALID')),
      { is: 'untrusted', why: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    ],
    ['an old certificate', failed(failed(coded('CERT_HAS_EXPIRED'))), { is: 'untrusted', why: 'CERT_HAS_EXPIRED' }],
    ['an error without a cause', new TypeError('fetch failed'), { is: 'unreachable', why: 'fetch failed' }],
  ])('%s', async (_case, error, expected) => {
    await expect(visitOver(failing(error), systemClock)(url, never)).resolves.toEqual(expected);
  });

  test('nobody who answers', async () => {
    const hanging: typeof fetch = (_url, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      });
    const impatient: Clock = { ...systemClock, sleep: async () => undefined };
    await expect(visitOver(hanging, impatient)(url, never)).resolves.toEqual({
      is: 'unreachable',
      why: 'no answer within 10 s',
    });
  });

  test('a run that is cancelled says so', async () => {
    const stopped = AbortSignal.abort(new Error('cancelled'));
    await expect(visitOver(failing(stopped.reason), systemClock)(url, stopped)).rejects.toThrow('cancelled');
  });
});
