import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { makeRequest } from '../network/http.ts';
import { cutAfter } from './cut.ts';

test.each([
  [0, '', true],
  [3, 'hel', true],
  [5, 'hello', false],
  [9, 'hello', false],
])('of an upload %d bytes are seen', async (bytes, seen, isCut) => {
  const chunks: Buffer[] = [];
  const answer = await cutAfter(makeRequest('PATCH', 'https://x/', { body: 'hello' }), bytes, async request => {
    for await (const chunk of request.stream) chunks.push(chunk as Buffer);
    return { status: 202 };
  });
  expect([Buffer.concat(chunks).toString(), answer]).toEqual([seen, isCut ? 'reset' : { status: 202 }]);
});

test('of a download they are sent under its whole length, and then it breaks', async () => {
  const answer = await cutAfter(makeRequest('GET', 'https://x/'), 3, () => ({ status: 200, body: 'hello' }));
  if (answer === 'reset' || !(answer.body instanceof Readable)) throw new Error('It was not cut.');
  expect(answer.headers).toEqual({ 'Content-Length': '5' });
  const chunks: Buffer[] = [];
  const { body } = answer;
  const read = async () => {
    for await (const chunk of body) chunks.push(chunk as Buffer);
  };
  await expect(read()).rejects.toThrow('cut by a fault');
  expect(Buffer.concat(chunks).toString()).toBe('hel');
  const short = { status: 200, body: 'hi' };
  expect(await cutAfter(makeRequest('GET', 'https://x/'), 3, () => short)).toBe(short);
});

test('what else goes wrong is no cut', async () => {
  const failing = cutAfter(makeRequest('PUT', 'https://x/', { body: 'hello' }), 9, () => {
    throw new Error('a defect');
  });
  await expect(failing).rejects.toThrow('a defect');
});
