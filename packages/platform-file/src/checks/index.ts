import type { Problem } from '@suite/foundation';
import { type Platform, regionsOf } from '../platform.ts';
import type { Soundness } from '../salvage.ts';
import { checkerFor } from './checker.ts';
import { checkCluster } from './cluster.ts';
import { checkDomains } from './domains.ts';
import { checkEnvironment, checkPlatform, mostEnvironments, mostRegions } from './environments.ts';
import { checkImages } from './images.ts';
import { checkNetwork, checkNetworksTogether } from './network.ts';
import { checkPools } from './pools.ts';
import { checkReleases } from './releases.ts';
import { checkServices } from './services.ts';

/** What a schema cannot say: everything that depends on two values at once, or on what Azure still offers. */
export function findProblems(platform: Platform, soundness: Soundness): Problem[] {
  const problems: Problem[] = [];
  checkPlatform(platform, soundness, problems);
  checkDomains(platform, problems);
  // More than that has been refused, and default networks are made for so many only.
  for (const environment of Object.keys(platform.source.environments).slice(0, mostEnvironments)) {
    const checkers = regionsOf(platform.source, environment)
      .slice(0, mostRegions)
      .map(region => checkerFor(platform, soundness, environment, region, problems));
    for (const checker of checkers) {
      checkEnvironment(checker, platform.source.name);
      checkCluster(checker);
      checkPools(checker);
      checkNetwork(checker);
      checkServices(checker);
      checkReleases(checker);
      checkImages(checker);
    }
    checkNetworksTogether(checkers);
  }
  return problems;
}
