import { asObject, asString } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
import type { PredictedResource } from './resource-ids.ts';

/** The key under `allow:` by which what exists and is not recorded is imported instead of refused. */
export const adoptKey = 'adopt';

/** What a create came to of which nobody heard the end. */
export type Condition = 'whole' | 'working' | 'failed';

/** A resource that Azure has and the state has not. */
export interface Unrecorded extends PredictedResource {
  readonly condition: Condition;
}

const working = /^(?:accepted|creating|updating|running|scaling|upgrading|provisioning|deleting|inprogress|starting)$/i;
const failed = /^(?:failed|canceled|cancelled)$/i;

/** By the body's `provisioningState`. What has none is there or is not, and so is whole. */
export function conditionOf(body: unknown): Condition {
  const state = asString(asObject(asObject(body)['properties'])['provisioningState']) ?? '';
  if (failed.test(state)) return 'failed';
  return working.test(state) ? 'working' : 'whole';
}

/** Types whose id in a state is not Azure's; `undefined` for those that are joined of two, one of which a plan does not know. */
const ownIds: Readonly<Record<string, (id: string) => string | undefined>> = {
  azurerm_monitor_diagnostic_setting: id =>
    id.replace(/\/providers\/Microsoft\.Insights\/diagnosticSettings\/([^/]+)$/i, '|$1'),
  azurerm_kubernetes_cluster_deployment_safeguard: id =>
    id.replace(/\/providers\/Microsoft\.ContainerService\/deploymentSafeguards\/default$/i, ''),
  azurerm_nat_gateway_public_ip_association: () => undefined,
};

/** What an import block names it by; undefined where that is not known. */
function importIdOf({ type, id }: Pick<PredictedResource, 'type' | 'id'>): string | undefined {
  const own = Object.hasOwn(ownIds, type) ? ownIds[type] : undefined;
  return own === undefined ? id : own(id);
}

/** Why it cannot be adopted, a clause that follows "it"; undefined where it can. */
export function whyNotAdopted(
  resource: Pick<Unrecorded, 'type' | 'id' | 'condition'>,
  { subscription }: Pick<ScopeView, 'subscription'>,
): string | undefined {
  const own = `/subscriptions/${subscription}/`.toLowerCase();
  if (!`${resource.id.toLowerCase()}/`.startsWith(own)) return `lies in another subscription than ${subscription}`;
  if (resource.condition === 'failed') return 'was made only in part: its create failed';
  if (resource.condition === 'working') return 'is still being made';
  return importIdOf(resource) === undefined ? 'has an id that only its create gives' : undefined;
}

/** Import blocks for the root module. Addresses are Terraform's own, ids hold nothing that HCL would read. */
export function importBlocks(resources: readonly Unrecorded[]): string {
  const blocks = resources.flatMap(resource => {
    const id = importIdOf(resource);
    return id === undefined ? [] : [`import {\n  to = ${resource.address}\n  id = ${hclText(id)}\n}\n`];
  });
  return blocks.join('\n');
}

function hclText(text: string): string {
  return JSON.stringify(text).replace(/[$%](?=\{)/g, sign => sign + sign);
}
