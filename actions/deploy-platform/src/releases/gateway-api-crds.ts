import { join } from 'node:path';
import type { Release, ReleaseInput } from '../release.ts';
import { withUserValues } from './values.ts';

/** The kinds of Gateway API, unless AKS or the chart of the controller brings them: they have one owner. */
export function gatewayApiCrds({ view, chartsFolder }: ReleaseInput): Release | undefined {
  const settings = view.releases.gatewayApi;
  if (settings?.owner !== 'platform') return undefined;
  return {
    name: 'gateway-api-crds',
    namespace: 'gateway',
    podSecurity: 'restricted',
    chart: { kind: 'folder', path: join(chartsFolder, 'gateway-api-crds') },
    needs: [],
    ...withUserValues({ values: {}, unknown: [] }, settings.values),
    readiness: [{ kind: 'crds' }],
    // Every gateway and route goes with its kind.
    isStateful: true,
    apply: { forceConflicts: false, reason: 'Another owner of these kinds is shown, and not taken them away.' },
    timeoutSeconds: 300,
    setting: settings.setting,
  };
}
