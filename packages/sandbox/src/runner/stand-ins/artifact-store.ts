import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@suite/foundation';
import type { ArtifactView } from '../ports.ts';

/** The artifacts of one run, over all its attempts. */
export interface ArtifactStore {
  /** Makes the folder of a new artifact; undefined when this attempt has one of that name already. */
  create(name: string, attempt: number, overwrite: boolean): Promise<ArtifactView | undefined>;
  /** The newest of each name: what a later attempt made again is hidden. */
  list(): readonly ArtifactView[];
  /** In the order in which they were made, as GitHub's API tells of them; equal names are of different attempts. */
  all(): readonly ArtifactView[];
}

export function createArtifactStore(folder: string, clock: Clock, newId: () => string): ArtifactStore {
  const artifacts: { readonly view: ArtifactView; readonly attempt: number }[] = [];
  return {
    create: async (name, attempt, overwrite) => {
      const known = artifacts.findIndex(each => each.view.name === name && each.attempt === attempt);
      if (known >= 0 && !overwrite) return undefined;
      if (known >= 0) artifacts.splice(known, 1);
      const id = newId();
      const view = { id, name, folder: join(folder, id), createdAt: clock.now() };
      artifacts.push({ view, attempt });
      await mkdir(view.folder, { recursive: true });
      return view;
    },
    list: () => [...new Map(artifacts.map(({ view }) => [view.name, view])).values()],
    all: () => artifacts.map(({ view }) => view),
  };
}
