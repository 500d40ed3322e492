import { type Batch, type Deviation, gone, properties, property, seen } from './deviation.ts';
import { roles } from './identities.ts';
import { lock, logsOf } from './operations.ts';
import { another, ids, subnet } from './platform.ts';

const frontend = `${ids.gateway}/frontends/web`;
const association = `${ids.gateway}/associations/dmz`;
const policy = `${ids.gateway}/securityPolicies/waf`;
const record = `${ids.zone}/CNAME/*`;
const delegation = `${ids.sharedZone}/NS/prod`;
const recordName = 'DNS record *.prod.platform.contoso.com';
const delegationName = 'Delegation of prod.platform.contoso.com';

const target: Deviation = azure => {
  const fqdn = seen(azure, frontend, 'fqdn');
  return property(recordName, record, ['target', 'CNAMERecord.cname', 'another.alb.azure.com', fqdn])(azure);
};

const nameServers: Deviation = azure => {
  const nameServers = seen(azure, ids.zone, 'nameServers');
  const made = [{ nsdname: 'ns1.another.example' }];
  return property(delegationName, delegation, [
    'name servers',
    'NSRecords',
    made,
    nameServers,
    ['ns1.another.example'],
  ])(azure);
};

const failed = ['provisioning state', 'provisioningState', 'Failed', 'Succeeded'] as const;

export const gatewayBatches: readonly Batch[] = [
  {
    scope: 'prod',
    name: 'gateway, firewall and the names that lead there',
    deviations: [
      ...properties('Gateway', ids.gateway, [failed]),
      ...properties('Frontend of the gateway', frontend, [failed]),
      ...properties('Subnet of the gateway', association, [
        failed,
        ['subnet', 'subnet.id', subnet('another'), subnet('snet-dmz')],
      ]),
      ...properties('Security policy of the gateway', policy, [
        failed,
        ['firewall policy', 'wafPolicy.id', another(ids.firewall), ids.firewall],
      ]),
      ...properties('Firewall policy', ids.firewall, [
        ['on', 'policySettings.state', 'Disabled', 'Enabled'],
        ['mode', 'policySettings.mode', 'Detection', 'Prevention'],
        [
          'rule sets',
          'managedRules.managedRuleSets',
          [{ ruleSetType: 'Microsoft_DefaultRuleSet', ruleSetVersion: '2.1' }],
          ['Microsoft_DefaultRuleSet', 'Microsoft_BotManagerRuleSet'],
          ['Microsoft_DefaultRuleSet'],
        ],
      ]),
      target,
      nameServers,
    ],
  },
  {
    scope: 'prod',
    name: 'a frontend without a host name',
    deviations: properties('Frontend of the gateway', frontend, [['host name', 'fqdn', undefined, true, false]]),
  },
  {
    scope: 'prod',
    name: 'parts of the gateway and names are gone',
    deviations: [
      gone('Subnet of the gateway', association),
      gone('Security policy of the gateway', policy),
      gone('Firewall policy', ids.firewall, roles.firewall.gone),
      gone(recordName, record),
      gone(delegationName, delegation),
    ],
  },
  { scope: 'prod', name: 'the frontend is gone', deviations: [gone('Frontend of the gateway', frontend)] },
  {
    scope: 'prod',
    name: 'gateway and zone are gone',
    deviations: [
      gone('Gateway', ids.gateway, logsOf.gateway.gone),
      gone(
        'DNS zone prod.platform.contoso.com',
        ids.zone,
        roles.zone.gone,
        lock('the DNS zone', `${ids.zone}/SOA/@`).gone,
      ),
    ],
  },
];
