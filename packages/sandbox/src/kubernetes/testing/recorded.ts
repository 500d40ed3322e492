import { isObject } from '@suite/foundation';
import { makeRequest, type WorldResponse } from '../../network/http.ts';
import type { User } from '../access/attributes.ts';
import { at, type Fields, list } from '../objects.ts';
import type { ApiCase } from './cases.ts';

/** An answer as far as it has to be the same everywhere. */
export interface Recorded {
  readonly status: number;
  readonly body?: unknown;
}

export const users: Readonly<Record<NonNullable<ApiCase['as']>, User>> = {
  admin: { name: 'admin', groups: ['system:masters', 'system:authenticated'] },
  reader: { name: 'reader', groups: ['system:authenticated'] },
  maker: { name: 'maker', groups: ['system:authenticated'] },
};

/** Puts a case to an API server, whichever it is. */
export async function ask(
  answer: (request: ReturnType<typeof makeRequest>, user: User) => Promise<WorldResponse>,
  one: ApiCase,
): Promise<Recorded> {
  const { method, path, body, contentType, accept = 'application/json', as = 'admin' } = one;
  const sent = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const request = makeRequest(method, `https://cluster.example${path}`, {
    headers: {
      accept,
      'user-agent': 'cases/1',
      ...(sent === undefined
        ? {}
        : {
            'content-type': contentType ?? 'application/json',
            'content-length': String(Buffer.byteLength(sent)),
          }),
    },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const response = await answer(request, users[as]);
  const text = await readText(response);
  return normalised(one, response.status, text);
}

async function readText({ body }: WorldResponse): Promise<string> {
  if (body === undefined || typeof body === 'string') return body ?? '';
  if (body instanceof Uint8Array) return Buffer.from(body).toString('utf8');
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks).toString('utf8');
}

function normalised({ keep }: ApiCase, status: number, text: string): Recorded {
  const isJson = text.trimStart().startsWith('{');
  if (!isJson) return { status, body: text };
  const body = timeless(JSON.parse(text)) as Fields;
  if (status >= 400) return { status, body };
  if (keep === undefined) return { status };
  const kept = Object.fromEntries(keep.map(path => [path, pick(body, path.split('.'))]));
  return { status, body: JSON.parse(JSON.stringify(kept)) };
}

function pick(value: unknown, path: readonly string[]): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (step === '*') return list(value).map(item => pick(item, rest));
  return pick(at(value)[step], rest);
}

const times = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g;
const ids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Nothing, where an item is no entry of `managedFields`. */
function managerOf(item: unknown): string {
  if (!isObject(item) || !('manager' in item)) return '';
  return [item['operation'], item['manager'], item['subresource'] ?? ''].join(' ');
}

/**
 * Without what differs from run to run, and without what controllers of a real cluster add at times of their own. Managers are
 * put in order of their names: the server sorts them by the second of their last write first.
 */
function timeless(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(times, 'TIME').replace(ids, 'UID');
  if (Array.isArray(value)) {
    const kept = value.filter(
      item => !(isObject(item) && String(item['manager']).startsWith('kube-controller-manager')),
    );
    return kept.sort((one, other) => managerOf(one).localeCompare(managerOf(other), 'en')).map(timeless);
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, timeless(item)]));
}
