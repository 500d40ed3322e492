import type { Problem } from '@suite/foundation';
import { type Platform, regionsOf } from '../platform.ts';
import type { Soundness } from '../salvage.ts';
import type { OwnTerraformSource } from '../schema/own-terraform.ts';
import { checkApplications, checkApplicationsTogether } from './applications.ts';
import { checkCharts } from './charts.ts';
import { checkerFor } from './checker.ts';
import { checkCloud, checkCloudOf } from './cloud.ts';
import { checkCluster } from './cluster.ts';
import { checkDomains } from './domains.ts';
import { checkEdge } from './edge.ts';
import { checkEnvironment, checkPlatform, mostEnvironments, mostRegions } from './environments.ts';
import { checkGates } from './gate.ts';
import { checkGpuSmoke } from './gpu-smoke.ts';
import { checkImages } from './images.ts';
import { checkNetwork, checkNetworksTogether } from './network.ts';
import { checkAllowed, checkOwnTerraform } from './own-terraform.ts';
import { checkPools } from './pools.ts';
import { checkReleases } from './releases.ts';
import { checkRollout } from './rollout.ts';
import { checkServices } from './services.ts';

/** What a schema cannot say: everything that depends on two values at once, or on what Azure still offers. */
export function findProblems(platform: Platform, soundness: Soundness): Problem[] {
  const problems: Problem[] = [];
  checkPlatform(platform, soundness, problems);
  checkCloud(platform, soundness, problems);
  checkDomains(platform, problems);
  checkGates(platform, soundness, problems);
  checkOwnTerraform(platform.source.shared.terraform, (setting, message, remedy) =>
    problems.push({ message, location: platform.document.locate(['shared', ...setting]), remedy }),
  );
  checkAllowed(platform, 'shared', isOwn(platform.source.shared.terraform), true, problems);
  // More than that has been refused, and default networks are made for so many only.
  for (const environment of Object.keys(platform.source.environments).slice(0, mostEnvironments)) {
    const checkers = regionsOf(platform.source, environment)
      .slice(0, mostRegions)
      .map(region => checkerFor(platform, soundness, environment, region, problems));
    for (const checker of checkers) {
      checkEnvironment(checker, platform.source.name);
      checkCloudOf(checker);
      checkCluster(checker);
      checkPools(checker);
      checkNetwork(checker);
      checkServices(checker);
      checkReleases(checker);
      checkEdge(checker);
      checkGpuSmoke(checker);
      checkImages(checker);
      checkCharts(checker);
      checkApplications(checker);
      checkOwnTerraform(checker.merged.terraform, checker.report);
    }
    const [first] = checkers;
    if (first !== undefined) checkRollout(first, checkers.length);
    checkNetworksTogether(checkers);
    checkApplicationsTogether(checkers);
    const own = checkers.some(({ merged }) => isOwn(merged.terraform));
    checkAllowed(platform, environment, own, soundness.isSound(environment, ['allow']), problems);
  }
  return problems;
}

function isOwn(said: OwnTerraformSource | undefined): boolean {
  return said !== undefined && said !== false;
}
