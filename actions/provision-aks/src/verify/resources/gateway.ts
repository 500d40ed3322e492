import { asArray, asObject, asString, type JsonObject } from '@suite/foundation';
import type { EnvironmentScope } from '@suite/platform-file';
import { containsAll, ignoringCase } from '../match.ts';
import { recordInspections } from './dns.ts';
import { derived, type Inspection, inspect, property } from './inspection.ts';
import { locate, own, subnetId } from './names.ts';

/** Application Gateway for Containers with its firewall, and the name that leads to it. */
export function gatewayInspections(view: EnvironmentScope): Inspection[] {
  const { gateway } = view;
  if (gateway === undefined) return [];
  const balancer = own(view, 'azurerm_application_load_balancer', gateway.name);
  const part = (kind: string, name: string) =>
    locate(`azurerm_application_load_balancer_${kind}`, { application_load_balancer_id: balancer.id, name });
  const subnet = subnetId(view, 'dmz');
  return [
    inspect('Gateway', balancer, [succeeded], () => [
      inspect(
        'Frontend of the gateway',
        part('frontend', gateway.frontend),
        [succeeded, derived('host name', 'fqdn', true, ({ fqdn }) => (asString(fqdn) ?? '') !== '')],
        body => recordInspections(view, asString(asObject(body['properties'])['fqdn'])),
      ),
      inspect('Subnet of the gateway', part('subnet_association', 'dmz'), [
        succeeded,
        ...(subnet === undefined ? [] : [property('subnet', 'subnet.id', subnet, ignoringCase)]),
      ]),
      ...firewall(view, part('security_policy', 'waf')),
    ]),
  ];
}

const succeeded = property('provisioning state', 'provisioningState', 'Succeeded', ignoringCase);

function firewall(view: EnvironmentScope, policy: ReturnType<typeof own>): Inspection[] {
  const { gateway } = view;
  if (gateway?.waf === undefined) return [];
  const waf = own(view, 'azurerm_web_application_firewall_policy', `waf-${gateway.name}`);
  return [
    inspect('Security policy of the gateway', policy, [
      succeeded,
      property('firewall policy', 'wafPolicy.id', waf.id, ignoringCase),
    ]),
    inspect('Firewall policy', waf, [
      property('on', 'policySettings.state', 'Enabled', ignoringCase),
      property('mode', 'policySettings.mode', gateway.waf, ignoringCase),
      derived(
        'rule sets',
        'managedRules.managedRuleSets',
        ['Microsoft_DefaultRuleSet', 'Microsoft_BotManagerRuleSet'],
        ruleSets,
        containsAll,
      ),
    ]),
  ];
}

function ruleSets(policy: JsonObject): string[] {
  return asArray(asObject(policy['managedRules'])['managedRuleSets']).map(
    set => asString(asObject(set)['ruleSetType']) ?? '',
  );
}
