import * as core from '@actions/core';

// The runner masks every line of a secret wherever it occurs, so a very short one would blacken the whole log.
const shortest = 4;

/** Hides a secret from everything that is printed from now on. Call it before the value can reach any output. */
export function mask(secret: string): void {
  if (secret.trim().length >= shortest) core.setSecret(secret);
}
