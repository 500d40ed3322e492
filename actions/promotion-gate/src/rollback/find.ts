import { count, sentenceList, UserError } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
import { digestOf } from '../bundle.ts';
import { short } from '../conditions.ts';
import type { Services, Shelf } from '../ports.ts';
import { placeOf, speaksFor } from '../record.ts';
import { type Candidate, candidatesOf, type History } from './candidates.ts';

/** The registry of one region of the environment; undefined where there is none. */
export interface RegionShelf {
  readonly view: ScopeView;
  readonly shelf: Shelf | undefined;
}

const location = { kind: 'input', name: 'to' } as const;

/** The bytes of a bundle; undefined where a registry has none of that name. Throws a UserError where it has another one under it. */
export async function readFrom({ view, shelf }: RegionShelf, digest: string): Promise<Uint8Array | undefined> {
  const bytes = await shelf?.bundle(digest);
  if (bytes === undefined || digestOf(bytes) === digest) return bytes;
  throw new UserError({
    message: `The bundle ${short(digest)} was altered in the registry of ${view.scope} · ${view.region}: what lies under its name is ${digestOf(bytes)}. Nothing was done.`,
    remedy: 'Find out who may push there. A commit that was not touched can be chosen with `to`.',
  });
}

/** The bundle of this digest, or of the commit that begins so. Throws a UserError where the environment has not verified it. */
export function findNamed(
  name: string,
  history: History,
  shelves: readonly RegionShelf[],
  services: Pick<Services, 'compare' | 'context'>,
): Promise<Candidate> {
  return name.startsWith('sha256:')
    ? findDigest(name, history, shelves, services)
    : findCommit(name, history, services);
}

/**
 * The bundle of this digest. Looks for it by name, however long ago it was verified. Throws a UserError where the environment has not verified
 * it, with what its registries know of it.
 */
async function findDigest(
  digest: string,
  history: History,
  shelves: readonly RegionShelf[],
  { context }: Pick<Services, 'context'>,
): Promise<Candidate> {
  const known = candidatesOf(history).find(({ bundle }) => bundle === digest);
  if (known !== undefined) return known;
  const { environment } = history;
  const trails = await Promise.all(
    shelves.map(async ({ view, shelf }) => {
      const { records = [], departures = [] } = (await shelf?.trail(digest)) ?? {};
      return [...records, ...departures].filter(record => speaksFor(record, placeOf(view, context.repositoryId)));
    }),
  );
  const found = candidatesOf({ records: trails.flat() }).find(({ bundle }) => bundle === digest);
  if (found !== undefined) return found;
  for (const found of shelves) {
    if ((await readFrom(found, digest)) === undefined) continue;
    throw new UserError({
      message: `is ${short(digest)}, a bundle that ${environment} has never verified: no record of its own hangs on it.`,
      location,
      remedy: 'Choose one of the ledger’s records of this environment (`command: ledger`).',
    });
  }
  throw new UserError({
    message: `is ${short(digest)}, and no registry of ${environment} has a bundle of that digest.`,
    location,
    remedy: 'Choose one of the ledger’s records of this environment (`command: ledger`).',
  });
}

/**
 * The bundle of this commit, or of the one that begins so; the newest where several releases of the suite have made one. Throws a UserError
 * where the environment has not verified it, and says whether GitHub knows it.
 */
async function findCommit(
  start: string,
  history: History,
  { compare, context }: Pick<Services, 'compare' | 'context'>,
): Promise<Candidate> {
  const candidates = candidatesOf(history);
  const found = candidates.filter(({ commit }) => commit.startsWith(start));
  const commits = [...new Set(found.map(({ commit }) => commit))];
  if (commits.length > 1) {
    throw new UserError({
      message: `is ${start}, and ${count(commits.length, 'commit')} of ${history.environment} begin so: ${sentenceList(commits)}.`,
      location,
      remedy: 'Give more digits.',
    });
  }
  const [newest] = found;
  if (newest !== undefined) return newest;
  const isUnknown = (await compare(start, context.sha)) === 'unknown';
  throw new UserError({
    message: isUnknown
      ? `is ${start}, and GitHub knows no such commit in ${context.repository}.`
      : `is ${start}, which ${history.environment} has never verified: none of the last ${count(candidates.length, 'bundle')} there is of that commit.`,
    location,
    remedy:
      'Choose a commit of the ledger’s records of this environment (`command: ledger`), or the digest of an older bundle.',
  });
}
