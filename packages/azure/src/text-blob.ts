import type { TokenCredential } from '@azure/core-auth';
import { UserError } from '@suite/foundation';
import { createBlobRequests, type StateOptions } from './blob-requests.ts';

/** A small text in a blob. Both methods throw a UserError when the storage refuses or cannot be reached. */
export interface TextBlob {
  /** Undefined when there is no such blob. */
  read(): Promise<string | undefined>;
  /** Replaces what is there. */
  write(text: string): Promise<void>;
}

export function createTextBlob(credential: TokenCredential, options: StateOptions): TextBlob {
  const request = createBlobRequests(credential, options);
  return {
    read: async () => {
      const response = await request({ method: 'GET', blob: options.key, right: 'read', answers: [200] });
      return response === undefined ? undefined : (response.bodyAsText ?? '');
    },
    write: async text => {
      const response = await request({
        method: 'PUT',
        blob: options.key,
        right: 'write',
        headers: { 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/json' },
        body: Buffer.from(text, 'utf8'),
        answers: [201],
      });
      if (response === undefined) throw new UserError({ message: `${options.account} answered 404 to a new blob.` });
    },
  };
}
