import { createCipheriv, createHash } from 'node:crypto';

const mebibyte = 1024 * 1024;

/** A layer by a number that decides its bytes. */
interface Layer {
  readonly seed: number;
  readonly bytes: number;
}

interface Image {
  readonly name: string;
  /** Of each platform. */
  readonly platforms: readonly (readonly Layer[])[];
}

export interface SeededImage {
  /** In the source. */
  readonly repository: string;
  readonly digest: string;
}

/**
 * What a company's applications look like: each in its own repository, on one of two bases and one of four runtimes, with
 * layers of its own. Two are there for two platforms; one has a layer of 500 MB.
 */
function images(): readonly Image[] {
  return Array.from({ length: 20 }, (_, index) => {
    const base = { seed: 1 + (index % 2), bytes: (index % 2 === 0 ? 150 : 100) * mebibyte };
    const runtime = { seed: 10 + (index % 4), bytes: 40 * mebibyte };
    const code = { seed: 100 + index, bytes: (32 + 2 * index) * mebibyte };
    const settings = { seed: 200 + index, bytes: (index + 1) * 100_000 };
    const model = { seed: 300, bytes: 500 * mebibyte };
    const layers = [base, runtime, code, settings, ...(index === 0 ? [model] : [])];
    const other = [base, runtime, { seed: 400 + index, bytes: 20 * mebibyte }];
    return { name: `team/app-${index + 1}`, platforms: index < 18 ? [layers] : [layers, other] };
  });
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';

/** Brings them into a registry at an address without TLS; the same bytes each time. */
export async function seedImages(
  address: string,
): Promise<{ readonly images: readonly SeededImage[]; readonly distinctBytes: number }> {
  const places = new Map<string, { readonly repository: string; readonly digest: string }>();
  let distinctBytes = 0;
  const layerOf = async (repository: string, { seed, bytes }: Layer) => {
    const known = places.get(String(seed));
    if (known === undefined) {
      const digest = await putLayer(address, repository, { seed, bytes });
      places.set(String(seed), { repository, digest });
      distinctBytes += bytes;
      return { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size: bytes };
    }
    if (known.repository !== repository) {
      const query = new URLSearchParams({ mount: known.digest, from: known.repository });
      await demand(address, `${repository}/blobs/uploads/?${query}`, { method: 'POST' }, 201);
    }
    return { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: known.digest, size: bytes };
  };
  const imageOf = async ({ name, platforms }: Image): Promise<SeededImage> => {
    const manifests: object[] = [];
    for (const [index, layers] of platforms.entries()) {
      const said = { architecture: index === 0 ? 'amd64' : 'arm64', os: 'linux', author: name };
      const config = new TextEncoder().encode(JSON.stringify(said));
      distinctBytes += config.length;
      const described = [];
      for (const layer of layers) described.push(await layerOf(name, layer));
      const manifest = {
        schemaVersion: 2,
        mediaType: manifestType,
        config: {
          mediaType: 'application/vnd.oci.image.config.v1+json',
          digest: await putBytes(address, name, config),
          size: config.length,
        },
        layers: described,
      };
      manifests.push({
        ...(await putManifest(address, name, manifest, manifestType)),
        platform: { architecture: said.architecture, os: said.os },
      });
    }
    const [only, ...others] = manifests;
    if (others.length === 0) return { repository: name, digest: (only as { digest: string }).digest };
    const all = { schemaVersion: 2, mediaType: indexType, manifests };
    return { repository: name, digest: (await putManifest(address, name, all, indexType)).digest };
  };
  const seeded: SeededImage[] = [];
  for (const image of images()) seeded.push(await imageOf(image));
  return { images: seeded, distinctBytes };
}

const pieceBytes = 16 * mebibyte;

async function putLayer(address: string, repository: string, { seed, bytes }: Layer): Promise<string> {
  const key = Buffer.alloc(16);
  key.writeUInt32BE(seed);
  const stream = createCipheriv('aes-128-ctr', key, Buffer.alloc(16));
  const zeros = Buffer.alloc(pieceBytes);
  const hash = createHash('sha256');
  let place = await beginUpload(address, repository);
  for (let at = 0; at < bytes; at += pieceBytes) {
    const piece = stream.update(zeros.subarray(0, Math.min(pieceBytes, bytes - at)));
    hash.update(piece);
    const answer = await demand(address, place, { method: 'PATCH', body: piece as Uint8Array<ArrayBuffer> }, 202);
    place = placeOf(answer);
  }
  return closeUpload(address, place, `sha256:${hash.digest('hex')}`);
}

async function putBytes(address: string, repository: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const place = await beginUpload(address, repository);
  return closeUpload(address, place, `sha256:${createHash('sha256').update(bytes).digest('hex')}`, bytes);
}

async function beginUpload(address: string, repository: string): Promise<string> {
  return placeOf(await demand(address, `${repository}/blobs/uploads/`, { method: 'POST' }, 202));
}

async function closeUpload(
  address: string,
  place: string,
  digest: string,
  body: Uint8Array<ArrayBuffer> = new Uint8Array(),
): Promise<string> {
  const to = new URL(place);
  to.searchParams.set('digest', digest);
  await demand(address, to.href, { method: 'PUT', body }, 201);
  return digest;
}

async function putManifest(address: string, repository: string, content: object, mediaType: string) {
  const bytes = new TextEncoder().encode(JSON.stringify(content));
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const headers = { 'content-type': mediaType };
  await demand(address, `${repository}/manifests/${digest}`, { method: 'PUT', body: bytes, headers }, 201);
  return { mediaType, digest, size: bytes.length };
}

function placeOf(answer: Response): string {
  return new URL(answer.headers.get('location') ?? '', answer.url).href;
}

/** `to`: below `/v2/`, or whole. */
async function demand(address: string, to: string, init: RequestInit, status: number): Promise<Response> {
  const response = await fetch(new URL(to, `http://${address}/v2/`), init);
  if (response.status === status) return response;
  throw new Error(`The registry answered ${response.status} to ${init.method} ${to}: ${await response.text()}`);
}
