import type { Check } from '@suite/change-report';
import { sentenceList } from '@suite/foundation';
import type { ExistingCluster } from './existing.ts';
import { finding, openQuestions, orPassed, type Topic } from './finding.ts';
import type { Answer, OfferedMinor, Upgrades } from './ports.ts';
import { surgeOf } from './quota.ts';

/** What the platform file wants of Kubernetes. */
export interface VersionNeed {
  /** `1.35` */
  readonly minor: string;
  /** An upgrade channel chooses the minor; the file's is only where a new cluster begins. */
  readonly azureChooses: boolean;
  readonly supportPlan: 'KubernetesOfficial' | 'AKSLongTermSupport';
  readonly tier: 'Free' | 'Standard' | 'Premium';
  readonly pools: readonly { readonly name: string; readonly surge: string }[];
}

export interface VersionVerdict {
  readonly checks: readonly Check[];
  /** What an upgrade does, for people to know. */
  readonly notes: readonly string[];
  readonly upgrades: boolean;
}

const topic: Topic = { id: 'version', name: 'The Kubernetes version can be had' };
const setting = 'cluster.version';
// How far a pool may be behind its control plane (AKS, upgrade of node pools).
const mostBehind = 2;

/** Whether AKS offers the minor, and whether a cluster that is there can get to it in one hop. */
export function judgeVersion(
  need: VersionNeed,
  location: string,
  minors: Answer<readonly OfferedMinor[]>,
  existing: ExistingCluster | undefined,
  upgrades: Answer<Upgrades | undefined>,
): VersionVerdict {
  const current = existing?.version;
  const from = current === undefined ? undefined : minorOf(current);
  const wanted = minorOf(need.minor);
  const moves = from !== undefined && from !== wanted && !need.azureChooses;
  const stays = from !== undefined && !moves;
  const offers = minors.known ? judgeOffer(need, location, minors.value, stays) : openQuestions(topic, [minors]);
  if (!moves || existing === undefined || current === undefined) {
    return {
      checks: orPassed(topic, offers, `${location} offers ${need.minor}.`),
      notes: [],
      upgrades: false,
    };
  }
  const hop = judgeHop(need, existing, current, upgrades);
  const checks = [...offers, ...hop];
  return {
    checks: orPassed(topic, checks, `${current} can be upgraded to ${need.minor}.`),
    notes: hop.some(({ status }) => status === 'blocked') ? [] : [describeHop(need, existing, current)],
    upgrades: wanted > from,
  };
}

/** 35 of `1.35` and `1.35.2`. */
function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}

/** A cluster that has the version already keeps it, so then nothing is refused. */
function judgeOffer(
  { minor, supportPlan, tier }: VersionNeed,
  location: string,
  offered: readonly OfferedMinor[],
  stays: boolean,
): Check[] {
  const status = stays ? 'warning' : 'blocked';
  const regular = offered
    .filter(({ preview, supportPlans }) => !preview && supportPlans.includes('KubernetesOfficial'))
    .map(other => other.minor)
    .sort((a, b) => minorOf(a) - minorOf(b));
  const remedy = `Use one of ${sentenceList(regular.map(other => `"${other}"`))}; \`az aks get-versions --location ${location} --output table\` lists all.`;
  const found = offered.find(other => other.minor === minor);
  if (found === undefined) {
    const gone = regular.length > 0 && minorOf(minor) < minorOf(regular[0] ?? '');
    const message = `AKS ${gone ? 'no longer offers' : 'does not offer'} Kubernetes ${minor} in ${location}.`;
    return [finding(topic, status, message, { remedy, setting })];
  }
  if (found.preview) {
    const message = `Kubernetes ${minor} is a preview in ${location}: Azure gives no support for it.`;
    return [finding(topic, 'warning', message, { remedy, setting })];
  }
  if (found.supportPlans.length > 0 && !found.supportPlans.includes(supportPlan)) {
    const premium = tier === 'Premium' ? '' : ' and the tier Premium';
    const message = `AKS offers Kubernetes ${minor} only with long-term support, which takes the support plan AKSLongTermSupport${premium}.`;
    return [finding(topic, status, message, { remedy, setting })];
  }
  return [];
}

function judgeHop(
  { minor }: VersionNeed,
  existing: ExistingCluster,
  current: string,
  upgrades: Answer<Upgrades | undefined>,
): Check[] {
  const [from, to] = [minorOf(current), minorOf(minor)];
  if (to < from) {
    const remedy = `Write \`version: "1.${from}"\`. Only a new cluster can have an older one.`;
    return [
      finding(topic, 'blocked', `The cluster runs ${current}, and AKS goes back to no ${minor}.`, { remedy, setting }),
    ];
  }
  if (to > from + 1) {
    const remedy = `Go one minor at a time: first \`version: "1.${from + 1}"\`, and let it be applied.`;
    const message = `From ${current} to ${minor} minors would be skipped, which AKS refuses.`;
    return [finding(topic, 'blocked', message, { remedy, setting })];
  }
  const ahead = existing.pools.filter(({ version }) => version !== undefined && minorOf(version) > to);
  const behind = existing.pools.filter(({ version }) => version !== undefined && to - minorOf(version) > mostBehind);
  const checks: Check[] = [];
  if (ahead.length > 0) {
    const message = `${poolVersions(ahead)}, ahead of ${minor}; no pool may be newer than the control plane.`;
    checks.push(finding(topic, 'blocked', message, { setting }, 'ahead'));
  }
  if (behind.length > 0) {
    const remedy = `Bring them to ${current} first: \`az aks nodepool upgrade --kubernetes-version ${current}\`.`;
    const message = `${poolVersions(behind)}, more than ${mostBehind} minors behind ${minor}.`;
    checks.push(finding(topic, 'blocked', message, { remedy, setting }, 'behind'));
  }
  if (!upgrades.known) return [...checks, ...openQuestions(topic, [upgrades], { setting })];
  const reachable = upgrades.value?.to ?? [];
  if (!reachable.some(version => minorOf(version) === to)) {
    const list = reachable.length === 0 ? 'nothing now' : sentenceList(reachable);
    const message = `AKS does not let the cluster go from ${current} to ${minor}; it offers ${list}.`;
    const remedy = reachable.length === 0 ? 'Look for an upgrade that is under way or failed.' : `Choose one of these.`;
    checks.push(finding(topic, 'blocked', message, { remedy, setting }, 'hop'));
  }
  return checks;
}

function poolVersions(pools: ExistingCluster['pools']): string {
  const list = sentenceList(pools.map(({ name, version }) => `\`${name}\` (${version})`));
  return `${pools.length === 1 ? 'Pool' : 'Pools'} ${list} ${pools.length === 1 ? 'is' : 'are'} there`;
}

function describeHop({ minor, pools }: VersionNeed, existing: ExistingCluster, current: string): string {
  const steps = pools.flatMap(({ name, surge }) => {
    const old = existing.pools.find(pool => pool.name === name);
    if (old === undefined) return [];
    const more = surgeOf(surge, old.nodes);
    return [`\`${name}\` (${old.nodes} nodes, ${more} more meanwhile)`];
  });
  const then = steps.length === 0 ? '' : `, then the pools ${sentenceList(steps)}`;
  return `Kubernetes goes from ${current} to ${minor}: first the control plane${then}. It does not go back.`;
}
