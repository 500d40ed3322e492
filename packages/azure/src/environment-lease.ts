import type { TokenCredential } from '@azure/core-auth';
import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { printable, shorten } from '@suite/foundation';
import { createBlobRequests, type StateOptions } from './blob-requests.ts';

/** Which run works on a scope and region. */
export interface RunNote {
  /** Page of the run. */
  readonly run: string;
  readonly runId: string;
  readonly actor: string;
  readonly command: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** Number of the attempt, the job's key in its workflow, and the machine; absent where nobody said it. */
  readonly attempt?: string;
  readonly job?: string;
  readonly host?: string;
}

/** Who works on a scope and region, as a look from outside tells. */
export type LeaseView =
  | { readonly state: 'free' }
  /** `note` is undefined for the moment in which a holder has not written it yet. */
  | { readonly state: 'held'; readonly note: RunNote | undefined }
  /** Nobody holds it, but the note of a run is there that never released it. */
  | { readonly state: 'abandoned'; readonly note: RunNote };

/**
 * The right to work on one scope and region: a lease on the small blob `<state key>.run`, whose metadata say who holds it.
 * Terraform's own lock protects the state and nothing else, and only while Terraform runs. All methods throw a UserError
 * when the storage refuses or cannot be reached.
 */
export interface EnvironmentLease {
  /** Changes nothing. */
  look(): Promise<LeaseView>;
  /** Takes it and writes the note; undefined when somebody else holds it. `id` is a new GUID. */
  take(id: string, note: RunNote): Promise<HeldLease | undefined>;
}

export interface HeldLease {
  /** How long it lasts after it was taken or renewed, in milliseconds. */
  readonly lastsMs: number;
  /** False when it is ours no more: somebody else took it after it had run out, or broke it. */
  renew(): Promise<boolean>;
  /** Gives it back and takes the note away. */
  release(): Promise<void>;
}

/** How long it lasts without a renewal: the longest that Azure has for a lease that ends by itself. */
export const leaseSeconds = 60;

/** A renewal that hangs leaves time for another one before the lease has run out. */
const renewalTimeoutMs = 10_000;

export function createEnvironmentLease(credential: TokenCredential, options: StateOptions): EnvironmentLease {
  const request = createBlobRequests(credential, options);
  const blob = `${options.key}.run`;
  const lease = (
    action: string,
    headers: Readonly<Record<string, string>>,
    answers: readonly number[],
    more: { readonly timeoutMs?: number } = {},
  ) =>
    request({
      ...more,
      method: 'PUT',
      blob,
      query: { comp: 'lease' },
      right: 'write',
      headers: { 'x-ms-lease-action': action, ...headers },
      answers,
    });

  /** Somebody else may have made it in the meantime, or left it. */
  const makeBlob = () =>
    request({
      method: 'PUT',
      blob,
      right: 'write',
      headers: { 'x-ms-blob-type': 'BlockBlob', 'if-none-match': '*' },
      answers: [201, 409, 412],
    });

  const held = (id: string): HeldLease => ({
    lastsMs: leaseSeconds * 1000,
    renew: async () => {
      const headers = { 'x-ms-lease-id': id };
      return (await lease('renew', headers, [200, 409, 412], { timeoutMs: renewalTimeoutMs }))?.status === 200;
    },
    release: async () => {
      // With the blob goes its lease. 409 and 412: it is another's by now.
      const headers = { 'x-ms-lease-id': id };
      await request({ method: 'DELETE', blob, right: 'delete', headers, answers: [202, 409, 412] });
    },
  });

  return {
    look: async () => {
      const response = await request({ method: 'HEAD', blob, right: 'read', answers: [200] });
      if (response === undefined) return { state: 'free' };
      const note = readNote(response);
      if (response.headers.get('x-ms-lease-status') === 'locked') return { state: 'held', note };
      return note === undefined ? { state: 'free' } : { state: 'abandoned', note };
    },
    take: async (id, note) => {
      const acquire = () =>
        // The same id again is answered as the first time, so an answer that was lost does not matter.
        lease('acquire', { 'x-ms-lease-duration': String(leaseSeconds), 'x-ms-proposed-lease-id': id }, [201, 409]);
      let response = await acquire();
      if (response === undefined) {
        await makeBlob();
        response = await acquire();
      }
      if (response?.status !== 201) return undefined;
      const written = await request({
        method: 'PUT',
        blob,
        query: { comp: 'metadata' },
        right: 'write',
        headers: { 'x-ms-lease-id': id, ...noteHeaders(note) },
        answers: [200, 412],
      });
      return written?.status === 200 ? held(id) : undefined;
    },
  };
}

function noteHeaders(note: RunNote): Record<string, string> {
  const { run, runId, actor, command, startedAt, attempt, job, host } = note;
  const values = { run, runid: runId, actor, command, started: startedAt, ...given({ attempt, job, host }) };
  return Object.fromEntries(
    // A header holds visible ASCII.
    Object.entries(values).map(([name, value]) => [`x-ms-meta-${name}`, value.replace(/[^\x20-\x7e]/g, '?')]),
  );
}

/** An empty header would be none. */
function given(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

const textLimit = 300;

function readNote({ headers }: PipelineResponse): RunNote | undefined {
  const field = (name: string) => {
    const value = headers.get(`x-ms-meta-${name}`);
    return value === undefined ? undefined : shorten(printable(value), textLimit);
  };
  const run = field('run');
  if (run === undefined) return undefined;
  return {
    run,
    runId: field('runid') ?? '',
    actor: field('actor') ?? 'unknown',
    command: field('command') ?? 'unknown',
    startedAt: field('started') ?? '',
    ...given({ attempt: field('attempt'), job: field('job'), host: field('host') }),
  };
}
