import { join } from 'node:path';
import type { EnvironmentDns, EnvironmentScope } from '@suite/platform-file';
import type { Release, ReleaseInput } from '../release.ts';
import { environmentOf } from './cloud.ts';
import { gatewayRef } from './hosts.ts';
import { clientIdOf, type Draft, present, withUserValues } from './values.ts';

/** Who signs: the cluster itself, and where there is a domain, Let's Encrypt by records in its zone or by answers of the gateway. */
export function issuers(input: ReleaseInput): Release | undefined {
  const { releases } = input.view;
  const settings = releases.issuers;
  if (settings === undefined || releases.certManager === undefined) return undefined;
  const names = ['selfsigned', ...(solves(input.view) ? ['letsencrypt-staging', 'letsencrypt-prod'] : [])];
  return {
    name: 'issuers',
    namespace: 'cert-manager',
    podSecurity: 'restricted',
    chart: { kind: 'folder', path: join(input.chartsFolder, 'issuers') },
    needs: ['cert-manager'],
    ...withUserValues(draft(input), settings.values),
    readiness: names.map(name => ({
      kind: 'condition',
      apiVersion: 'cert-manager.io/v1',
      objectKind: 'ClusterIssuer',
      name,
      condition: 'Ready',
    })),
    isStateful: false,
    apply: { forceConflicts: false, reason: 'cert-manager writes to the status of an issuer only.' },
    timeoutSeconds: 300,
    setting: settings.setting,
  };
}

/** Records in a zone need a zone, and an identity that may write them; answers need a gateway. */
function solves({ dns, workloads, releases }: EnvironmentScope): boolean {
  if (dns === undefined) return false;
  return releases.issuers?.challenge === 'http'
    ? releases.gateway !== undefined
    : workloads['cert-manager'] !== undefined;
}

function draft({ view, outputs }: ReleaseInput): Draft {
  const { dns, releases } = view;
  if (dns === undefined || !solves(view)) return { values: {}, unknown: [] };
  if (releases.issuers?.challenge === 'http') {
    return { values: { acme: present({ email: releases.certManager?.email, gateway: gatewayRef }) }, unknown: [] };
  }
  const clientId = clientIdOf(outputs, 'cert-manager');
  return {
    values: {
      acme: present({ email: releases.certManager?.email, zone: zoneOf(view, dns), clientId }),
    },
    unknown: clientId === undefined ? [['acme', 'clientId']] : [],
  };
}

function zoneOf({ resourceGroup, subscription, cloud }: EnvironmentScope, dns: EnvironmentDns) {
  const environment = environmentOf(cloud);
  if (!dns.existing) return present({ name: dns.name, resourceGroup, subscription, environment });
  const [, , owner = '', , group = ''] = dns.id.split('/');
  return present({ name: dns.name, resourceGroup: group, subscription: owner, environment });
}
