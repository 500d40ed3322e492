import type { TokenCredential } from '@azure/core-auth';
import { asObject, asString, isObject, parseJson } from '@suite/foundation';
import { createBlobRequests, type StateOptions } from './blob-requests.ts';

/** Who holds the lock, as Terraform noted it in the blob's metadata. */
export interface BlobLock {
  readonly id: string;
  readonly operation: string;
  readonly who: string;
  readonly created: string;
}

export type StateBlob =
  | { readonly exists: false }
  | {
      readonly exists: true;
      readonly lease: 'available' | 'leased';
      /** Absent when nobody noted anything. May be there without a lease, after a lease was broken by hand. */
      readonly lock: BlobLock | undefined;
    };

/** What other layers read of a state. */
export interface StateContent {
  /** Names the state for as long as it lives. */
  readonly lineage: string;
  /** Outputs that are not sensitive, by name. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface StateReader {
  /** Lineage and outputs; undefined when there is no state. */
  content(): Promise<StateContent | undefined>;
  /** Whether the state is there and who holds it. Nothing of its content is read. */
  head(): Promise<StateBlob>;
}

export function createStateReader(credential: TokenCredential, options: StateOptions): StateReader {
  const request = createBlobRequests(credential, options);
  return {
    content: async () => {
      const response = await request({ method: 'GET', blob: options.key, right: 'read', answers: [200] });
      if (response === undefined) return undefined;
      const state = asObject(parseJson(response.bodyAsText ?? ''));
      const outputs = Object.entries(asObject(state['outputs'])).flatMap(([name, output]) =>
        asObject(output)['sensitive'] === true ? [] : [[name, asObject(output)['value']] as const],
      );
      return { lineage: asString(state['lineage']) ?? '', outputs: Object.fromEntries(outputs) };
    },
    head: async () => {
      const response = await request({ method: 'HEAD', blob: options.key, right: 'read', answers: [200] });
      if (response === undefined) return { exists: false };
      return {
        exists: true,
        lease: response.headers.get('x-ms-lease-status') === 'locked' ? 'leased' : 'available',
        lock: readBlobLock(response.headers.get('x-ms-meta-terraformlockid')),
      };
    },
  };
}

/** Terraform's note: JSON in base64. Undefined for anything else. */
function readBlobLock(metadata: string | undefined): BlobLock | undefined {
  if (metadata === undefined) return undefined;
  const note = parseJson(Buffer.from(metadata, 'base64').toString('utf8'));
  if (!isObject(note)) return undefined;
  const id = asString(note['ID']);
  if (id === undefined) return undefined;
  const text = (name: string) => asString(note[name]) ?? '';
  return { id, operation: text('Operation'), who: text('Who'), created: text('Created') };
}
