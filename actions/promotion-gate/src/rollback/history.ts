import { mapInParallel, UserError } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
import { short } from '../conditions.ts';
import type { Services } from '../ports.ts';
import { placeOf, speaksFor } from '../record.ts';
import { readRunning } from '../running.ts';
import { readerOf } from '../scope.ts';
import type { Candidate, History } from './candidates.ts';
import { type RegionShelf, readFrom } from './find.ts';

const regionsAtOnce = 4;

/** The registries of an environment's regions, as their plan identities see them. */
export function openShelves(
  regions: readonly ScopeView[],
  { openShelf }: Pick<Services, 'openShelf'>,
): Promise<readonly RegionShelf[]> {
  return mapInParallel(regions, regionsAtOnce, async view => ({
    view,
    shelf: await openShelf(view, readerOf(view, 'plan')),
  }));
}

/** What they say of the last bundles. */
export async function readHistory(
  environment: string,
  shelves: readonly RegionShelf[],
  limit: number,
  { context }: Services,
): Promise<History> {
  const places = await mapInParallel(shelves, regionsAtOnce, async ({ view, shelf }) => {
    const place = placeOf(view, context.repositoryId);
    const { record: running } = await readRunning(shelf, place);
    const { records = [] } = (await shelf?.history(limit)) ?? {};
    return { region: view.region, running, records: records.filter(record => speaksFor(record, place)) };
  });
  return {
    environment,
    running: places.map(({ region, running }) => ({ region, record: running })),
    records: places.flatMap(({ records }) => records),
  };
}

/** Throws a UserError where no registry has the bundle itself, or something else in its place. */
export async function readTarget({ bundle }: Candidate, shelves: readonly RegionShelf[]): Promise<Uint8Array> {
  for (const shelf of shelves) {
    const bytes = await readFrom(shelf, bundle);
    if (bytes !== undefined) return bytes;
  }
  throw new UserError({
    message: `No registry has the bundle ${short(bundle)} any more, only records of it.`,
    remedy: 'Choose another commit with `to`, or revert on main and promote that.',
  });
}
