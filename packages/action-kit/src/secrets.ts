import * as core from '@actions/core';

// The runner masks every line of a secret wherever it occurs, so a very short one would blacken the whole log.
const shortest = 4;
const hidden = new Set<string>();

/** Hides a secret from everything that is printed or recorded from now on. Call it before the value can reach any output. */
export function mask(secret: string): void {
  if (secret.trim().length < shortest) return;
  hidden.add(secret.trim());
  core.setSecret(secret);
}

/** What was masked in this process, so that what it writes besides its log can leave it out too. */
export function maskedSecrets(): ReadonlySet<string> {
  return hidden;
}
