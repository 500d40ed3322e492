import { join } from 'node:path';
import type { JsonObject } from '@suite/foundation';
import type { AlertReceiver, EnvironmentScope, SecretKey } from '@suite/platform-file';
import type { Release, ReleaseInput } from '../release.ts';
import { type Draft, present, withUserValues } from './values.ts';

/** Object that the stack's Alertmanager takes its whole configuration from. */
export const alertmanagerConfig = 'platform';

/** Rules that alert, rules that record, and whom alerts reach. They are objects alone; who runs them is the stack. */
export function alerts({ view, chartsFolder }: ReleaseInput): Release | undefined {
  const { alerts: settings, operatorCrds } = view.releases;
  if (settings === undefined || operatorCrds === undefined) return undefined;
  return {
    name: 'alerts',
    namespace: 'monitoring',
    // node-exporter, in the same namespace, looks at its node.
    podSecurity: 'privileged',
    chart: { kind: 'folder', path: join(chartsFolder, 'alerts') },
    needs: ['prometheus-operator-crds'],
    ...withUserValues(draft(view), settings.values),
    readiness: [],
    isStateful: false,
    apply: { forceConflicts: false, reason: 'The operator of Prometheus writes to their status only.' },
    timeoutSeconds: 300,
    setting: settings.setting,
  };
}

function draft({ releases, cluster, scope }: EnvironmentScope): Draft {
  const { alerts: settings, argoCd, certManager, loki } = releases;
  return {
    unknown: [],
    values: {
      environment: scope,
      // Rules about what is not there would never say anything.
      rules: {
        gpu: cluster.pools.gpu !== undefined,
        'argo-cd': argoCd !== undefined,
        certificates: certManager !== undefined,
        loki: loki !== undefined,
      },
      objectives: settings?.objectives ?? [],
      receivers: (settings?.receivers ?? []).map(receiver),
    },
  };
}

const severities = { critical: 'critical', warning: 'critical|warning' } as const;

/** As an AlertmanagerConfig has it (monitoring.coreos.com/v1alpha1): secrets stay where they are, and are named. */
function receiver(one: AlertReceiver): JsonObject {
  const { name, severity, sendResolved } = one;
  const about = { name, severities: severities[severity] };
  switch (one.type) {
    case 'webhook':
      return { ...about, config: { webhookConfigs: [{ sendResolved, urlSecret: keyOf(one.secret) }] } };
    case 'teams':
      return { ...about, config: { msteamsv2Configs: [{ sendResolved, webhookURL: keyOf(one.secret) }] } };
    case 'pagerduty':
      return { ...about, config: { pagerdutyConfigs: [{ sendResolved, routingKey: keyOf(one.secret) }] } };
    case 'email': {
      const { to, from, smarthost, login } = one;
      return {
        ...about,
        config: {
          emailConfigs: to.map(address =>
            present({
              sendResolved,
              to: address,
              from,
              smarthost,
              authUsername: login?.username,
              authPassword: login === undefined ? undefined : keyOf(login.password),
            }),
          ),
        },
      };
    }
  }
}

function keyOf({ name, key }: SecretKey): JsonObject {
  return { name, key };
}
