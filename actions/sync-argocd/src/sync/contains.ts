import { errorMessage } from '@suite/foundation';
import type { SyncPorts } from './ports.ts';

/** What was asked about commits once is kept. Who cannot be asked counts as a no. */
export function createContains({ contains, log }: Pick<SyncPorts, 'contains' | 'log'>) {
  const answers = new Map<string, boolean>();
  const pair = (newer: string, older: string) => `${newer} ${older}`;
  return {
    known: (newer: string, older: string) => answers.get(pair(newer, older)),
    ask: async (newer: string, older: string) => {
      const answer = await contains(newer, older).catch(error => {
        log.warning(
          `Whether ${newer.slice(0, 12)} contains ${older.slice(0, 12)} is not known: ${errorMessage(error)}`,
        );
        return false;
      });
      answers.set(pair(newer, older), answer);
    },
  };
}
