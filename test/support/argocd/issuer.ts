import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An issuer of tokens in the way of Entra: discovery, keys, RS256. */
export interface Issuer {
  /** `iss` of its tokens. */
  readonly url: string;
  /** A token of an hour for an application itself (client credentials): its subject is the object id of its service principal. */
  token(subject: string, audience: string): string;
  close(): void;
}

export async function startIssuer(): Promise<Issuer> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }];
  const server = createServer((request, response) => {
    const isKeys = request.url?.endsWith('/keys') ?? false;
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(
      JSON.stringify(
        isKeys
          ? { keys }
          : {
              issuer: url,
              jwks_uri: `${url}/keys`,
              authorization_endpoint: `${url}/authorize`,
              token_endpoint: `${url}/token`,
              response_types_supported: ['code'],
              subject_types_supported: ['pairwise'],
              id_token_signing_alg_values_supported: ['RS256'],
            },
      ),
    );
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tenant/v2.0`;
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    url,
    token: (subject, audience) => {
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        iss: url,
        aud: audience,
        sub: subject,
        oid: subject,
        idtyp: 'app',
        iat: now,
        nbf: now,
        exp: now + 3600,
      };
      const content = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'one' })}.${encode(claims)}`;
      return `${content}.${sign('sha256', Buffer.from(content), privateKey).toString('base64url')}`;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
