import type { TokenCredential } from '@azure/core-auth';
import { createBlobRequests, type StateOptions } from './blob-requests.ts';

/** The lock of a state that somebody left behind: a lease without an end, and Terraform's note in the blob's metadata. */
export interface StateLock {
  /**
   * Takes it away. `id` is that of the lock, which is the lease's as well (azurerm's backend). False, and nothing is changed, when it is
   * held under another id by now, or not at all. Throws a UserError when the storage refuses or cannot be reached.
   */
  release(id: string): Promise<boolean>;
}

const lockNote = 'x-ms-meta-terraformlockid';

export function createStateLock(credential: TokenCredential, options: StateOptions): StateLock {
  const request = createBlobRequests(credential, options);
  const blob = options.key;
  const lease = (headers: Readonly<Record<string, string>>, answers: readonly number[]) =>
    request({ method: 'PUT', blob, query: { comp: 'lease' }, right: 'write', headers, answers });

  /** Leaves the note where somebody has locked it again: writing it needs the lease then (412). */
  const clearNote = async () => {
    const head = await request({ method: 'HEAD', blob, right: 'read', answers: [200] });
    if (head === undefined || head.headers.get(lockNote) === undefined) return;
    const kept = [...head.headers]
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => name.startsWith('x-ms-meta-') && name !== lockNote);
    const headers = Object.fromEntries(kept);
    await request({ method: 'PUT', blob, query: { comp: 'metadata' }, right: 'write', headers, answers: [200, 412] });
  };

  return {
    release: async id => {
      const released = await lease({ 'x-ms-lease-action': 'release', 'x-ms-lease-id': id }, [200, 409, 412]);
      if (released === undefined || released.status >= 400) return false;
      await clearNote();
      return true;
    },
  };
}
