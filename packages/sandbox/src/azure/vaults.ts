import { randomUUID } from 'node:crypto';
import { asObject, type Clock, parseJson } from '@suite/foundation';
import { bearer, type Handler, header, json, type WorldRequest, type WorldResponse } from '../network/http.ts';
import type { AccessControl } from './access.ts';
import { subscriptionOf } from './arm/ids.ts';
import type { Resource, ResourceStore } from './arm/store.ts';
import type { TokenMint } from './tokens.ts';

export const vaultSuffix = '.vault.azure.net';

export interface VaultOptions {
  readonly clock: Clock;
  readonly mint: TokenMint;
  readonly access: AccessControl;
  readonly store: ResourceStore;
  readonly tenantOf: (subscription: string) => string | undefined;
}

interface Secret {
  readonly id: string;
  readonly value: string;
  readonly attributes: { readonly enabled: true; readonly created: number; readonly updated: number };
}

/** Plays the secrets of `*.vault.azure.net`, for vaults with role-based rights. Keys and certificates are not played. */
export function createVaultService(options: VaultOptions): Handler {
  const secrets = new Map<string, Secret>();
  const deleted = new Map<string, Secret>();
  return async request => {
    const vault = options.store
      .all()
      .find(
        ({ type, name }) =>
          type === 'Microsoft.KeyVault/vaults' && `${name}${vaultSuffix}`.toLowerCase() === request.host,
      );
    if (vault === undefined) return refuse(404, 'VaultNotFound', `There is no vault at ${request.host}.`);
    // The provider asks for the root until somebody answers, to know that the vault's name resolves.
    if (request.path === '/') return refuse(404, 'NotFound', 'Nothing is here.');
    const refusal = await judge(request, vault, options);
    if (refusal !== undefined) return refusal;
    const [, kind, name = ''] = request.path.split('/');
    if (kind === 'certificates') return refuse(404, 'CertificateNotFound', 'Contacts not found.');
    const isKnown = kind === 'secrets' || kind === 'deletedsecrets';
    if (!isKnown || name === '') {
      return refuse(501, 'NotImplemented', `The sandbox plays no ${request.path} of a vault.`);
    }
    const key = `${request.host}/${name}`.toLowerCase();
    if (request.method === 'PUT' && kind === 'secrets') {
      const { value } = asObject(parseJson((await request.body()).toString('utf8')));
      const seconds = Math.floor(options.clock.now() / 1000);
      const secret: Secret = {
        id: `https://${request.host}/secrets/${name}/${randomUUID().replaceAll('-', '')}`,
        value: String(value),
        attributes: { enabled: true, created: seconds, updated: seconds },
      };
      secrets.set(key, secret);
      return json(200, secret);
    }
    const from = kind === 'secrets' ? secrets : deleted;
    const found = from.get(key);
    if (found === undefined) {
      return refuse(404, 'SecretNotFound', `A secret with (name/id) ${name} was not found in this key vault.`);
    }
    if (request.method === 'GET') return json(200, found);
    from.delete(key);
    // A deleted secret can be seen until it is purged.
    if (from === deleted) return { status: 204 };
    deleted.set(key, found);
    return json(200, { ...found, recoveryId: `https://${request.host}/deletedsecrets/${name}` });
  };
}

async function judge(
  request: WorldRequest,
  vault: Resource,
  options: VaultOptions,
): Promise<WorldResponse | undefined> {
  const tenant = options.tenantOf(subscriptionOf(vault.id) ?? '');
  const token = await options.mint.read(bearer(request) ?? '');
  const isValid = token?.audience.replace(/\/$/, '') === 'https://vault.azure.net' && token.tenant === tenant;
  if (header(request, 'authorization') === undefined || !isValid || options.clock.now() >= token.expires * 1000) {
    const challenge = `Bearer authorization="https://login.microsoftonline.com/${tenant}", resource="https://vault.azure.net"`;
    return json(
      401,
      { error: { code: 'Unauthorized', message: 'AKV10000: Request is missing a Bearer or PoP token.' } },
      { 'WWW-Authenticate': challenge },
    );
  }
  const verb = { PUT: 'setSecret', DELETE: 'delete' }[request.method] ?? 'getSecret';
  const action = `Microsoft.KeyVault/vaults/secrets/${verb}/action`;
  if (options.access.permits(token.objectId, action, vault.id, 'data')) return undefined;
  const message = `Caller is not authorized to perform action on resource. Action: '${action}' Resource: '${vault.id}' Caller: appid=${token.clientId};oid=${token.objectId}`;
  return refuse(403, 'Forbidden', message);
}

function refuse(status: number, code: string, message: string): WorldResponse {
  return json(status, { error: { code, message } });
}
