import type { Path } from '../../schema/plan.ts';
import { isUnknown, type ObjectValue } from '../../schema/values.ts';
import { changes } from '../changes.ts';
import type { Refinement } from '../resource-type.ts';
import { block, flag, text, texts } from '../shape.ts';
import { clearedUpgradeSettings } from './node-pool.ts';

/** What depends on the old and the new value together: some changes of a cluster can be made in one direction only. */
export function refineCluster(prior: ObjectValue | null, planned: ObjectValue): Refinement {
  const problems = networkProblems(planned);
  if (prior === null) return { problems };
  const requiresReplace = [
    ...poolChanges(block(prior, 'default_node_pool'), block(planned, 'default_node_pool')),
    ...networkChanges(block(prior, 'network_profile'), block(planned, 'network_profile')),
    ...otherChanges(prior, planned),
  ];
  // The issuer's URL only comes with the issuer.
  const unknown = changes(prior, planned, 'oidc_issuer_enabled') ? ['oidc_issuer_url'] : [];
  return { requiresReplace, unknown, problems };
}

function poolChanges(before: ObjectValue | undefined, after: ObjectValue | undefined): readonly Path[] {
  // A default pool that carries its temporary name is a rotation that failed: the next apply goes on with it.
  const isStranded = text(before, 'name') === text(after, 'temporary_name_for_rotation');
  return [
    ...(changes(before, after, 'name') && !isStranded ? [['default_node_pool', 0, 'name']] : []),
    ...clearedUpgradeSettings(before, after, ['default_node_pool', 0]),
  ];
}

/** Changes that Azure makes in place, `[from, to]`. */
const policiesInPlace = [
  ['azure', 'cilium'],
  ['calico', 'cilium'],
];

function networkChanges(before: ObjectValue | undefined, after: ObjectValue | undefined): readonly Path[] {
  if (before === undefined || after === undefined) return [];
  const differs = (name: string) => isUnknown(after[name]) || changes(before, after, name);
  const [policy, plane, plugin] = ['network_policy', 'network_data_plane', 'network_plugin'].map(name => ({
    from: text(before, name),
    to: text(after, name),
    differs: differs(name),
  }));
  const isOverlay = text(after, 'network_plugin_mode')?.toLowerCase() === 'overlay';
  const paths = [
    policy?.differs &&
    policy.from !== undefined &&
    !policiesInPlace.some(([from, to]) => from === policy.from && to === policy.to)
      ? 'network_policy'
      : undefined,
    plane?.differs && plane.from !== undefined && !(plane.from === 'azure' && plane.to === 'cilium')
      ? 'network_data_plane'
      : undefined,
    plugin?.differs && !(plugin.from === 'kubenet' && plugin.to === 'azure' && isOverlay)
      ? 'network_plugin'
      : undefined,
    differs('network_plugin_mode') && !isOverlay ? 'network_plugin_mode' : undefined,
    differs('pod_cidr') && text(before, 'pod_cidr') !== undefined ? 'pod_cidr' : undefined,
    differs('pod_cidrs') && texts(before, 'pod_cidrs').length > 0 ? 'pod_cidrs' : undefined,
  ];
  return paths.filter(path => path !== undefined).map(path => ['network_profile', 0, path]);
}

function otherChanges(prior: ObjectValue, planned: ObjectValue): readonly Path[] {
  const principals = [block(prior, 'service_principal'), block(planned, 'service_principal')] as const;
  const access = [block(prior, 'api_server_access_profile'), block(planned, 'api_server_access_profile')] as const;
  const windows = [block(prior, 'windows_profile'), block(planned, 'windows_profile')] as const;
  const isCleared = (name: string, [before, after]: readonly [ObjectValue | undefined, ObjectValue | undefined]) =>
    text(before, name) !== undefined &&
    after !== undefined &&
    !isUnknown(after[name]) &&
    text(after, name) === undefined;
  return [
    ...(flag(prior, 'oidc_issuer_enabled') && planned['oidc_issuer_enabled'] === false
      ? [['oidc_issuer_enabled']]
      : []),
    ...(principals[1] !== undefined && text(principals[0], 'client_id') === undefined
      ? [['service_principal', 0, 'client_id']]
      : []),
    ...(isCleared('subnet_id', access) ? [['api_server_access_profile', 0, 'subnet_id']] : []),
    ...(block(windows[0], 'gmsa') !== undefined && windows[1] !== undefined && block(windows[1], 'gmsa') === undefined
      ? [['windows_profile', 0, 'gmsa']]
      : []),
  ];
}

function networkProblems(planned: ObjectValue): readonly string[] {
  const network = block(planned, 'network_profile');
  const source = text(block(planned, 'bootstrap_profile'), 'artifact_source');
  const problems: string[] = [];
  if (text(network, 'outbound_type') === 'none' && source !== 'Cache') {
    problems.push(
      'when `network_profile.0.outbound_type` is set to `none`, `bootstrap_profile.0.artifact_source` must be set to `Cache`',
    );
  }
  if (flag(block(network, 'advanced_networking'), 'security_enabled')) {
    for (const [name, value] of [
      ['network_data_plane', 'cilium'],
      ['network_plugin', 'azure'],
    ] as const) {
      if (text(network, name) === value) continue;
      problems.push(
        `when \`network_profile.0.advanced_networking\` has \`security_enabled\` set to \`true\`, \`network_profile.0.${name}\` must be set to \`${value}\``,
      );
    }
  }
  return problems;
}
