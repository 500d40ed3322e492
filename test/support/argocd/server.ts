import { asObject, asString } from '@suite/foundation';
import type { ApiClient } from '../control-plane.ts';
import { argoNamespace } from './objects.ts';

/** The API server of a running Argo CD. */
export interface ArgoServer {
  /** As a client knows it; `fetch` finds it there. */
  readonly address: string;
  readonly fetch: typeof fetch;
  /** A token of a local account that may have keys (`accounts.NAME: apiKey` in `argocd-cm`). */
  tokenOf(account: string): Promise<string>;
}

const address = 'https://argocd.example';

/** `at` is where it listens, without TLS. */
export async function openServer(at: string, api: ApiClient): Promise<ArgoServer> {
  const go: typeof fetch = (input, init) => fetch(String(input).replace(address, at), init);
  const post = async (path: string, body: object, token?: string) => {
    const answer = await go(`${address}${path}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status}: ${text}`);
    return asString(asObject(JSON.parse(text))['token']) ?? '';
  };
  // It makes a password for its administrator when it starts first.
  const secret = await api.until(
    `/api/v1/namespaces/${argoNamespace}/secrets/argocd-initial-admin-secret`,
    object => asObject(object['data'])['password'] !== undefined,
  );
  const password = Buffer.from(String(asObject(secret['data'])['password']), 'base64').toString('utf8');
  const admin = await post('/api/v1/session', { username: 'admin', password });
  return {
    address,
    fetch: go,
    tokenOf: account => post(`/api/v1/account/${account}/token`, {}, admin),
  };
}
