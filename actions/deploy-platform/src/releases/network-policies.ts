import { join } from 'node:path';
import { recordNamespace } from '../record.ts';
import type { Release, ReleaseInput } from '../release.ts';
import { flowsOf } from './flows.ts';
import { namespacesWithPods, withUserValues } from './values.ts';

/** Closes the namespaces of all releases of the platform to what comes from outside of them, but for what is named. */
export function networkPolicies({ view, chartsFolder }: ReleaseInput, others: readonly Release[]): Release | undefined {
  const { networkPolicies: settings, metrics } = view.releases;
  if (settings === undefined) return undefined;
  const closed = [...new Set([...namespacesWithPods(others), ...settings.namespaces])].sort();
  const values = {
    closed,
    ...(metrics === undefined
      ? {}
      : { metrics: { namespace: 'monitoring', pods: { 'app.kubernetes.io/name': 'prometheus' } } }),
    allowed: flowsOf(view).map(({ name, namespace, pods, ports, from }) => ({ name, namespace, pods, ports, from })),
  };
  return {
    name: 'network-policies',
    namespace: recordNamespace,
    podSecurity: 'restricted',
    chart: { kind: 'folder', path: join(chartsFolder, 'network-policies') },
    needs: [],
    ...withUserValues({ values, unknown: [] }, settings.values),
    readiness: [],
    isStateful: false,
    apply: { forceConflicts: false, reason: 'Policies only add to one another, so nobody has to write to these.' },
    timeoutSeconds: 300,
    setting: settings.setting,
  };
}
