import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What `actions/attest` leaves, put beside the bundle that it is about. */
export function attestationFile(bundle: string): string {
  return join(dirname(bundle), 'attestation.json');
}

/** Undefined where there is none: nobody asked for it. */
export async function readAttestation(bundle: string): Promise<string | undefined> {
  return readFile(attestationFile(bundle), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
