import { expect, test } from '@jest/globals';
import type { ExistingCluster } from './existing.ts';
import type { OfferedMinor, Upgrades } from './ports.ts';
import { brief, cluster, known, refused, text } from './samples.fixture.ts';
import { judgeVersion, type VersionNeed } from './versions.ts';

const regular = (minor: string): OfferedMinor => ({
  minor,
  preview: false,
  supportPlans: ['KubernetesOfficial', 'AKSLongTermSupport'],
  patches: [`${minor}.1`],
});
const offered = [
  { ...regular('1.33'), supportPlans: ['AKSLongTermSupport'] },
  regular('1.36'),
  regular('1.34'),
  regular('1.35'),
  { ...regular('1.37'), preview: true },
];
const need = (minor: string, changes: Partial<VersionNeed> = {}): VersionNeed => ({
  minor,
  azureChooses: false,
  supportPlan: 'KubernetesOfficial',
  tier: 'Standard',
  pools: [
    { name: 'system', surge: '33%' },
    { name: 'user', surge: '33%' },
  ],
  ...changes,
});
const upgrades: Upgrades = { version: '1.34.4', to: ['1.34.5', '1.35.2'] };

test.each<[string, VersionNeed, ExistingCluster | undefined, unknown[], RegExp]>([
  ['offered', need('1.35'), undefined, [['version', 'passed']], /offers 1\.35/],
  [
    'retired',
    need('1.32'),
    undefined,
    [['version', 'blocked', 'cluster.version']],
    /no longer offers Kubernetes 1\.32 in westeurope\. Use one of "1\.34", "1\.35" and "1\.36"; `az aks get-versions --location westeurope/,
  ],
  [
    'not there yet',
    need('1.38'),
    undefined,
    [['version', 'blocked', 'cluster.version']],
    /does not offer Kubernetes 1\.38/,
  ],
  ['a preview', need('1.37'), undefined, [['version', 'warning', 'cluster.version']], /is a preview/],
  [
    'long-term support only',
    need('1.33'),
    undefined,
    [['version', 'blocked', 'cluster.version']],
    /only with long-term support, which takes the support plan AKSLongTermSupport and the tier Premium/,
  ],
  [
    'long-term support on Premium still takes its plan',
    need('1.33', { tier: 'Premium' }),
    undefined,
    [['version', 'blocked', 'cluster.version']],
    /support plan AKSLongTermSupport\./,
  ],
  [
    'long-term support with its plan',
    need('1.33', { tier: 'Premium', supportPlan: 'AKSLongTermSupport' }),
    undefined,
    [['version', 'passed']],
    /offers 1\.33/,
  ],
  [
    'a cluster that stays on a retired one',
    need('1.32'),
    cluster({ version: '1.32.9' }),
    [['version', 'warning', 'cluster.version']],
    /no longer offers/,
  ],
  ['a cluster that stays', need('1.34'), cluster(), [['version', 'passed']], /offers 1\.34/],
  ['a hop', need('1.35'), cluster(), [['version', 'passed']], /1\.34\.4 can be upgraded to 1\.35/],
  [
    'a skipped minor',
    need('1.36'),
    cluster(),
    [['version', 'blocked', 'cluster.version']],
    /From 1\.34\.4 to 1\.36 minors would be skipped.*first `version: "1\.35"`/,
  ],
  [
    'back',
    need('1.34'),
    cluster({ version: '1.35.2' }),
    [['version', 'blocked', 'cluster.version']],
    /runs 1\.35\.2, and AKS goes back to no 1\.34/,
  ],
  [
    'a hop that Azure does not offer now',
    need('1.36'),
    cluster({ version: '1.35.2' }),
    [['version/hop', 'blocked', 'cluster.version']],
    /does not let the cluster go from 1\.35\.2 to 1\.36; it offers 1\.34\.5 and 1\.35\.2/,
  ],
  [
    'a pool too far behind',
    need('1.35'),
    cluster({ pools: [{ name: 'user', size: 'x', nodes: 1, version: '1.32.9' }] }),
    [['version/behind', 'blocked', 'cluster.version']],
    /Pool `user` \(1\.32\.9\) is there, more than 2 minors behind 1\.35.*az aks nodepool upgrade --kubernetes-version 1\.34\.4/,
  ],
  [
    'a pool ahead',
    need('1.35'),
    cluster({ pools: [{ name: 'user', size: 'x', nodes: 1, version: '1.36.1' }] }),
    [['version/ahead', 'blocked', 'cluster.version']],
    /ahead of 1\.35/,
  ],
  [
    'a channel that chooses the minor',
    need('1.34', { azureChooses: true }),
    cluster({ version: '1.36.1' }),
    [['version', 'passed']],
    /offers/,
  ],
])('%s', (_, wanted, existing, expected, says) => {
  const { checks } = judgeVersion(wanted, 'westeurope', known(offered), existing, known(upgrades));
  expect(brief(checks)).toEqual(expected);
  expect(text(checks)).toMatch(says);
});

test('a hop is told in its order, with the nodes that it takes meanwhile', () => {
  const { notes, upgrades: moves } = judgeVersion(
    need('1.35'),
    'westeurope',
    known(offered),
    cluster(),
    known(upgrades),
  );
  expect(notes).toEqual([
    'Kubernetes goes from 1.34.4 to 1.35: first the control plane, then the pools `user` (2 nodes, 1 more meanwhile). It does not go back.',
  ]);
  expect(moves).toBe(true);
});

test('one that is refused is not told as if it came', () => {
  expect(judgeVersion(need('1.36'), 'westeurope', known(offered), cluster(), known(upgrades)).notes).toEqual([]);
});

test('nobody could say', () => {
  expect(brief(judgeVersion(need('1.35'), 'westeurope', refused, undefined, known(undefined)).checks)).toEqual([
    ['version/unknown', 'unknown'],
  ]);
  expect(brief(judgeVersion(need('1.35'), 'westeurope', known(offered), cluster(), refused).checks)).toEqual([
    ['version/unknown', 'unknown', 'cluster.version'],
  ]);
});
