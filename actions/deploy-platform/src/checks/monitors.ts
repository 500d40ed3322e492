import type { Check } from '@suite/change-report';
import { isObject } from '@suite/foundation';
import { groupOf, type KubernetesObject } from '@suite/kubernetes';
import { code, finding } from './finding.ts';
import type { CheckInput } from './input.ts';

const monitorKinds: ReadonlySet<string> = new Set(['ServiceMonitor', 'PodMonitor']);
const deepest = 20;

/** Releases whose values switch monitors on and that render none: some charts leave them out without a word. */
export function checkMonitors({ releases }: Pick<CheckInput, 'releases'>): Check[] {
  return releases.flatMap(({ release, objects }) => {
    const setting = enabledMonitor(release.values, [], deepest);
    if (setting === undefined || objects.some(object => isMonitor(object) || makesMonitors(object))) return [];
    return [
      finding(release, 'monitors', {
        name: 'Monitors that are wanted are rendered',
        status: 'warning',
        message: `${code(setting)} is on in the values of ${code(release.name)}, and the chart renders no ServiceMonitor or PodMonitor: it is not scraped.`,
        remedy: `Let the release need the one that brings the definitions of the Prometheus operator, or look up the key in the chart.`,
      }),
    ];
  });
}

function isMonitor({ apiVersion, kind }: KubernetesObject): boolean {
  return groupOf(apiVersion) === 'monitoring.coreos.com' && monitorKinds.has(kind);
}

/** Its operator makes the monitors of what it runs, later and by itself. */
function makesMonitors({ kind, apiVersion }: KubernetesObject): boolean {
  return kind === 'ClusterPolicy' && groupOf(apiVersion) === 'nvidia.com';
}

/** Path of the first `serviceMonitor` or `podMonitor` that is switched on. */
function enabledMonitor(values: unknown, path: readonly string[], levels: number): string | undefined {
  if (!isObject(values) || levels === 0) return undefined;
  // What is switched off as a whole takes its monitors with it.
  if (values['enabled'] === false) return undefined;
  for (const [key, value] of Object.entries(values)) {
    const here = [...path, key];
    if (/^(?:service|pod)monitors?$/i.test(key)) {
      if (isObject(value) && value['enabled'] === true) return here.join('.');
    } else {
      const below = enabledMonitor(value, here, levels - 1);
      if (below !== undefined) return below;
    }
  }
  return undefined;
}
