import { randomUUID } from 'node:crypto';
import { asNumber, asObject, asString, type Clock, parseJson } from '@suite/foundation';
import { compactVerify, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { Principal } from './directory.ts';

/** What a verified access token says. Times are in seconds since 1970. */
export interface AccessToken {
  readonly tenant: string;
  readonly clientId: string;
  readonly objectId: string;
  readonly audience: string;
  readonly expires: number;
}

/** Makes and reads Entra's access tokens. */
export interface TokenMint {
  readonly keys: { readonly keys: readonly JWK[] };
  issue(principal: Principal, audience: string, lifeSeconds: number): Promise<string>;
  /** Undefined for anything that was not signed here. Expiry and audience are for the resource to judge. */
  read(token: string): Promise<AccessToken | undefined>;
}

export async function createTokenMint(clock: Clock): Promise<TokenMint> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { modulusLength: 2048 });
  const kid = randomUUID();
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }] };
  // A client sends one token with hundreds of requests.
  const verified = new Map<string, AccessToken>();

  return {
    keys,
    issue: (principal, audience, lifeSeconds) => {
      const now = Math.floor(clock.now() / 1000);
      const { tenant, clientId, objectId, resourceId } = principal;
      return new SignJWT({
        appid: clientId,
        appidacr: '2',
        idp: `https://sts.windows.net/${tenant}/`,
        idtyp: 'app',
        oid: objectId,
        tid: tenant,
        uti: randomUUID(),
        ver: '1.0',
        ...(resourceId === undefined ? {} : { xms_mirid: resourceId }),
      })
        .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid })
        .setAudience(audience)
        .setIssuer(`https://sts.windows.net/${tenant}/`)
        .setSubject(objectId)
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + lifeSeconds)
        .sign(privateKey);
    },
    read: async token => {
      const known = verified.get(token);
      if (known !== undefined) return known;
      try {
        const { payload } = await compactVerify(token, publicKey, { algorithms: ['RS256'] });
        const claims = asObject(parseJson(new TextDecoder().decode(payload)));
        const read: AccessToken = {
          tenant: asString(claims['tid']) ?? '',
          clientId: asString(claims['appid']) ?? '',
          objectId: asString(claims['oid']) ?? '',
          audience: asString(claims['aud']) ?? '',
          expires: asNumber(claims['exp']) ?? 0,
        };
        verified.set(token, read);
        return read;
      } catch {
        return undefined;
      }
    },
  };
}
