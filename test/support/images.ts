import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Descriptor, type ImageSeed, type MadeImage, makeImage } from '@suite/sandbox';

export { type ImagePlace, inRegistry, type MadeImage, makeImage } from '@suite/sandbox';

const imageIndex = 'application/vnd.oci.image.index.v1+json';

/** An OCI layout in a folder, with one image. */
export async function writeLayout(folder: string, seed: ImageSeed): Promise<MadeImage> {
  const blobs = new Map<string, Uint8Array>();
  const named: (Descriptor & { readonly annotations?: Readonly<Record<string, string>> })[] = [];
  const put = (mediaType: string, content: string | Uint8Array): Descriptor => {
    const bytes = Buffer.from(content);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const made = makeImage(
    {
      blob: put,
      manifest: (mediaType, content, tag) => {
        const descriptor = put(mediaType, content);
        if (tag !== undefined) {
          named.push({ ...descriptor, annotations: { 'org.opencontainers.image.ref.name': tag } });
        }
        return descriptor;
      },
    },
    seed,
  );
  await mkdir(join(folder, 'blobs', 'sha256'), { recursive: true });
  for (const [digest, bytes] of blobs) {
    await writeFile(join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length)), bytes);
  }
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(
    join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, mediaType: imageIndex, manifests: named }),
  );
  return made;
}
