import { randomBytes, randomUUID } from 'node:crypto';
import { asArray, asNumber, asObject, asString, type Clock, parseJson } from '@suite/foundation';
import { compactVerify, SignJWT } from 'jose';
import type { RegistryAction } from './rights.ts';

/** Whom a registry's token stands for. */
export interface Holder {
  readonly clientId: string;
  readonly objectId: string;
  readonly tenant: string;
}

/** Actions on one repository, or on the registry's `catalog`. */
export interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** What a verified token says; expiry is for the reader to judge. */
export interface RegistryToken {
  readonly kind: 'refresh_token' | 'access_token';
  /** Login server that it is for. */
  readonly host: string;
  readonly holder: Holder;
  /** Of a refresh token. */
  readonly rights: readonly RegistryAction[];
  /** Of an access token. */
  readonly access: readonly Access[];
  /** Seconds since 1970. */
  readonly expires: number;
}

/** Lives in seconds: 3 h, and 75 min as in the samples of Azure/acr docs/AAD-OAuth.md. */
const refreshSeconds = 3 * 60 * 60;
const accessSeconds = 75 * 60;

/** Makes and reads the registries' own tokens, with the claims that ACR's have. */
export interface RegistryTokens {
  issueRefresh(host: string, holder: Holder, rights: readonly RegistryAction[]): Promise<string>;
  issueAccess(host: string, holder: Holder, access: readonly Access[]): Promise<string>;
  /** Undefined for anything that was not signed here. */
  read(token: string): Promise<RegistryToken | undefined>;
}

export function createRegistryTokens(clock: Clock): RegistryTokens {
  const key = randomBytes(32);
  const issue = (host: string, holder: Holder, lifeSeconds: number, claims: Record<string, unknown>) => {
    const now = Math.floor(clock.now() / 1000);
    return new SignJWT({
      version: '1.0',
      tenant: holder.tenant,
      appid: holder.clientId,
      oid: holder.objectId,
      roles: [],
      ...claims,
    })
      .setProtectedHeader({ typ: 'JWT', alg: 'HS256' })
      .setJti(randomUUID())
      .setSubject(holder.clientId)
      .setIssuer('Azure Container Registry')
      .setAudience(host)
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + lifeSeconds)
      .sign(key);
  };
  return {
    issueRefresh: (host, holder, rights) =>
      issue(host, holder, refreshSeconds, {
        grant_type: 'refresh_token',
        permissions: { actions: rights, notActions: [] },
      }),
    issueAccess: (host, holder, access) => issue(host, holder, accessSeconds, { grant_type: 'access_token', access }),
    read: async token => {
      try {
        const { payload } = await compactVerify(token, key, { algorithms: ['HS256'] });
        return readClaims(asObject(parseJson(new TextDecoder().decode(payload))));
      } catch {
        return undefined;
      }
    },
  };
}

function readClaims(claims: Readonly<Record<string, unknown>>): RegistryToken {
  const text = (name: string) => asString(claims[name]) ?? '';
  return {
    kind: claims['grant_type'] === 'refresh_token' ? 'refresh_token' : 'access_token',
    host: text('aud'),
    holder: { clientId: text('appid'), objectId: text('oid'), tenant: text('tenant') },
    rights: asArray(asObject(claims['permissions'])['actions']) as readonly RegistryAction[],
    access: asArray(claims['access']) as readonly Access[],
    expires: asNumber(claims['exp']) ?? 0,
  };
}
