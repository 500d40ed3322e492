/**
 * What the transfer relies on and a registry alone can show. Each proof makes its own content, so that nothing is there before.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Answer, Client } from './client.ts';

export interface Proof {
  readonly name: string;
  /** Only Azure's registries have it. */
  readonly isAzures: boolean;
  /** Gives what was seen. Throws Unproven for what does not hold. */
  run(place: Place): Promise<string>;
}

export interface Place {
  readonly client: Client;
  /** Two that are empty at first; the second one is what is mounted and imported into. */
  readonly repository: string;
  readonly other: string;
  /** Lets Azure import a digest of `repository` into `other`; undefined where there is no resource manager. */
  readonly importImage: ((digest: string) => Promise<void>) | undefined;
}

/** Something does not hold; the message says what was seen instead. */
class Unproven extends Error {}

const mebibyte = 1024 * 1024;
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const octets = { 'content-type': 'application/octet-stream' };

export const proofs: readonly Proof[] = [
  {
    name: 'an upload tells where it stands, and goes on from there',
    isAzures: false,
    run: async place => {
      const bytes = randomBytes(9 * mebibyte);
      let to = await begin(place);
      to = placeOf(await patch(place, to, bytes, 0, 5 * mebibyte), to);
      const status = await call(place, 'GET', to, {}, [204, 200]);
      const range = status.headers.get('range') ?? 'no Range';
      if (range !== `0-${5 * mebibyte - 1}`) throw new Unproven(`after 5 MiB it said ${range}`);
      to = placeOf(await patch(place, placeOf(status, to), bytes, 5 * mebibyte, bytes.length), to);
      await close(place, to, bytes);
      return `Range: ${range}`;
    },
  },
  {
    name: 'a chunk that begins elsewhere is refused',
    isAzures: false,
    run: async place => {
      const bytes = randomBytes(2 * mebibyte);
      const to = await begin(place);
      const next = placeOf(await patch(place, to, bytes, 0, mebibyte), to);
      const headers = { ...octets, 'content-range': `${mebibyte + 7}-${2 * mebibyte - 1}` };
      const answer = await call(place, 'PATCH', next, { headers, body: bytes.subarray(mebibyte + 7) });
      if (answer.status < 400) throw new Unproven(`it took it with ${answer.status}`);
      return `${answer.status}`;
    },
  },
  ...[5, 20, 64, 256].map(
    (size): Proof => ({
      name: `${size} MiB go with the request that closes an upload`,
      isAzures: false,
      run: async place => {
        const bytes = randomBytes(size * mebibyte);
        const to = await begin(place);
        await close(place, to, bytes, bytes);
        return '201';
      },
    }),
  ),
  {
    name: 'the last chunk goes with the request that closes an upload',
    isAzures: false,
    run: async place => {
      const bytes = randomBytes(9 * mebibyte);
      const to = await begin(place);
      const next = placeOf(await patch(place, to, bytes, 0, 5 * mebibyte), to);
      await close(place, next, bytes, bytes.subarray(5 * mebibyte), 5 * mebibyte);
      return '201';
    },
  },
  {
    name: 'a chunk of 64 MiB is taken, and no smallest one is asked for',
    isAzures: false,
    run: async place => {
      const bytes = randomBytes(64 * mebibyte);
      const begun = await call(place, 'POST', uploadsOf(place.repository), {}, [202]);
      const to = placeOf(begun, undefined);
      await close(place, placeOf(await patch(place, to, bytes, 0, bytes.length), to), bytes);
      return `OCI-Chunk-Min-Length: ${begun.headers.get('oci-chunk-min-length') ?? 'none'}`;
    },
  },
  {
    name: 'a mount from the same repository tells whether a blob is there',
    isAzures: false,
    run: async place => {
      const bytes = randomBytes(1000);
      const ask = () => call(place, 'POST', mountOf(place.repository, digestOf(bytes), place.repository));
      const before = await ask();
      await close(place, await begin(place), bytes, bytes);
      const after = await ask();
      if (before.status !== 202 || after.status !== 201) {
        throw new Unproven(`${before.status} before it was there, ${after.status} after`);
      }
      return '202 before, 201 after';
    },
  },
  {
    name: 'a blob is mounted from another repository',
    isAzures: false,
    run: async place => {
      const bytes = randomBytes(1000);
      const digest = digestOf(bytes);
      await close(place, await begin(place), bytes, bytes);
      await call(place, 'POST', mountOf(place.other, digest, place.repository), {}, [201]);
      await call(place, 'HEAD', `/v2/${place.other}/blobs/${digest}`, {}, [200]);
      return '201';
    },
  },
  {
    name: 'what refers to an image is listed at once',
    isAzures: true,
    run: async place => {
      const image = await pushImage(place);
      const referrer = await pushImage(place, image);
      await demandListed(place, place.repository, image.digest, referrer.digest);
      return 'GET referrers';
    },
  },
  {
    name: 'what refers to an image is listed after both were imported by digest',
    isAzures: true,
    run: async place => {
      if (place.importImage === undefined) throw new Unproven('there is no resource manager to ask');
      const image = await pushImage(place);
      const referrer = await pushImage(place, image);
      await place.importImage(image.digest);
      await call(
        place,
        'GET',
        `/v2/${place.other}/manifests/${image.digest}`,
        { headers: { accept: manifestType } },
        [200],
      );
      await place.importImage(referrer.digest);
      await demandListed(place, place.other, image.digest, referrer.digest);
      return 'untaggedTargetRepositories';
    },
  },
  {
    name: 'a locked tag can not be moved',
    isAzures: true,
    run: async place => {
      const [one, other] = [await pushImage(place), await pushImage(place)];
      const tag = `lock-${one.digest.slice(7, 19)}`;
      await putManifest(place, tag, one.bytes, [201]);
      const attributes = `/acr/v1/${place.repository}/_tags/${tag}`;
      const write = (writeEnabled: boolean) =>
        call(
          place,
          'PATCH',
          attributes,
          { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeEnabled }) },
          [200],
        );
      await write(false);
      try {
        const answer = await putManifest(place, tag, other.bytes);
        if (answer.status < 400) throw new Unproven(`it moved with ${answer.status}`);
        return `${answer.status} ${answer.body.slice(0, 120)}`;
      } finally {
        await write(true);
      }
    },
  },
  {
    name: 'answers tell how much of a limit is left',
    isAzures: true,
    run: async ({ client }) => {
      if (client.limits.size === 0) throw new Unproven('no answer had such a header');
      return [...client.limits].map(([name, value]) => `${name}: ${value}`).join(', ');
    },
  },
];

