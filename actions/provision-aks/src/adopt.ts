import { asArray, asObject, asString } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
import type { PredictedResource } from './resource-ids.ts';

/** The key under `allow:` by which what exists and is not recorded is imported instead of refused. */
export const adoptKey = 'adopt';

/** What a create came to of which nobody heard the end. */
export type Condition = 'whole' | 'working' | 'failed';

/** A resource that Azure has and the state has not. */
export interface Unrecorded extends PredictedResource {
  readonly condition: Condition;
  /** By which an import block names it; undefined where nobody can tell. */
  readonly importId: string | undefined;
}

const working = /^(?:accepted|creating|updating|running|scaling|upgrading|provisioning|deleting|inprogress|starting)$/i;
const failed = /^(?:failed|canceled|cancelled)$/i;

/** By the body's `provisioningState`. What has none is there or is not, and so is whole. */
export function conditionOf(body: unknown): Condition {
  const state = asString(asObject(asObject(body)['properties'])['provisioningState']) ?? '';
  if (failed.test(state)) return 'failed';
  return working.test(state) ? 'working' : 'whole';
}

/** Types whose id in a state is not Azure's. Undefined where a part of it cannot be told from what Azure says. */
const ownIds: Readonly<Record<string, (id: string, body: unknown) => string | undefined>> = {
  azurerm_monitor_diagnostic_setting: id =>
    id.replace(/\/providers\/Microsoft\.Insights\/diagnosticSettings\/([^/]+)$/i, '|$1'),
  azurerm_kubernetes_cluster_deployment_safeguard: id =>
    id.replace(/\/providers\/Microsoft\.ContainerService\/deploymentSafeguards\/default$/i, ''),
  // A plan does not know the address yet; the gateway does.
  azurerm_nat_gateway_public_ip_association: (gateway, body) => {
    const [first, ...others] = asArray(asObject(asObject(body)['properties'])['publicIpAddresses']);
    const address = asString(asObject(first)['id']);
    return address === undefined || others.length > 0 ? undefined : `${gateway}|${address}`;
  },
};

/** What an import block names it by; undefined where that is not known. `body`: what Azure has. */
export function importIdOf({ type, id }: Pick<PredictedResource, 'type' | 'id'>, body: unknown): string | undefined {
  const own = Object.hasOwn(ownIds, type) ? ownIds[type] : undefined;
  return own === undefined ? id : own(id, body);
}

/** Why it cannot be adopted, a clause that follows "it"; undefined where it can. */
export function whyNotAdopted(
  { type, id, place, condition, importId }: Pick<Unrecorded, 'type' | 'id' | 'place' | 'condition' | 'importId'>,
  { subscription }: Pick<ScopeView, 'subscription'>,
): string | undefined {
  const places = [subscription, place].map(one => `/subscriptions/${one}/`.toLowerCase());
  // A right lies where the thing is that it is about: a registry of the shared scope, a network of somebody else.
  const isRight = type === 'azurerm_role_assignment';
  if (!isRight && !places.some(one => `${id.toLowerCase()}/`.startsWith(one))) {
    return `lies in another subscription than ${subscription}`;
  }
  if (condition === 'failed') return 'was made only in part: its create failed';
  if (condition === 'working') return 'is still being made';
  return importId === undefined ? 'has an id that only its create gives' : undefined;
}

/** Import blocks for the root module. Addresses are Terraform's own, ids hold nothing that HCL would read. */
export function importBlocks(resources: readonly Unrecorded[]): string {
  const blocks = resources.flatMap(({ address, importId }) =>
    importId === undefined ? [] : [`import {\n  to = ${address}\n  id = ${hclText(importId)}\n}\n`],
  );
  return blocks.join('\n');
}

function hclText(text: string): string {
  return JSON.stringify(text).replace(/[$%](?=\{)/g, sign => sign + sign);
}
