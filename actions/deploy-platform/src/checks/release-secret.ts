import { gzipSync } from 'node:zlib';
import type { Check } from '@suite/change-report';
import type { KubernetesObject } from '@suite/kubernetes';
import { code, finding } from './finding.ts';
import type { CheckedRelease, CheckInput } from './input.ts';

/** The API server takes no Secret with more data (core/v1, `MaxSecretSize`). */
const budget = 2 ** 20;
const warnAt = 0.8;
/** The chart is kept with its files in base64 within compressed JSON: of three large charts 2.2 to 2.4 times their archive. */
const perArchiveByte = 2.3;
/** Without the archive: a chart is about as large as what it renders (kube-prometheus-stack, argo-cd and their definitions). */
const perManifestByte = 2;

/** Releases whose record in the cluster outgrows a Secret: Helm applies everything and then fails to say so. */
export function checkReleaseSecret({ releases }: CheckInput): Check[] {
  return releases.flatMap(checked => {
    const { release } = checked;
    const { manifest, total } = releaseSecretSize(checked);
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
export function releaseSecretSize({ objects, chartBytes }: CheckedRelease): {
  readonly manifest: number;
  readonly total: number;
} {
  const manifest = Math.ceil((compressed(objects) * 4) / 3);
  const total = chartBytes === undefined ? manifest * perManifestByte : manifest + chartBytes * perArchiveByte;
  return { manifest, total: Math.ceil(total) };
}

function compressed(objects: readonly KubernetesObject[]): number {
  return objects.length === 0
    ? 0
    : gzipSync(objects.map(object => JSON.stringify(object)).join('\n'), { level: 9 }).length;
}
