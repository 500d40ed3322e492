import { join } from 'node:path';
import type { OwnRelease } from '@suite/platform-file';
import type { ChartSource, Probe, Release, ReleaseInput } from '../release.ts';

/** Releases that the platform file brings: nothing is added to what it says. */
export function ownReleases({ view, platformFolder }: ReleaseInput): Release[] {
  return view.releases.own.map(own => ({
    name: own.name,
    namespace: own.namespace,
    podSecurity: own.podSecurity,
    chart: chartOf(own, platformFolder),
    needs: own.needs,
    values: own.values,
    unknownValues: [],
    readiness: [{ kind: 'crds' }, { kind: 'rollouts' }, ...saidReadiness(own)],
    isStateful: own.isStateful,
    apply: { forceConflicts: false, reason: 'Whose field it is nobody here can know, so a conflict is shown.' },
    timeoutSeconds: 60 * own.timeoutMinutes,
    setting: own.setting,
  }));
}

function saidReadiness({ ready, namespace }: OwnRelease): Probe[] {
  return [
    ...ready.conditions.map(({ kind, ...object }) => ({ kind: 'condition' as const, objectKind: kind, ...object })),
    ...ready.http.map(service => ({ kind: 'http' as const, namespace, ...service })),
  ];
}

function chartOf({ chart }: OwnRelease, platformFolder: string): ChartSource {
  return chart.kind === 'folder' ? { kind: 'folder', path: join(platformFolder, chart.path) } : chart;
}
