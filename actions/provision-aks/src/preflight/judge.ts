import type { Check } from '@suite/change-report';
import { judgeAddresses } from './addresses.ts';
import { judgeReach } from './api-server.ts';
import { openQuestions } from './finding.ts';
import type { Facts } from './gather.ts';
import { judgeNames } from './names.ts';
import { judgeNetwork } from './network.ts';
import type { Planned } from './planned.ts';
import { judgePolicy } from './policy.ts';
import { judgeFeatures, judgeLocations, judgeProviders } from './providers.ts';
import { judgeQuota } from './quota.ts';
import { rightNeeds } from './right-needs.ts';
import { judgeRights } from './rights.ts';
import { judgeSizes } from './sizes.ts';
import type { Subject } from './subject.ts';
import { judgeVersion } from './versions.ts';

export interface Judgement {
  readonly checks: readonly Check[];
  /** What people should know of what is going to happen. */
  readonly notes: readonly string[];
}

/** What would fail in the apply of this plan. Pure. */
export function judge(subject: Subject, facts: Facts, planned: Planned): Judgement {
  const { subscription, location, tags, applyIdentity } = subject;
  const cluster = judgeCluster(subject, facts);
  const needs = rightNeeds(planned, subject);
  const objectId = facts.rights.known ? facts.rights.value.objectId : undefined;
  return {
    checks: [
      ...cluster.checks,
      ...judgeProviders(subject.providers, subscription, facts.providers, planned),
      ...judgeLocations(subject.providers, location, facts.providers, planned),
      ...judgeFeatures(subject.features, subscription, facts.features, planned),
      ...judgeRights(needs, { ...applyIdentity, objectId }, facts.rights),
      ...judgeNames(facts.names, location, subscription, planned),
      ...judgePolicy(facts.policies, location, tags, planned),
      ...judgeAddresses(subject.network, subject.otherNetworks, subject.nodes),
      ...judgeNetwork(facts.subnets),
      ...judgeReach(facts.cluster?.reach, subject.runner),
    ],
    notes: cluster.notes,
  };
}

function judgeCluster({ cluster, location, subscription }: Subject, { cluster: facts }: Facts): Judgement {
  if (cluster === undefined || facts === undefined) return { checks: [], notes: [] };
  const { existing, sizes, usages, minors, upgrades } = facts;
  // Everything below is about the difference to what runs.
  if (!existing.known) {
    const topic = { id: 'cluster', name: 'The cluster that there is could be read' };
    return { checks: openQuestions(topic, [existing]), notes: [] };
  }
  const own = existing.value;
  const version = judgeVersion(cluster.version, location, minors, own, upgrades);
  return {
    checks: [
      ...judgeSizes(cluster.pools, location, sizes, own),
      ...judgeQuota({
        pools: cluster.pools,
        location,
        subscription,
        sizes,
        usages,
        existing: own,
        upgrades: version.upgrades,
      }),
      ...version.checks,
    ],
    notes: version.notes,
  };
}
