import type { Release, ReleaseInput } from '../release.ts';
import { argoCd } from './argo-cd.ts';
import { certManager } from './cert-manager.ts';
import { issuers } from './issuers.ts';
import { kubePrometheusStack } from './kube-prometheus-stack.ts';
import { ownReleases } from './own.ts';
import { prometheusOperatorCrds } from './prometheus-operator-crds.ts';

const ours = [prometheusOperatorCrds, certManager, issuers, kubePrometheusStack, argoCd];

/** What is to run in an environment and region. Each release comes after all that it needs. */
export function resolveReleases(input: ReleaseInput): readonly Release[] {
  const all = [...ours.flatMap(resolve => resolve(input) ?? []), ...ownReleases(input)];
  const byName = new Map(all.map(release => [release.name, release]));
  const ordered = new Set<Release>();
  for (const release of all) place(release, []);
  return [...ordered];

  function place(release: Release, way: readonly string[]): void {
    // Circles are refused when the platform file is read.
    if (way.includes(release.name)) throw new TypeError(`needs in a circle: ${[...way, release.name].join(' → ')}`);
    for (const needed of release.needs) {
      const found = byName.get(needed);
      if (found === undefined) throw new TypeError(`${release.name} needs ${needed}, which is off`);
      place(found, [...way, release.name]);
    }
    ordered.add(release);
  }
}
