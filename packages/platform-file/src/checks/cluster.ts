import type { Path } from '../position.ts';
import type { Checker } from './checker.ts';

/** The oldest Kubernetes minor with regular support: 1.33 went to long-term support in 2026 (AKS release calendar). */
const oldestMinor = 34;

export function checkCluster({ view, report, isSound, saidBy }: Checker): void {
  const { cluster } = view;
  const saidHere = (setting: Path) => ['region', 'environment'].includes(saidBy(setting) ?? '');
  if (Number(cluster.version.split('.')[1]) < oldestMinor) {
    report(
      ['cluster', 'version'],
      `Kubernetes ${cluster.version} has no regular support on AKS any more.`,
      `Use "1.${oldestMinor}" or newer.`,
    );
  }
  if (cluster.private && cluster.authorizedRanges.length > 0 && isSound(['cluster', 'private'])) {
    report(
      ['cluster', 'authorized-ranges'],
      'A private API server has no authorized ranges.',
      'Remove them, or set `cluster.private: false`.',
    );
  }
  if (!cluster.private && saidHere(['cluster', 'private-dns'])) {
    report(
      ['cluster', 'private-dns'],
      'Only a private API server has private DNS.',
      'Remove it, or set `cluster.private: true`.',
    );
  }
  if (cluster.features.costAnalysis && cluster.tier === 'Free') {
    report(
      ['cluster', 'features', 'cost-analysis'],
      'The free tier has no cost analysis.',
      'Remove it, or use the tier standard or premium.',
    );
  }
  for (const feature of ['safeguards', 'pod-security'] as const) {
    if (cluster.features.policy || !saidHere(['cluster', 'features', feature])) continue;
    report(
      ['cluster', 'features', feature],
      `\`${feature}\` is the work of Azure Policy, which is off.`,
      'Remove it, or `policy: false`.',
    );
  }
  if (cluster.upgrades.cluster === 'node-image' && cluster.upgrades.nodes !== 'NodeImage') {
    report(
      ['cluster', 'upgrades'],
      '`upgrades.cluster: node-image` needs `upgrades.nodes: node-image`.',
      'Set both, or use another channel for the cluster.',
    );
  }
  const { imageCleaner } = cluster.features;
  if (imageCleaner !== undefined && (imageCleaner.intervalHours < 24 || imageCleaner.intervalHours > 90 * 24)) {
    report(
      ['cluster', 'features', 'image-cleaner', 'interval'],
      `The image cleaner cannot run every ${imageCleaner.intervalHours} hours.`,
      'Use 24h to 90d.',
    );
  }
}
