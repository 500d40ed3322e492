import { type Problem, sentenceList } from '@suite/foundation';
import { cloudOf, cloudOfLocation } from '../cloud.ts';
import { type Platform, regionsOf } from '../platform.ts';
import type { Path } from '../position.ts';
import type { Soundness } from '../salvage.ts';
import type { Checker } from './checker.ts';

/** A platform is in one cloud: nothing signs in to another one, and nothing is found there by its id. */
export function checkCloud(platform: Platform, soundness: Soundness, problems: Problem[]): void {
  const { source, document } = platform;
  const cloud = cloudOf(platform);
  const places = [
    { scope: 'shared', path: ['shared', 'location'] as Path, location: source.shared.location },
    ...Object.keys(source.environments).flatMap(scope =>
      regionsOf(source, scope).map(location => ({
        scope,
        path: (source.environments[scope]?.regions === undefined
          ? ['environments', scope, 'location']
          : ['environments', scope, 'regions', location]) as Path,
        location,
      })),
    ),
  ].filter(({ scope }) => soundness.isSound(scope, ['location']) && soundness.isSound(scope, ['cloud']));
  const elsewhere = places.filter(({ location }) => cloudOfLocation(location) !== cloud);
  const [first] = elsewhere;
  if (first === undefined) return;
  const locations = [...new Set(elsewhere.map(({ location }) => location))];
  const named = [...new Set(locations.map(cloudOfLocation))];
  const isAll = elsewhere.length === places.length && named.length === 1;
  problems.push({
    message: `${sentenceList(locations)} ${locations.length === 1 ? 'is' : 'are'} not in the cloud \`${cloud}\`.`,
    location: document.locate(first.path, 'value'),
    remedy: isAll
      ? `Set \`cloud: ${named.join()}\` at the top of the file, or use locations of \`${cloud}\`.`
      : `Use locations of \`${cloud}\`: a platform is in one cloud.`,
  });
}

/** What Azure's sovereign clouds do not have, as far as it is certain; for the rest preflight asks Azure. */
export function checkCloudOf({ view, report }: Checker): void {
  // Microsoft Learn, "Azure Private Endpoint private DNS zone values": that of Azure Managed Redis is named for the public cloud alone.
  if (view.cloud === 'public' || view.cache === undefined || view.privateLink === undefined) return;
  if (view.privateLink.zones.cache !== undefined) return;
  report(
    ['cache'],
    `The cloud \`${view.cloud}\` has no private DNS zone of its own for a cache.`,
    'Name yours in `existing.private-dns-zones.cache`, or set `cache: false`.',
  );
}