export interface Verdict {
  readonly name: string;
  readonly is: 'proven' | 'not proven';
  readonly seen: string;
}

/** Runs them in a row; one that fails does not keep the others from running. */
export async function prove(place: Place, chosen: readonly Proof[]): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const { name, run } of chosen) {
    try {
      verdicts.push({ name, is: 'proven', seen: await run(place) });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      verdicts.push({ name, is: 'not proven', seen: error.message });
    }
  }
  return verdicts;
}

export function renderVerdicts(verdicts: readonly Verdict[]): string {
  const width = Math.max(...verdicts.map(({ name }) => name.length));
  return verdicts.map(({ name, is, seen }) => `${is.padEnd(10)}  ${name.padEnd(width)}  ${seen}`).join('\n');
}

type CallOptions = NonNullable<Parameters<Client['call']>[2]>;

async function call(
  { client, repository, other }: Place,
  method: string,
  to: string | URL,
  options: CallOptions = {},
  accept?: readonly number[],
): Promise<Answer> {
  const answer = await client.call(method, to, { ...options, scopes: [repository, other] });
  if (accept === undefined || accept.includes(answer.status)) return answer;
  throw new Unproven(
    `${method} ${new URL(to, 'https://registry').pathname}: ${answer.status} ${answer.body.slice(0, 200)}`,
  );
}

const uploadsOf = (repository: string) => `/v2/${repository}/blobs/uploads/`;
const mountOf = (repository: string, digest: string, from: string) =>
  `${uploadsOf(repository)}?${new URLSearchParams({ mount: digest, from })}`;

async function begin(place: Place): Promise<string> {
  return placeOf(await call(place, 'POST', uploadsOf(place.repository), {}, [202]), undefined);
}

/** Where an upload goes on; `before` where the answer does not say. */
function placeOf({ headers }: Answer, before: string | undefined): string {
  const place = headers.get('location') ?? before;
  if (place === undefined) throw new Unproven('an answer without Location');
  return place;
}

function patch(place: Place, to: string, bytes: Uint8Array, from: number, end: number): Promise<Answer> {
  const headers = { ...octets, 'content-range': `${from}-${end - 1}` };
  return call(place, 'PATCH', to, { headers, body: bytes.subarray(from, end) }, [202]);
}

/** `rest`: content that goes with it, beginning at `from`. */
async function close(place: Place, to: string, bytes: Uint8Array, rest?: Uint8Array, from = 0): Promise<void> {
  const separator = to.includes('?') ? '&' : '?';
  const headers = { ...octets, ...(from === 0 ? {} : { 'content-range': `${from}-${bytes.length - 1}` }) };
  const body = rest ?? new Uint8Array();
  await call(place, 'PUT', `${to}${separator}digest=${digestOf(bytes)}`, { headers, body }, [201]);
  await call(place, 'HEAD', `/v2/${place.repository}/blobs/${digestOf(bytes)}`, {}, [200]);
}

interface Pushed {
  readonly digest: string;
  readonly bytes: string;
}

async function pushImage(place: Place, subject?: Pushed): Promise<Pushed> {
  const layer = randomBytes(100);
  const config = new TextEncoder().encode('{}');
  for (const bytes of [layer, config]) await close(place, await begin(place), bytes, bytes);
  const describe = (mediaType: string, bytes: Uint8Array) => ({
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length,
  });
  const content = JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    ...(subject === undefined
      ? {}
      : {
          artifactType: 'application/vnd.actions.proof',
          subject: { mediaType: manifestType, digest: subject.digest, size: subject.bytes.length },
        }),
    config: describe('application/vnd.oci.empty.v1+json', config),
    layers: [describe('application/octet-stream', layer)],
  });
  const digest = digestOf(new TextEncoder().encode(content));
  await putManifest(place, digest, content, [201]);
  return { digest, bytes: content };
}

function putManifest(place: Place, reference: string, body: string, accept?: readonly number[]): Promise<Answer> {
  const headers = { 'content-type': manifestType };
  return call(place, 'PUT', `/v2/${place.repository}/manifests/${reference}`, { headers, body }, accept);
}

async function demandListed(place: Place, repository: string, subject: string, digest: string): Promise<void> {
  const { body } = await call(place, 'GET', `/v2/${repository}/referrers/${subject}`, {}, [200]);
  if (!body.includes(digest)) throw new Unproven(`the list is ${body.slice(0, 200)}`);
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
