import type { TokenCredential } from '@azure/core-auth';
import { asString, errorMessage, isObject, parseJson } from '@suite/foundation';
import { createBlobRequests, type StateOptions } from './state-blob.ts';

/** Which run works on a state: what Terraform's own lock does not know. */
export interface RunNote {
  /** Page of the run. */
  readonly run: string;
  readonly actor: string;
  readonly command: string;
  /** RFC 3339. */
  readonly startedAt: string;
}

/** A small blob beside the state, `<key>.run`. It only informs; Terraform's lease is what protects the state. */
export interface RunMarker {
  /** Notes this run, over a note that an earlier one left. Throws a UserError when this identity may not write. */
  write(note: RunNote): Promise<void>;
  /** The note, or undefined when there is none or it cannot be read. */
  read(): Promise<RunNote | undefined>;
  /** Takes the note away. Failing that is a warning: the next run writes over it. */
  remove(): Promise<void>;
}

export function createRunMarker(
  credential: TokenCredential,
  options: StateOptions & { readonly warn: (message: string) => void },
): RunMarker {
  const request = createBlobRequests(credential, options);
  const blob = `${options.key}.run`;
  const headers = { 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/json' };
  return {
    write: async note => {
      await request({ method: 'PUT', blob, right: 'write', headers, body: JSON.stringify(note), answers: [201] });
    },
    read: async () => {
      try {
        const response = await request({ method: 'GET', blob, right: 'read', answers: [200] });
        return response === undefined ? undefined : readNote(response.bodyAsText ?? '');
      } catch (error) {
        options.warn(`The note of the run that holds the state could not be read: ${errorMessage(error)}`);
        return undefined;
      }
    },
    remove: async () => {
      try {
        await request({ method: 'DELETE', blob, right: 'delete', answers: [202] });
      } catch (error) {
        options.warn(`The note ${blob} of this run could not be removed: ${errorMessage(error)}`);
      }
    },
  };
}

function readNote(text: string): RunNote | undefined {
  const note = parseJson(text);
  if (!isObject(note)) return undefined;
  const run = asString(note['run']);
  if (run === undefined) return undefined;
  const field = (name: string) => asString(note[name]) ?? 'unknown';
  return { run, actor: field('actor'), command: field('command'), startedAt: field('startedAt') };
}
