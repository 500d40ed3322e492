import { join } from 'node:path';
import type { Release, ReleaseInput } from '../release.ts';
import { gatewayRef, hostsOf } from './hosts.ts';
import { withUserValues } from './values.ts';

/** Routes to the interfaces of the platform. Their names need no record: that of the zone leads every name to the gateway. */
export function routes({ view, chartsFolder }: ReleaseInput): Release | undefined {
  const { routes: settings } = view.releases;
  if (settings === undefined) return undefined;
  const hosts = hostsOf(view);
  const values = {
    gateway: gatewayRef,
    hosts: hosts.map(({ name, hostname, namespace, service, port, health }) => ({
      name,
      hostname,
      namespace,
      service,
      port,
      health,
    })),
  };
  return {
    name: 'routes',
    namespace: gatewayRef.namespace,
    podSecurity: 'restricted',
    chart: { kind: 'folder', path: join(chartsFolder, 'routes') },
    needs: [...new Set(['gateway', ...hosts.map(({ release }) => release)])],
    ...withUserValues({ values, unknown: [] }, settings.values),
    readiness: hosts.map(({ name, namespace }) => ({ kind: 'route', namespace, name })),
    isStateful: false,
    apply: { forceConflicts: false, reason: 'The controller writes to the status only.' },
    timeoutSeconds: 300,
    setting: settings.setting,
  };
}
