import type { DeliveredApp, PlacedImage, Read } from './types.ts';

/** A repository's files held in memory. */
export function readMap(files: Readonly<Record<string, string>>): Read {
  return {
    list: async folder => {
      const prefix = folder === '' ? '' : `${folder}/`;
      return Object.keys(files)
        .filter(path => path.startsWith(prefix))
        .toSorted();
    },
    text: async path => files[path],
  };
}

export const oldDigest = `sha256:${'0'.repeat(64)}`;
export const digest = `sha256:${'a'.repeat(64)}`;
export const folder = 'environments/dev/web';

export const web: PlacedImage = {
  name: 'web',
  repository: 'crdev.azurecr.io/apps/web',
  digest,
  knownAs: ['ghcr.io/contoso/web'],
};
export const worker: PlacedImage = { name: 'worker', repository: 'crdev.azurecr.io/apps/worker', digest };

export function app(more: Partial<DeliveredApp> = {}): DeliveredApp {
  return { name: 'web', path: folder, images: ['web'], charts: [], values: {}, ...more };
}
