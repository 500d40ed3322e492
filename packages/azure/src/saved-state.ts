import type { TokenCredential } from '@azure/core-auth';
import { createBlobRequests, type StateOptions } from './blob-requests.ts';
import { createTextBlob, type TextBlob } from './text-blob.ts';

/**
 * What an apply had done when it could not write its state: `errored.tfstate`, kept in the blob `<state key>.errored`, where nobody may read who
 * may not read the state itself.
 */
export interface SavedState extends TextBlob {
  /** One that is gone already is fine. */
  remove(): Promise<void>;
}

export function createSavedState(credential: TokenCredential, options: StateOptions): SavedState {
  const blob = `${options.key}.errored`;
  const request = createBlobRequests(credential, options);
  return {
    ...createTextBlob(credential, { ...options, key: blob }),
    remove: async () => {
      await request({ method: 'DELETE', blob, right: 'delete', answers: [202] });
    },
  };
}
