import { join } from 'node:path';
import { asObject, asString } from '@suite/foundation';
import type { EnvironmentScope } from '@suite/platform-file';
import type { Release, ReleaseInput } from '../release.ts';
import { controllerReplicas } from './alb-controller.ts';
import { gatewayRef, hostsOf } from './hosts.ts';
import { at, type Draft, present, withUserValues } from './values.ts';

/** The one way from the Internet to workloads: a Gateway on the load balancer that Terraform owns, and its certificate. */
export function gateway(input: ReleaseInput): Release | undefined {
  const { gateway: settings } = input.view.releases;
  if (settings === undefined) return undefined;
  const { namespace } = gatewayRef;
  const resolved = withUserValues(draft(input), settings.values);
  const name = String(at(resolved.values, 'name'));
  return {
    name: 'gateway',
    namespace,
    podSecurity: 'restricted',
    chart: { kind: 'folder', path: join(input.chartsFolder, 'gateway') },
    needs: ['alb-controller', 'issuers'],
    ...resolved,
    readiness: [
      {
        kind: 'condition',
        apiVersion: 'gateway.networking.k8s.io/v1',
        objectKind: 'Gateway',
        namespace,
        name,
        condition: 'Programmed',
      },
      {
        kind: 'condition',
        apiVersion: 'cert-manager.io/v1',
        objectKind: 'Certificate',
        namespace,
        name: `${name}-tls`,
        condition: 'Ready',
      },
      { kind: 'route', namespace, name: 'redirect-to-https' },
    ],
    isStateful: false,
    apply: { forceConflicts: false, reason: 'The controller and cert-manager write to the status only.' },
    // A certificate waits for DNS to be seen everywhere.
    timeoutSeconds: 900,
    setting: settings.setting,
  };
}

function draft({ view, outputs }: ReleaseInput): Draft {
  const { dns, releases, gateway: azure } = view;
  const made = asObject(outputs?.['gateway']);
  const id = asString(made['id']);
  const firewall = asString(made['waf_policy_id']);
  const domain = dns?.name ?? '';
  return {
    values: {
      name: gatewayRef.name,
      domain,
      alb: present({ id, frontend: asString(made['frontend']) ?? azure?.frontend }),
      issuer: releases.gateway?.issuer,
      dnsNames: dnsNames(view, domain),
      namespaces: takenFrom(view),
      ...(firewall === undefined ? {} : { firewall }),
      // A budget for a single replica would keep its node from ever being drained.
      controller: { budget: releases.albController !== undefined && controllerReplicas(view) > 1 },
    },
    unknown: [
      ...(id === undefined ? [['alb', 'id']] : []),
      ...(azure?.waf !== undefined && firewall === undefined ? [['firewall']] : []),
    ],
  };
}

/** One for all names, where the challenge can show that; otherwise each by itself, and the gateway's own where there is none. */
function dnsNames(view: EnvironmentScope, domain: string): readonly string[] {
  const { issuers, gateway: settings } = view.releases;
  if (issuers?.challenge !== 'http' || settings?.issuer === 'selfsigned') return [`*.${domain}`];
  const names = hostsOf(view).map(({ hostname }) => hostname);
  return names.length === 0 ? [`gateway.${domain}`] : names;
}

function takenFrom(view: EnvironmentScope): readonly string[] {
  const own = hostsOf(view).map(({ namespace }) => namespace);
  return [...new Set([...own, ...(view.releases.gateway?.namespaces ?? [])])].sort();
}
