import { gzipSync } from 'node:zlib';
import type { Check } from '@suite/change-report';
import type { KubernetesObject } from '@suite/kubernetes';
import { code, finding } from './finding.ts';
import type { CheckInput } from './input.ts';

/** The API server takes no Secret with more data (core/v1, `MaxSecretSize`). */
const budget = 2 ** 20;
const warnAt = 0.8;
/**
 * What else is in it: the chart's own templates, values and pages, without those of its dependencies. Of cert-manager,
 * kube-prometheus-stack, argo-cd and prometheus-operator-crds Helm 4.1 kept 180 to 460 KiB.
 */
const chartShare = 350 * 2 ** 10;

/** Releases whose record in the cluster outgrows a Secret: Helm applies everything and then fails to say so. */
export function checkReleaseSecret({ releases }: CheckInput): Check[] {
  return releases.flatMap(({ release, objects }) => {
    const { manifest, total } = releaseSecretSize(objects);
    if (total < budget * warnAt) return [];
    // What is known for sure is the manifest.
    const status = manifest > budget ? 'blocked' : 'warning';
    const kib = (bytes: number) => `${Math.round(bytes / 1024)} KiB`;
    return [
      finding(release, 'secret-size', {
        name: "Helm's record of the release fits a Secret",
        status,
        message: `Helm keeps chart and manifest of ${code(release.name)} in one Secret of at most ${kib(budget)}; they take about ${kib(total)}.`,
        remedy: `Leave out what is not needed in ${code(`${release.setting}.values`)}, such as definitions and dashboards, or install those as releases of their own.`,
      }),
    ];
  });
}

/** Estimated bytes of Helm's release Secret (gzip, then base64), and of the manifest's part in it. */
function releaseSecretSize(objects: readonly KubernetesObject[]): {
  readonly manifest: number;
  readonly total: number;
} {
  const manifest = Math.ceil((compressed(objects) * 4) / 3);
  return { manifest, total: manifest + chartShare };
}

function compressed(objects: readonly KubernetesObject[]): number {
  return objects.length === 0
    ? 0
    : gzipSync(objects.map(object => JSON.stringify(object)).join('\n'), { level: 9 }).length;
}
