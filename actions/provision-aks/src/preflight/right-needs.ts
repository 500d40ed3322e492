import type { Kind } from '@suite/change-report';
import { asString } from '@suite/foundation';
import { rightsByType, subscriptionRights, type TypeRights } from './actions.ts';
import { type Planned, valueAt } from './planned.ts';

/** One action that an apply performs, and where. */
export interface RightNeed {
  /** `Microsoft.Network/virtualNetworks/write` */
  readonly action: string;
  /** ARM id. */
  readonly scope: string;
  /** Name or GUID of the role that is assigned; undefined when it is not known, or when it is about something else. */
  readonly role?: string;
}

export interface RightNeeds {
  readonly needs: readonly RightNeed[];
  /** Types of Terraform whose rights are not written down. */
  readonly unknownTypes: readonly string[];
}

/** Where the resources of a plan lie. */
export interface Place {
  readonly subscription: string;
  /** ARM id of the scope's own group, where everything lies that does not say otherwise. */
  readonly groupId: string;
  /** Subscriptions of groups that belong to another scope, by the groups' names. */
  readonly otherGroups: Readonly<Record<string, string>>;
}

/** What the apply of a plan needs, each action and scope once. */
export function rightNeeds(planned: Planned, { subscription, groupId, otherGroups }: Place): RightNeeds {
  const found = new Map<string, RightNeed>();
  const unknownTypes = new Set<string>();
  const add = (need: RightNeed) => found.set([need.action, need.scope, need.role].join('\n').toLowerCase(), need);
  const root = `/subscriptions/${subscription}`;
  const groupOf = (values: unknown): string => {
    const name = asString(valueAt(values, 'resource_group_name'));
    const other = name === undefined ? undefined : otherGroups[name];
    return other === undefined ? groupId : `/subscriptions/${other}/resourceGroups/${name}`;
  };
  for (const { type, kind, address } of planned.changes) {
    const verbs = verbsOf[kind];
    if (verbs.length === 0) continue;
    const values = planned.creates.find(create => create.address === address)?.values;
    const whole = subscriptionRights[type];
    const rights = rightsByType[type];
    if (whole !== undefined) {
      for (const verb of verbs) add({ action: `${whole}/${verb}`, scope: root });
    } else if (rights === undefined) {
      unknownTypes.add(type);
    } else {
      const scope =
        asId(rights.scope === undefined ? undefined : valueAt(values, rights.scope)) ??
        `${groupOf(values)}${around(rights, values)}`;
      const role = asString(valueAt(values, 'role_definition_name'));
      const named = type === 'azurerm_role_assignment' && role !== undefined ? { role } : {};
      for (const verb of verbs) add({ action: `${rights.type}/${verb}`, scope, ...named });
      for (const [attribute, action] of Object.entries(values === undefined ? {} : (rights.links ?? {}))) {
        const target = valueAt(values, attribute);
        if (target !== null) add({ action, scope: asId(target) ?? groupId });
      }
      for (const need of approvals(type, values, groupId)) add(need);
    }
  }
  return { needs: [...found.values()], unknownTypes: [...unknownTypes] };
}

const verbsOf: Readonly<Record<Kind, readonly ('write' | 'delete')[]>> = {
  create: ['write'],
  update: ['write'],
  rotate: ['write', 'delete'],
  replace: ['write', 'delete'],
  delete: ['delete'],
  move: [],
  import: [],
  forget: [],
};

const endpointTargets: Readonly<Record<string, string>> = {
  registry: 'Microsoft.ContainerRegistry/registries',
  vault: 'Microsoft.KeyVault/vaults',
  blob: 'Microsoft.Storage/storageAccounts',
};

/** A private endpoint connects at once only for somebody who may approve it on its target. */
function approvals(type: string, values: unknown, groupId: string): RightNeed[] {
  if (type !== 'azurerm_private_endpoint' || values === undefined) return [];
  const service = asString(valueAt(values, 'private_service_connection.0.subresource_names.0')) ?? '';
  const target = endpointTargets[service];
  if (target === undefined) return [];
  const id = asId(valueAt(values, 'private_service_connection.0.private_connection_resource_id'));
  return [{ action: `${target}/privateEndpointConnectionsApproval/action`, scope: id ?? groupId }];
}

/** The resource around it, below its group. */
function around({ inside }: TypeRights, values: unknown): string {
  const name = inside === undefined ? undefined : asString(valueAt(values, inside.name));
  return inside === undefined || name === undefined ? '' : `/providers/${inside.type}/${name}`;
}

function asId(value: unknown): string | undefined {
  const text = asString(value);
  return text?.startsWith('/') ? text : undefined;
}
