import { asArray, asObject, asString } from '@suite/foundation';

/**
 * The versions that Azure holds for a cluster that exists: ARM's `kubernetesVersion` and each pool's
 * `orchestratorVersion`. They begin as the minor that was asked for and become a patch when Azure upgrades by itself,
 * which Terraform would take for a change to undo (hashicorp/terraform-provider-azurerm#26946).
 */
export interface HeldVersions {
  readonly cluster: string | undefined;
  readonly pools: Readonly<Record<string, string | undefined>>;
}

/** Reads them off ARM's answer to a GET of the cluster; undefined when there is no cluster. */
export function heldVersions(body: unknown): HeldVersions | undefined {
  if (body === undefined) return undefined;
  const properties = asObject(asObject(body)['properties']);
  const pools = asArray(properties['agentPoolProfiles']).map(asObject);
  return {
    cluster: asString(properties['kubernetesVersion']),
    pools: Object.fromEntries(
      pools.flatMap(({ name, orchestratorVersion }) =>
        typeof name === 'string' ? [[name, asString(orchestratorVersion)]] : [],
      ),
    ),
  };
}
