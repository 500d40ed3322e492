import { isUnknown, type ObjectValue } from '../schema/values.ts';
import { blocks, computed, count, flag, list, reference, text } from './fields.ts';
import { block as blockOf, count as countOf, flag as flagOf, text as textOf } from './shape.ts';
import { tableResource } from './table-resource.ts';
import { networkVersion } from './virtual-network.ts';

const weights = ['Developer', 'Basic', 'Standard', 'Premium'];

export const bastionHost = tableResource({
  type: 'azurerm_bastion_host',
  kind: {
    label: 'Bastion Host',
    namespace: 'Microsoft.Network',
    segments: [['bastionHosts', 'Bastion Host Name']],
  },
  apiVersion: networkVersion,
  operation: 'CreateOrUpdate',
  fields: {
    sku: text('sku.name'),
    zones: list('zones'),
    copy_paste_enabled: flag('properties.disableCopyPaste', { inverted: true, absent: true }),
    file_copy_enabled: flag('properties.enableFileCopy'),
    ip_connect_enabled: flag('properties.enableIpConnect'),
    kerberos_enabled: flag('properties.enableKerberos'),
    scale_units: count('properties.scaleUnits'),
    session_recording_enabled: flag('properties.enableSessionRecording'),
    shareable_link_enabled: flag('properties.enableShareableLink'),
    tunneling_enabled: flag('properties.enableTunneling'),
    virtual_network_id: reference('properties.virtualNetwork'),
    dns_name: computed(text('properties.dnsName')),
    private_only_enabled: computed(flag('properties.enablePrivateOnlyBastion')),
    ip_configuration: blocks('properties.ipConfigurations', {
      name: text('name'),
      subnet_id: reference('properties.subnet'),
      public_ip_address_id: reference('properties.publicIPAddress'),
    }),
  },
  refine: (prior, planned) => ({
    problems: skuProblems(planned),
    requiresReplace: weightOf(prior) > weightOf(planned) ? [['sku']] : [],
  }),
});

function weightOf(object: ObjectValue | null): number {
  return weights.indexOf(textOf(object ?? undefined, 'sku') ?? '');
}

function skuProblems(planned: ObjectValue): readonly string[] {
  const sku = textOf(planned, 'sku') ?? '';
  const needs = (argument: string, skus: readonly string[], isUsed = flagOf(planned, argument)) =>
    isUsed && !skus.includes(sku)
      ? [`\`${argument}\` is only supported when \`sku\` is ${skus.map(name => `\`${name}\``).join(' or ')}`]
      : [];
  const configuration = blockOf(planned, 'ip_configuration');
  const needsAddress = sku === 'Basic' || sku === 'Standard';
  const large = ['Standard', 'Premium'];
  return [
    ...(needsAddress && configuration === undefined && !isUnknown(planned['ip_configuration'])
      ? ['`ip_configuration` with `public_ip_address_id` is required when `sku` is `Basic` or `Standard`']
      : []),
    ...(needsAddress && configuration !== undefined && !isGiven(configuration['public_ip_address_id'])
      ? ['`public_ip_address_id` must be set in `ip_configuration` when `sku` is `Basic` or `Standard`']
      : []),
    ...((countOf(planned, 'scale_units') ?? 2) > 2 && !large.includes(sku)
      ? [
          '`scale_units` only can be changed when `sku` is `Standard` or `Premium`. `scale_units` is always `2` when `sku` is `Basic`',
        ]
      : []),
    ...[
      'file_copy_enabled',
      'ip_connect_enabled',
      'kerberos_enabled',
      'shareable_link_enabled',
      'tunneling_enabled',
    ].flatMap(argument => needs(argument, large)),
    ...needs('session_recording_enabled', ['Premium']),
  ];
}

function isGiven(value: ObjectValue[string] | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}
