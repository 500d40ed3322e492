import type { TokenCredential } from '@azure/core-auth';
import { UserError } from '@suite/foundation';
import { createBlobRequests, isBlobAnswer, type StateOptions } from './blob-requests.ts';

/** Makes the empty state of a scope, once. */
export interface StateMaker {
  /**
   * Never touches a state that is there. `refused` while the right to write has not arrived. Throws a UserError for every
   * other answer.
   */
  make(content: string): Promise<'made' | 'exists' | { readonly refused: UserError }>;
}

export function createStateMaker(credential: TokenCredential, options: StateOptions): StateMaker {
  const request = createBlobRequests(credential, options);
  return {
    make: async content => {
      try {
        await request({
          method: 'PUT',
          blob: options.key,
          right: 'write',
          headers: { 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/json', 'if-none-match': '*' },
          body: Buffer.from(content, 'utf8'),
          answers: [201],
        });
        return 'made';
      } catch (error) {
        if (isBlobAnswer(error, 'BlobAlreadyExists')) return 'exists';
        if (error instanceof UserError && isBlobAnswer(error, 'AuthorizationPermissionMismatch'))
          return { refused: error };
        throw error;
      }
    },
  };
}
