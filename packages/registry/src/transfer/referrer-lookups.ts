import type { ListedReferrer } from '../referrers.ts';

type Listed = readonly ListedReferrer[] | undefined;

/** Looks up referrers unless it is known that nobody answers. Undefined: there is no referrers API. */
export type ReferrerLookups = (repository: string, look: () => Promise<Listed>) => Promise<Listed>;

/**
 * One lookup tells of all repositories of a registry whether the API is there, and the others wait for it. Hosts with several
 * registries behind them (Artifactory, Nexus) tell those apart by the first part of the name, so that is what is remembered.
 */
export function rememberReferrers(): ReferrerLookups {
  const known = new Map<string, Promise<boolean>>();
  return async (repository, look) => {
    const [place = ''] = repository.split('/');
    const told = known.get(place);
    if (told !== undefined) return (await told) ? look() : undefined;
    const first = look();
    known.set(
      place,
      first.then(
        listed => listed !== undefined,
        () => {
          // It told nothing: whoever waited looks, and so does the next one.
          known.delete(place);
          return true;
        },
      ),
    );
    return first;
  };
}
