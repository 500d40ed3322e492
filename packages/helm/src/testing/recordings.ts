import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What the real Helm 4.1.4 printed against a real API server 1.34.4: stderr of commands that failed, as it was (`.txt`), and answers
 * (`.json`). The chart is `tiny-chart`, with changes that the name of a recording tells.
 */
export function readRecording(name: string): string {
  return readFileSync(join(import.meta.dirname, '..', 'fixtures', name), 'utf8');
}
