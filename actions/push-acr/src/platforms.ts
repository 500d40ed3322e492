import { asObject, parseJson } from '@suite/foundation';
import { type ImageSource, type Manifest, platformsOf } from '@suite/registry';

/** Larger ones are no configurations of images. */
const largestConfig = 4 * 1024 * 1024;

/** What an image runs on: an index says it, an image alone says it in its configuration. */
export async function readPlatforms(source: ImageSource, manifest: Manifest): Promise<readonly string[]> {
  if (manifest.kind === 'index') return platformsOf(manifest.bytes);
  const config = asObject(asObject(parseJson(new TextDecoder().decode(manifest.bytes)))['config']);
  const descriptor = manifest.blobs.find(({ digest }) => digest === config['digest']);
  if (descriptor === undefined || descriptor.size > largestConfig) return [];
  const chunks: Uint8Array[] = [];
  for await (const chunk of await source.blob(descriptor, 0)) chunks.push(chunk);
  const platform = parseJson(Buffer.concat(chunks).toString('utf8'));
  // Read as an index would say it, so that both are spelt alike.
  return platformsOf(new TextEncoder().encode(JSON.stringify({ manifests: [{ platform }] })));
}

/** Those that are asked for and not there. `linux/arm64` is there with any variant of it. */
export function missingPlatforms(wanted: readonly string[], there: readonly string[]): readonly string[] {
  return wanted.filter(one => !there.some(other => other === one || other.startsWith(`${one}/`)));
}
