import { asString, isObject, parseJson } from '@suite/foundation';

/** What GitHub says of a job in its OIDC token, as far as Entra ID compares it. */
export interface PresentedClaims {
  readonly subject: string;
  readonly issuer: string;
  readonly audience: string;
}

/** Reads the claims of a JWT without checking anything: Entra ID does that. Undefined for what is no such token. */
export function readClaims(jwt: string): PresentedClaims | undefined {
  const payload = jwt.split('.')[1];
  if (payload === undefined) return undefined;
  const claims = parseJson(Buffer.from(payload, 'base64url').toString('utf8'));
  if (!isObject(claims)) return undefined;
  const subject = asString(claims['sub']);
  const issuer = asString(claims['iss']);
  const audience = asString(claims['aud']);
  return subject === undefined || issuer === undefined || audience === undefined
    ? undefined
    : { subject, issuer, audience };
}
