import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { canonicalJson } from '@suite/foundation';

/** A key of a role, as TUF writes it. */
export interface Signer {
  readonly id: string;
  readonly key: {
    readonly keytype: 'ed25519';
    readonly scheme: 'ed25519';
    readonly keyval: { readonly public: string };
  };
  readonly privateKey: KeyObject;
}

export function newSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const key = {
    keytype: 'ed25519',
    scheme: 'ed25519',
    keyval: { public: Buffer.from(x, 'base64url').toString('hex') },
  } as const;
  return { id: createHash('sha256').update(canonicalJson(key)).digest('hex'), key, privateKey };
}

const day = 86_400_000;
const roles = ['root', 'timestamp', 'snapshot', 'targets'];

/** Signed by all of these, in the form that TUF signs: sorted keys, no spaces. */
function signed(content: object, ...signers: readonly Signer[]): object {
  const bytes = Buffer.from(canonicalJson(content));
  return {
    signatures: signers.map(({ id, privateKey }) => ({
      keyid: id,
      sig: sign(null, bytes, privateKey).toString('hex'),
    })),
    signed: content,
  };
}

/** The metadata in which trust begins, or goes on with another key: that is signed by the key before it, too. */
export function rootOf(version: number, signer: Signer, before: Signer = signer): object {
  const content = {
    ...common('root', version, day),
    consistent_snapshot: true,
    keys: { [signer.id]: signer.key },
    roles: Object.fromEntries(roles.map(role => [role, { keyids: [signer.id], threshold: 1 }])),
  };
  return signed(content, ...new Set([signer, before]));
}

function common(type: string, version: number, validMs: number) {
  const expires = new Date(Date.now() + validMs).toISOString().replace(/\.\d+Z$/, 'Z');
  return { _type: type, spec_version: '1.0.31', version, expires };
}

export interface Contents {
  /** What stands in `trusted_root.json`, and what is served in its place by somebody who may only write files. */
  readonly target: string;
  readonly served?: string;
  readonly signer: Signer;
  /** Roots after the first one, by their version. */
  readonly roots?: Readonly<Record<number, object>>;
  /** How long the newest word of it is good for. */
  readonly validMs?: number;
}

/** The files of a repository that holds one target. */
export function filesOf({
  target,
  served = target,
  signer,
  roots = {},
  validMs = day,
}: Contents): ReadonlyMap<string, string> {
  const bytes = Buffer.from(target);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const targets = { 'trusted_root.json': { length: bytes.length, hashes: { sha256 } } };
  const json = (value: object) => JSON.stringify(value);
  return new Map([
    ...Object.entries(roots).map(([version, root]) => [`/${version}.root.json`, json(root)] as const),
    [
      '/timestamp.json',
      json(signed({ ...common('timestamp', 1, validMs), meta: { 'snapshot.json': { version: 1 } } }, signer)),
    ],
    [
      '/1.snapshot.json',
      json(signed({ ...common('snapshot', 1, day), meta: { 'targets.json': { version: 1 } } }, signer)),
    ],
    ['/1.targets.json', json(signed({ ...common('targets', 1, day), targets }, signer))],
    [`/targets/${sha256}.trusted_root.json`, served],
  ]);
}

/** Serves files on this machine until it is closed. */
export async function serve(
  files: ReadonlyMap<string, string>,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(({ url = '' }, response) => {
    const file = files.get(url);
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise(done => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
