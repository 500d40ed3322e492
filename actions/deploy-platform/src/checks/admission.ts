import type { Check } from '@suite/change-report';
import { code, finding, named, reason, some } from './finding.ts';
import { type CheckInput, madeBy, minorOf } from './input.ts';
import { violationsOf } from './pod-security.ts';
import { workloadsOf } from './pod-templates.ts';

// A version that cannot be read is taken for the newest that the rules know.
const newestMinor = 36;

/** Pods that their namespace's level of pod security refuses: the workload is made, and never has a pod. */
export function checkPodSecurity({ releases, kubernetesVersion }: CheckInput): Check[] {
  const minor = minorOf(kubernetesVersion) ?? newestMinor;
  return releases.flatMap(checked => {
    const { release } = checked;
    const refused = workloadsOf(madeBy(checked))
      // Levels of other namespaces are those of other releases.
      .filter(({ object }) => object.metadata.namespace === release.namespace)
      .flatMap(workload => {
        const violations = violationsOf(workload, release.podSecurity, minor);
        return violations.length === 0 ? [] : [{ workload, violations }];
      });
    if (refused.length === 0) return [];
    const tell = ({ workload, violations }: (typeof refused)[number]) =>
      `${named(workload.object)} (${reason(violations.map(({ message }) => message).join('; '))})`;
    return [
      finding(release, 'pod-security', {
        name: `Pods are ${release.podSecurity}`,
        status: 'blocked',
        message: `Namespace ${code(release.namespace)} is ${release.podSecurity} and refuses the pods of ${some(refused.map(tell))}.`,
        remedy: `Set the security contexts in ${code(`${release.setting}.values`)}, or a lower level for the namespace.`,
      }),
    ];
  });
}
