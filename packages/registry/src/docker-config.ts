import { asObject, asString, isObject, parseJson, UserError } from '@suite/foundation';
import type { Credential } from './challenge-sign-in.ts';

/** Docker's own names for its registry. */
const dockerHub = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];

/**
 * What Docker's configuration (`~/.docker/config.json`, as `docker login` writes it) holds for a registry; undefined when it
 * holds nothing. Throws UserError where the credential lies in a helper, and for a text that is no such file.
 */
export function readDockerCredential(config: string, host: string): Credential | undefined {
  const file = parseJson(config);
  if (!isObject(file)) throw new UserError({ message: 'Docker’s configuration is no JSON object.' });
  const names = dockerHub.includes(host) ? dockerHub : [host];
  const helpers = asObject(file['credHelpers']);
  const helper = names.map(name => asString(helpers[name])).find(one => one !== undefined);
  if (helper !== undefined) throw helperError(host, helper);
  const entry = Object.entries(asObject(file['auths'])).find(([key]) => names.includes(hostOf(key)));
  if (entry === undefined) return undefined;
  const fields = asObject(entry[1]);
  const token = asString(fields['identitytoken']);
  if (token !== undefined && token !== '') return { kind: 'token', token };
  const auth = asString(fields['auth']);
  if (auth !== undefined && auth !== '') return readAuth(auth, host);
  const [user, password] = [asString(fields['username']), asString(fields['password'])];
  if (user !== undefined && password !== undefined) return { kind: 'password', user, password };
  const store = asString(file['credsStore']);
  if (store !== undefined) throw helperError(host, store);
  return undefined;
}

/** Keys are hosts, or addresses as `https://index.docker.io/v1/`. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}

function readAuth(auth: string, host: string): Credential {
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) throw new UserError({ message: `Docker’s configuration holds no user and password for ${host}.` });
  // Docker pads what it encodes with zeros.
  return { kind: 'password', user: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '') };
}

function helperError(host: string, helper: string): UserError {
  return new UserError({
    message: `Docker’s configuration keeps the credential of ${host} in the helper docker-credential-${helper}, which this action does not start.`,
    remedy: 'Give user and password as inputs, or sign in with docker login where no credential helper is set.',
  });
}
