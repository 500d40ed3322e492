import { Readable } from 'node:stream';
import type { Handler, WorldRequest, WorldResponse } from '../network/http.ts';

/**
 * Lets `bytes` of the request's body through, or of the answer's where the request has none, and breaks the connection.
 * Who plays the host has seen what came before: an upload is then as far as that. A body that is shorter passes whole.
 */
export async function cutAfter(
  request: WorldRequest,
  bytes: number,
  handler: Handler,
): Promise<WorldResponse | 'reset'> {
  if (request.method === 'GET' || request.method === 'HEAD') return cutAnswer(await handler(request), bytes);
  const state = { isCut: false };
  const stream = Readable.from(beginning(request.stream, bytes, state), { objectMode: false });
  try {
    const answer = await handler({ ...request, stream, body: () => readAll(stream) });
    return state.isCut ? 'reset' : answer;
  } catch (error) {
    if (state.isCut) return 'reset';
    throw error;
  }
}

async function* beginning(stream: Readable, bytes: number, state: { isCut: boolean }): AsyncIterable<Buffer> {
  let left = bytes;
  for await (const chunk of stream) {
    const part = (chunk as Buffer).subarray(0, left);
    left -= part.length;
    if (part.length > 0) yield part;
    if (part.length === (chunk as Buffer).length) continue;
    state.isCut = true;
    throw new Error('The connection was cut by a fault.');
  }
}

function cutAnswer(answer: WorldResponse, bytes: number): WorldResponse {
  const { body } = answer;
  const whole = body instanceof Readable || body === undefined ? undefined : Buffer.from(body as string);
  if (whole === undefined || whole.length <= bytes) return answer;
  // It still tells its whole length: that is how the client notices.
  const headers = { 'Content-Length': String(whole.length), ...answer.headers };
  return { ...answer, headers, body: Readable.from(cutOff(whole.subarray(0, bytes)), { objectMode: false }) };
}

async function* cutOff(part: Buffer): AsyncIterable<Buffer> {
  if (part.length > 0) yield part;
  throw new Error('The connection was cut by a fault.');
}

async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
