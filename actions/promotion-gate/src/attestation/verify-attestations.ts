import { readFile } from 'node:fs/promises';
import type { Verdict } from '@suite/attestation';
import { isObject, parseJson, UserError } from '@suite/foundation';

/** Verifies attestations, one on each line. `trustedRoot` is the path of a file; without it the roots are fetched. */
export async function verifyAttestations(
  text: string,
  trustedRoot: string | undefined,
  temp: string,
): Promise<readonly Verdict[]> {
  // Loaded only where a gate asks for it.
  const { fetchTrustedRoot, parseTrustedRoots, verifyAttestation } = await import('@suite/attestation');
  const given = trustedRoot === undefined ? undefined : parseTrustedRoots(await readRoots(trustedRoot), trustedRoot);
  const lines = text.split('\n').filter(line => line.trim() !== '');
  const verdicts: Verdict[] = [];
  for (const value of lines.map(parseJson)) {
    verdicts.push(verifyAttestation(value, given ?? (isObject(value) ? [await fetchTrustedRoot(value, temp)] : [])));
  }
  return verdicts;
}

function readRoots(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(cause => {
    throw new UserError(
      {
        message: `names ${file}, which cannot be read.`,
        location: { kind: 'input', name: 'trusted-root' },
        remedy: 'Write it with `gh attestation trusted-root`, and check it in beside the platform file.',
      },
      { cause },
    );
  });
}
