import { type KeyObject, sign } from 'node:crypto';

/**
 * What an App proves itself with: RS256, `iat` a minute back for clocks that are a little apart, `exp` below the ten minutes
 * that GitHub allows, `iss` the client id or the App's id (docs.github.com, "Generating a JSON Web Token (JWT) for a GitHub App").
 * `now` in milliseconds since 1970.
 */
export function signAppToken(issuer: string, key: KeyObject, now: number): string {
  const seconds = Math.floor(now / 1000);
  const claims = { iat: seconds - 60, exp: seconds + 8 * 60, iss: issuer };
  const content = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
