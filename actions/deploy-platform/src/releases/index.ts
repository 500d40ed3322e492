import { orderByNeeds } from '../graph.ts';
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
  const names = new Set(all.map(({ name }) => name));
  for (const { name, needs } of all) {
    const missing = needs.find(need => !names.has(need));
    // Such needs are refused when the platform file is read.
    if (missing !== undefined) throw new TypeError(`${name} needs ${missing}, which is off`);
  }
  return orderByNeeds(all);
}
