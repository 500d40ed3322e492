import { join } from 'node:path';
import type { Release, ReleaseInput } from '../release.ts';
import { withUserValues } from './values.ts';

/** ConfigMaps that the stack's Grafana takes its dashboards from, by their label. */
export function dashboards({ view, chartsFolder }: ReleaseInput): Release | undefined {
  const { dashboards: settings, metrics, argoCd, loki } = view.releases;
  if (settings === undefined || metrics === undefined) return undefined;
  const draft = {
    unknown: [],
    values: {
      // A dashboard about what is not there is empty.
      dashboards: {
        gpu: view.cluster.pools.gpu !== undefined,
        'argo-cd': argoCd !== undefined,
        logs: loki !== undefined,
      },
    },
  };
  return {
    name: 'dashboards',
    namespace: 'monitoring',
    // node-exporter, in the same namespace, looks at its node.
    podSecurity: 'privileged',
    chart: { kind: 'folder', path: join(chartsFolder, 'dashboards') },
    needs: ['kube-prometheus-stack'],
    ...withUserValues(draft, settings.values),
    readiness: [],
    isStateful: false,
    apply: { forceConflicts: false, reason: 'Nobody else writes to these ConfigMaps; whoever does is shown.' },
    timeoutSeconds: 300,
    setting: settings.setting,
  };
}
