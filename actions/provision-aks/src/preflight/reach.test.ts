import { expect, test } from '@jest/globals';
import { createReach } from './reach.ts';

const failing = (code: string | undefined, message = 'refused') =>
  Object.assign(new TypeError('fetch failed'), {
    cause: Object.assign(new Error(message), code === undefined ? {} : { code }),
  });

test.each<[string, () => Promise<Response>, string | undefined]>([
  ['an answer', async () => new Response(null, { status: 401 }), undefined],
  ['a certificate of its own', async () => Promise.reject(failing('SELF_SIGNED_CERT_IN_CHAIN')), undefined],
  ['a signature that is not known', async () => Promise.reject(failing('UNABLE_TO_VERIFY_LEAF_SIGNATURE')), undefined],
  ['no such name', async () => Promise.reject(failing('ENOTFOUND')), 'its name cannot be resolved (ENOTFOUND)'],
  ['nobody there', async () => Promise.reject(failing('ECONNREFUSED')), 'the connection failed (ECONNREFUSED)'],
  [
    'a proxy that refuses',
    async () => Promise.reject(failing(undefined, 'Proxy response (403)')),
    'Proxy response (403)',
  ],
  [
    'no answer in time',
    async () => Promise.reject(Object.assign(new Error('timeout'), { name: 'TimeoutError' })),
    'it did not answer within 5 s',
  ],
])('%s', async (_, answer, expected) => {
  const asked: string[] = [];
  const reach = createReach(async input => {
    asked.push(String(input));
    return answer();
  });
  expect(await reach('aks.example.com')).toBe(expected);
  expect(asked).toEqual(['https://aks.example.com/livez']);
});
