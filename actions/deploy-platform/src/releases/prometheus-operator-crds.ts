import type { Release, ReleaseInput } from '../release.ts';
import { pinned } from './pins.ts';
import { type Draft, withUserValues } from './values.ts';

/** Removing the release would remove every monitor and rule, of applications too. */
const draft: Draft = { values: { crds: { annotations: { 'helm.sh/resource-policy': 'keep' } } }, unknown: [] };

/**
 * The kinds of the Prometheus operator, apart from the stack: Helm never upgrades what lies in a chart's `crds/`, and
 * everything else can bring its monitors before there is a Prometheus.
 */
export function prometheusOperatorCrds({ view }: ReleaseInput): Release | undefined {
  const settings = view.releases.operatorCrds;
  if (settings === undefined) return undefined;
  return {
    name: 'prometheus-operator-crds',
    namespace: 'monitoring',
    // node-exporter, in the same namespace, looks at its node.
    podSecurity: 'privileged',
    chart: pinned('prometheus-operator-crds', settings),
    needs: [],
    ...withUserValues(draft, settings.values),
    readiness: [{ kind: 'crds' }],
    isStateful: true,
    apply: { forceConflicts: false, reason: 'Nobody else writes to these kinds; whoever does is shown.' },
    timeoutSeconds: 300,
    setting: settings.setting,
  };
}
