import { join } from 'node:path';
import type { JsonObject } from '@suite/foundation';
import type { NamespaceLimit, NamespaceQuota } from '@suite/platform-file';
import { recordNamespace } from '../record.ts';
import type { Release, ReleaseInput } from '../release.ts';
import { namespacesWithPods, present, withUserValues } from './values.ts';

/** Quotas and limits for the namespaces of all releases. The namespaces themselves are made before any release. */
export function namespaces({ view, chartsFolder }: ReleaseInput, others: readonly Release[]): Release | undefined {
  const settings = view.releases.namespaces;
  if (settings === undefined) return undefined;
  const { quotas, limits } = settings;
  const named = [...namespacesWithPods(others), ...Object.keys(quotas), ...Object.keys(limits)];
  const values = {
    namespaces: Object.fromEntries(
      [...new Set(named)]
        .sort()
        .map(name => [name, { ...limitsOf(limits[name] ?? settings.usual), quota: hard(quotas[name]) }]),
    ),
  };
  return {
    name: 'namespaces',
    namespace: recordNamespace,
    podSecurity: 'restricted',
    chart: { kind: 'folder', path: join(chartsFolder, 'namespaces') },
    needs: [],
    ...withUserValues({ values, unknown: [] }, settings.values),
    readiness: [],
    isStateful: false,
    apply: { forceConflicts: false, reason: 'Whoever else sets a quota is shown.' },
    timeoutSeconds: 300,
    setting: settings.setting,
  };
}

/** A load balancer beside the gateway would be a second way in from the Internet, without its firewall. */
function hard(quota: NamespaceQuota | undefined): JsonObject {
  return present({
    'services.loadbalancers': '0',
    'requests.cpu': text(quota?.cores),
    'requests.memory': quota?.memory,
    pods: text(quota?.pods),
    'requests.nvidia.com/gpu': text(quota?.gpus),
    'requests.storage': quota?.storage,
    persistentvolumeclaims: text(quota?.claims),
  });
}

function text(amount: number | undefined): string | undefined {
  return amount === undefined ? undefined : String(amount);
}

/** What is not counted cannot be planned for, so a container that says nothing asks for a little. */
function limitsOf({ cpu, memory, memoryLimit }: NamespaceLimit): JsonObject {
  return present({
    requests: { cpu, memory },
    limits: memoryLimit === undefined ? undefined : { memory: memoryLimit },
  });
}
