import type { IdKind } from '../arm/ids.ts';
import { block, blocks, computed, count, type Field, flag, items, list, references, text } from './fields.ts';
import { objectsAt, textAt } from './shape.ts';
import { tableResource } from './table-resource.ts';
import { networkVersion } from './virtual-network.ts';

const firewallPolicyKind: IdKind = {
  label: 'Application Gateway Web Application Firewall Policy',
  namespace: 'Microsoft.Network',
  segments: [
    ['applicationGatewayWebApplicationFirewallPolicies', 'Application Gateway Web Application Firewall Policy Name'],
  ],
};

const state = { words: ['Enabled', 'Disabled'] } as const;

/** Azure groups by lists of lists; azurerm names one variable. */
const groupBy: Field = {
  write: (body, value) => {
    if (typeof value !== 'string' || value === '') delete body['groupByUserSession'];
    else body['groupByUserSession'] = [{ groupByVariables: [{ variableName: value }] }];
  },
  read: body => textAt(objectsAt(objectsAt(body, 'groupByUserSession')[0], 'groupByVariables')[0], 'variableName'),
};

export const webApplicationFirewallPolicy = tableResource({
  type: 'azurerm_web_application_firewall_policy',
  kind: firewallPolicyKind,
  apiVersion: networkVersion,
  fields: {
    http_listener_ids: computed(references('properties.httpListeners')),
    path_based_rule_ids: computed(references('properties.pathBasedRules')),
    custom_rules: blocks(
      'properties.customRules',
      {
        name: text('name'),
        action: text('action'),
        enabled: flag('state', state),
        priority: count('priority'),
        rule_type: text('ruleType'),
        rate_limit_duration: text('rateLimitDuration'),
        rate_limit_threshold: count('rateLimitThreshold', { positive: true }),
        group_rate_limit_by: groupBy,
        match_conditions: blocks('matchConditions', {
          operator: text('operator'),
          // Azure's own spelling.
          negation_condition: flag('negationConditon'),
          match_values: list('matchValues', { sendEmpty: true }),
          transforms: list('transforms', { sendEmpty: true }),
          match_variables: blocks('matchVariables', {
            variable_name: text('variableName'),
            selector: text('selector'),
          }),
        }),
      },
      { sendEmpty: true },
    ),
    managed_rules: block('properties.managedRules', {
      exclusion: blocks('exclusions', {
        match_variable: text('matchVariable'),
        selector: text('selector'),
        selector_match_operator: text('selectorMatchOperator'),
        excluded_rule_set: blocks('exclusionManagedRuleSets', {
          type: text('ruleSetType'),
          version: text('ruleSetVersion'),
          rule_group: blocks('ruleGroups', {
            rule_group_name: text('ruleGroupName'),
            excluded_rules: items('rules', 'ruleId'),
          }),
        }),
      }),
      managed_rule_set: blocks('managedRuleSets', {
        type: text('ruleSetType'),
        version: text('ruleSetVersion'),
        rule_group_override: blocks('ruleGroupOverrides', {
          rule_group_name: text('ruleGroupName'),
          rule: blocks('rules', { id: text('ruleId'), enabled: flag('state', state), action: text('action') }),
        }),
      }),
    }),
    policy_settings: block('properties.policySettings', {
      enabled: flag('state', state),
      mode: text('mode'),
      request_body_check: flag('requestBodyCheck'),
      request_body_enforcement: flag('requestBodyEnforcement'),
      file_upload_enforcement: flag('fileUploadEnforcement'),
      file_upload_limit_in_mb: count('fileUploadLimitInMb'),
      max_request_body_size_in_kb: count('maxRequestBodySizeInKb'),
      request_body_inspect_limit_in_kb: count('requestBodyInspectLimitInKB'),
      // Azure leaves the standard out of its answers.
      js_challenge_cookie_expiration_in_minutes: count('jsChallengeCookieExpirationInMins', { absent: 30 }),
      log_scrubbing: block('logScrubbing', {
        enabled: flag('state', state),
        rule: blocks('scrubbingRules', {
          enabled: flag('state', state),
          match_variable: text('matchVariable'),
          selector_match_operator: text('selectorMatchOperator'),
          selector: text('selector'),
        }),
      }),
    }),
  },
});
