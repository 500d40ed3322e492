import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { asObject, asString } from '@suite/foundation';
import { fetchTrustedRoot, type Mirror } from './fetch-roots.ts';
import { type Contents, filesOf, newSigner, rootOf, serve } from './testing/tuf-repository.ts';
import { verifyAttestation } from './verify.ts';

/**
 * The roots are fetched as TUF has it: from a first root that is known, through roots that each sign the next one, to files that the last one
 * vouches for. The repositories here are signed with keys of these tests; that of GitHub is another one in the same form.
 */
const owner = newSigner();
const nowhere: Mirror = { url: 'http://127.0.0.1:9' };

let temp: string;
/** A real attestation of the public instance, and the trusted root of that. */
let real: Record<string, unknown>;
let target: string;

beforeAll(async () => {
  temp = await mkdtemp(join(tmpdir(), 'roots-'));
  real = JSON.parse(await readFile(new URL('./fixtures/reusable-workflow.sigstore.json', import.meta.url), 'utf8'));
  const seeds = asObject(createRequire(import.meta.url)('@sigstore/tuf/seeds.json'));
  const [seed] = Object.values(seeds).map(asObject);
  target = Buffer.from(asString(asObject(seed?.['targets'])['trusted_root.json']) ?? '', 'base64').toString('utf8');
});
afterAll(() => rm(temp, { recursive: true, force: true }));

/** By what the first root of `owner` leads to, from a repository with these contents. */
async function fetched(contents: Partial<Contents> = {}, of: 'public' | 'github' = 'public') {
  const repository = await serve(filesOf({ target, signer: owner, ...contents }));
  try {
    const mirror: Mirror = { url: repository.url, root: rootOf(1, owner) };
    const mirrors = { public: nowhere, github: nowhere, [of]: mirror };
    const value = of === 'public' ? real : { ...real, verificationMaterial: {} };
    return await fetchTrustedRoot(value, temp, mirrors);
  } finally {
    await repository.close();
  }
}

test('what the first root vouches for verifies an attestation that GitHub made', async () => {
  expect(verifyAttestation(real, [await fetched()])).toMatchObject({
    attestation: { claims: { repository: 'https://github.com/malancas/attest-demo' } },
  });
});

test('one that has no entry in a log is asked for where GitHub keeps the roots for private repositories', async () => {
  expect((await fetched({}, 'github')).certificateAuthorities.length).toBeGreaterThan(0);
});

test('keys that were renewed are followed from one root to the next', async () => {
  const [second, third] = [newSigner(), newSigner()];
  const roots = { 2: rootOf(2, second, owner), 3: rootOf(3, third, second) };
  expect((await fetched({ roots, signer: third })).tlogs.length).toBeGreaterThan(0);
});

test.each<readonly [string, () => Partial<Contents>]>([
  ['is signed by somebody else', () => ({ signer: newSigner() })],
  [
    'goes on to a key that the one before it did not sign',
    () => {
      const other = newSigner();
      return { signer: other, roots: { 2: rootOf(2, other) } };
    },
  ],
  ['serves another file than it vouches for', () => ({ served: target.replace('sigstore', 'sigst0re') })],
  ['was not renewed in time', () => ({ validMs: -60_000 })],
])('a repository that %s gives no root, with what to do', async (_, contents) => {
  await expect(fetched(contents())).rejects.toThrow(
    /^The trusted roots at 127\.0\.0\.1 could not be read: .* Let the runner reach that host, or give `trusted-root`/s,
  );
});

test('nor does one that nobody answers for', async () => {
  await expect(fetchTrustedRoot(real, temp, { public: nowhere, github: nowhere })).rejects.toThrow(
    'The trusted roots at 127.0.0.1 could not be read',
  );
});
