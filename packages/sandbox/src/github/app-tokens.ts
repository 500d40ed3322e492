import { verify } from 'node:crypto';
import { asNumber, asObject, parseJson } from '@suite/foundation';
import { type Refusal, refusals } from './refusals.ts';
import type { App } from './store/apps.ts';
import type { GitHubState } from './store/state.ts';

/** In seconds, what GitHub allows between now and the end of an App's token (docs, generating a JWT for a GitHub App). */
const longestSeconds = 600;

export function isAppToken(token: string): boolean {
  return token.split('.').length === 3;
}

/**
 * The App that signed a JSON web token, or why GitHub does not take it. Order and words are those that people report
 * (actions/create-github-app-token#178, tibdex/github-app-token#102, sigmavirus24/github3.py#1050).
 */
export function readAppToken({ apps, clock }: GitHubState, token: string): App | Refusal {
  const [head = '', body = '', signature = ''] = token.split('.');
  const { alg } = asObject(parseJson(decode(head)));
  const claims = asObject(parseJson(decode(body)));
  if (alg !== 'RS256') return refusals.badAppToken();
  const issuer = String(claims['iss'] ?? '');
  const app = apps.find(({ id, clientId }) => issuer === String(id) || issuer === clientId);
  if (app === undefined) return refusals.noSuchApp();
  const isSigned = verify('sha256', Buffer.from(`${head}.${body}`), app.publicKey, Buffer.from(signature, 'base64url'));
  if (!isSigned) return refusals.badAppToken();
  const now = clock.now() / 1000;
  const [issued, ends] = [asNumber(claims['iat']), asNumber(claims['exp'])];
  if (ends === undefined || ends <= now) return refusals.appTokenEnded();
  if (ends > now + longestSeconds) return refusals.appTokenTooLong();
  if (issued === undefined || issued > now) return refusals.appTokenTooEarly();
  return app;
}

function decode(part: string): string {
  return Buffer.from(part, 'base64url').toString('utf8');
}
