import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@suite/foundation';
import type { ArtifactView } from '../ports.ts';

/** The artifacts of one run, over all its attempts. */
export interface ArtifactStore {
  /** Makes the folder of a new artifact; undefined when this attempt has one of that name already. */
  create(name: string, attempt: number, overwrite: boolean): Promise<ArtifactView | undefined>;
  /** Newest first among equal names; what a later attempt made again is hidden. */
  list(): readonly ArtifactView[];
}

export function createArtifactStore(folder: string, clock: Clock, newId: () => string): ArtifactStore {
  const artifacts = new Map<string, { readonly view: ArtifactView; readonly attempt: number }>();
  return {
    create: async (name, attempt, overwrite) => {
      const known = artifacts.get(name);
      if (known?.attempt === attempt && !overwrite) return undefined;
      const id = newId();
      const view = { id, name, folder: join(folder, id), createdAt: clock.now() };
      artifacts.set(name, { view, attempt });
      await mkdir(view.folder, { recursive: true });
      return view;
    },
    list: () => [...artifacts.values()].map(({ view }) => view),
  };
}
