import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { asObject, asString } from '@suite/foundation';
import { parseTrustedRoots } from './trusted-root.ts';
import { verifyAttestation } from './verify.ts';

/** A real one of GitHub's own tests: by a workflow that another repository called. */
const fixture = new URL('./fixtures/reusable-workflow.sigstore.json', import.meta.url);
const workflow = 'https://github.com/github/artifact-attestations-workflows/.github/workflows/attest.yml';

interface Bundle {
  mediaType: string;
  verificationMaterial: { tlogEntries: object[]; certificate: { rawBytes: string } };
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string }[] };
}

let real: Bundle;
/** Of Sigstore's public instance, as the library brings it; `other` knows nobody of it. */
let root: string;
let other: string;

beforeAll(async () => {
  real = JSON.parse(await readFile(fixture, 'utf8'));
  const seeds = asObject(createRequire(import.meta.url)('@sigstore/tuf/seeds.json'));
  const [seed] = Object.values(seeds).map(asObject);
  const target = asString(asObject(seed?.['targets'])['trusted_root.json']) ?? '';
  root = JSON.stringify(JSON.parse(Buffer.from(target, 'base64').toString('utf8')));
  other = JSON.stringify({ ...JSON.parse(root), certificateAuthorities: [] });
});

const verify = (value: unknown, ...roots: string[]) =>
  verifyAttestation(value, parseTrustedRoots(roots.join('\n'), 'roots.jsonl'));

describe('an attestation that GitHub made', () => {
  test('is verified without asking anybody, by the root that knows who signed', () => {
    for (const roots of [[root], [other, root], [root, other]]) {
      expect(verify(real, ...roots)).toEqual({
        attestation: {
          claims: {
            issuer: 'https://token.actions.githubusercontent.com',
            signer: `${workflow}@09b495c3f12c7881b3cc17209a327792065c1a1d`,
            repositoryId: '804070735',
            repository: 'https://github.com/malancas/attest-demo',
            commit: '95baf27389e83e6a5c48f42e190d48d7abcea19e',
            ref: 'refs/heads/main',
            run: 'https://github.com/malancas/attest-demo/actions/runs/9228858953/attempts/1',
          },
          predicateType: 'https://slsa.dev/provenance/v1',
          subjects: ['49a3aa6075e0f49f82843e74b5baa614ad2a588e6675612bf108a0a008c5ac25'],
        },
      });
    }
  });

  test.each<readonly [string, (bundle: Bundle) => void, string]>([
    [
      'another subject',
      ({ dsseEnvelope }) => {
        const text = Buffer.from(dsseEnvelope.payload, 'base64').toString('utf8');
        dsseEnvelope.payload = Buffer.from(text.replace('49a3aa60', '49a3aa61')).toString('base64');
      },
      'altered',
    ],
    [
      'another signature',
      ({ dsseEnvelope }) => {
        dsseEnvelope.signatures = [{ sig: Buffer.from('none').toString('base64') }];
      },
      'altered',
    ],
    [
      'no entry in the log',
      ({ verificationMaterial }) => {
        verificationMaterial.tlogEntries = [];
      },
      'untrusted',
    ],
    [
      'something else in it',
      ({ dsseEnvelope }) => {
        dsseEnvelope.payloadType = 'text/plain';
      },
      'unreadable',
    ],
    [
      'another form',
      bundle => {
        bundle.mediaType = 'application/json';
      },
      'unreadable',
    ],
  ])('with %s proves nothing', (_, change, reason) => {
    const changed = structuredClone(real);
    change(changed);
    expect(changed).not.toEqual(real);
    for (const roots of [[root], [root, other]]) {
      expect(verify(changed, ...roots)).toEqual({ unverified: { reason, detail: expect.any(String) } });
    }
  });

  test('proves nothing where nobody knows who signed it', () => {
    expect(verify(real, other)).toMatchObject({ unverified: { reason: 'untrusted' } });
    expect(verifyAttestation(real, [])).toMatchObject({ unverified: { reason: 'untrusted' } });
    expect(verifyAttestation(undefined, [])).toMatchObject({ unverified: { reason: 'unreadable' } });
  });
});

test('trusted roots stand one on each line, or alone in a file', () => {
  expect(parseTrustedRoots(`${root}\n${other}\n`, 'roots.jsonl')).toHaveLength(2);
  expect(parseTrustedRoots(JSON.stringify(JSON.parse(root), null, 2), 'root.json')).toHaveLength(1);
  for (const text of [
    '',
    '{}',
    `${root}\nnone`,
    '[]',
    JSON.stringify({ ...JSON.parse(root), mediaType: 'text/plain' }),
  ]) {
    expect(() => parseTrustedRoots(text, 'root.json')).toThrow(
      'input trusted-root: root.json holds no trusted root. Write it with `gh attestation trusted-root`.',
    );
  }
});
