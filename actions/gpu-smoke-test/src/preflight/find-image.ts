import type { Answer } from '@suite/azure';
import { asArray, asObject, asString, parseJson } from '@suite/foundation';
import { parseImageReference } from '@suite/platform-file';
import type { ImageSource } from '@suite/registry';
import type { ImageSight } from './facts.ts';
import { unanswered } from './unanswered.ts';

export type OpenRepository = (host: string, repository: string) => Promise<Pick<ImageSource, 'manifest' | 'blob'>>;

const largestConfig = 1024 * 1024;

/** What a registry has under a digest. Unknown where it does not answer this runner: that says nothing about the nodes. */
export async function findImage(reference: string, open: OpenRepository): Promise<Answer<ImageSight | undefined>> {
  const image = parseImageReference(reference);
  if (image === undefined) return { known: false, why: 'It has no digest to look for.' };
  try {
    const source = await open(image.host, image.repository);
    const config = await configOf(source, image.digest);
    return { known: true, value: config === undefined ? undefined : { cuda: cudaOf(config) } };
  } catch (error) {
    return unanswered(error);
  }
}

/** The configuration that the image has on the nodes' platform; undefined without such an image. */
async function configOf(source: Pick<ImageSource, 'manifest' | 'blob'>, digest: string): Promise<unknown> {
  const manifest = await jsonOf(source, digest);
  if (manifest === undefined) return undefined;
  const children = asArray(asObject(manifest)['manifests']).map(asObject);
  if (children.length === 0) return await readConfig(source, asObject(manifest)['config']);
  const child = children.find(({ platform }) => {
    const { os, architecture } = asObject(platform);
    return os === 'linux' && architecture === 'amd64';
  });
  const own = asString(child?.['digest']);
  const image = own === undefined ? undefined : await jsonOf(source, own);
  return image === undefined ? undefined : await readConfig(source, asObject(image)['config']);
}

async function jsonOf(source: Pick<ImageSource, 'manifest'>, reference: string): Promise<unknown> {
  const content = await source.manifest(reference);
  return content === undefined ? undefined : (parseJson(new TextDecoder().decode(content.bytes)) ?? {});
}

async function readConfig(source: Pick<ImageSource, 'blob'>, descriptor: unknown): Promise<unknown> {
  const { digest, size, mediaType } = asObject(descriptor);
  if (typeof digest !== 'string' || typeof size !== 'number' || typeof mediaType !== 'string' || size > largestConfig)
    return {};
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of await source.blob({ digest, size, mediaType }, 0)) {
    length += chunk.length;
    if (length > largestConfig) return {};
    chunks.push(chunk);
  }
  return parseJson(Buffer.concat(chunks).toString('utf8')) ?? {};
}

/** Images of NVIDIA say it in their environment: `CUDA_VERSION=12.5.0` (nvidia/container-images/cuda, Dockerfiles). */
function cudaOf(config: unknown): string | undefined {
  const entries = asArray(asObject(asObject(config)['config'])['Env']).map(String);
  const value = entries.find(entry => entry.startsWith('CUDA_VERSION='))?.slice('CUDA_VERSION='.length);
  return /^\d{1,2}\.\d{1,2}/.exec(value ?? '')?.[0];
}
