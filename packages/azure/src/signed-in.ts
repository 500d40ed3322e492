import type { TokenCredential } from '@azure/core-auth';
import { asObject, asString, parseJson } from '@suite/foundation';
import type { Cloud } from './clouds.ts';

/** Who Entra ID says has signed in. */
export interface SignedIn {
  /** Object id: what role assignments name. */
  readonly objectId: string;
  readonly tenant: string;
}

/** Reads the token for the resource manager; nothing is checked, which is the resource manager's to do. */
export async function readSignedIn(credential: TokenCredential, cloud: Cloud): Promise<SignedIn> {
  const token = await credential.getToken(`${cloud.resourceManager}/.default`);
  const claims = asObject(parseJson(Buffer.from(token?.token.split('.')[1] ?? '', 'base64url').toString('utf8')));
  const [objectId, tenant] = [asString(claims['oid']), asString(claims['tid'])];
  if (objectId === undefined || tenant === undefined) throw new Error('A token of Entra ID names neither oid nor tid.');
  return { objectId, tenant };
}
