import { asArray, asObject, asString, describeProblem, UserError } from '@suite/foundation';
import type { Azure } from '../ports.ts';
import { apiVersionOf } from '../resource-ids.ts';
import type { Surroundings } from './surveyed.ts';
import {
  type Assignment,
  type Reach,
  reachOf,
  registryUse,
  type Sight,
  same,
  type UsingRole,
  vaultUse,
} from './uses.ts';

/** Whose roles are looked at, and where. */
export interface Subject {
  /** Of the cluster. */
  readonly subscription: string;
  /** Others that the platform and its network lie in: what is used may lie there too. */
  readonly others: readonly string[];
  readonly controlPlane: string | undefined;
  readonly nodes: string | undefined;
  readonly secretsProvider: string | undefined;
  /** Of the nodes. */
  readonly subnet: string | undefined;
}

/** What the cluster stands on. What may not be read is said and stops nothing; only in its own subscription roles have to be seen. */
export async function readSurroundings(subject: Subject, azure: Pick<Azure, 'list'>): Promise<Surroundings> {
  const { subscription, controlPlane, nodes, secretsProvider, subnet } = subject;
  const [control, registry, vault, policyVaults, gatewaySubnets] = await Promise.all([
    assignmentsOf(controlPlane, subscription, azure),
    readReach(registryUse, nodes, subject, azure),
    readReach(vaultUse, secretsProvider, subject, azure),
    secretsProvider === undefined ? [] : readPolicyVaults(secretsProvider, subscription, azure),
    readGatewaySubnets(subnet, azure),
  ]);
  return { controlPlane: control, registry, vault, policyVaults, gatewaySubnets };
}

async function readReach(
  using: UsingRole,
  principal: string | undefined,
  { subscription, others }: Subject,
  azure: Pick<Azure, 'list'>,
): Promise<Reach> {
  const [own, ...elsewhere] = await Promise.all([
    assignmentsOf(principal, subscription, azure),
    ...others.map(other => readable(assignmentsOf(principal, other, azure))),
  ]);
  const { direct, wide } = reachOf(using, principal, [...own, ...elsewhere.flatMap(({ found }) => found ?? [])]);
  const below = await Promise.all(
    // Of a management group nothing can be listed.
    wide
      .filter(({ scope }) => /^\/subscriptions\//i.test(scope))
      .map(({ scope }) => readable(azure.list(`${scope}/providers/${using.type}`, apiVersionOf(using.resource)))),
  );
  const ids = below.flatMap(({ found = [] }) => found.flatMap(one => asString(asObject(one)['id']) ?? []));
  return { direct, wide, below: [...new Set(ids)], unread: [...elsewhere, ...below].flatMap(({ why }) => why ?? []) };
}

/** Vaults whose own policies let somebody in, which no role tells. */
async function readPolicyVaults(principal: string, subscription: string, azure: Pick<Azure, 'list'>) {
  const vaults = await azure.list(
    `/subscriptions/${subscription}/providers/${vaultUse.type}`,
    apiVersionOf(vaultUse.resource),
  );
  return vaults.flatMap(vault => {
    const { enableRbacAuthorization, accessPolicies } = asObject(asObject(vault)['properties']);
    const knows = asArray(accessPolicies).some(policy => same(principal, asString(asObject(policy)['objectId'])));
    return enableRbacAuthorization !== true && knows ? (asString(asObject(vault)['id']) ?? []) : [];
  });
}

const gatewayService = 'microsoft.servicenetworking/trafficcontrollers';

/** Subnets beside that of the nodes that somebody has made ready for Application Gateway for Containers. */
async function readGatewaySubnets(subnet: string | undefined, azure: Pick<Azure, 'list'>) {
  if (subnet === undefined) return { found: [] };
  const network = subnet.split('/').slice(0, -2).join('/');
  const { found, why } = await readable(azure.list(`${network}/subnets`, apiVersionOf('azurerm_subnet')));
  if (why !== undefined) return { why };
  return {
    found: found.flatMap(one => {
      const { id, properties } = asObject(one);
      const services = asArray(asObject(properties)['delegations']).map(
        delegation => asString(asObject(asObject(delegation)['properties'])['serviceName']) ?? '',
      );
      return services.some(service => same(service, gatewayService)) ? (asString(id) ?? []) : [];
    }),
  };
}

async function assignmentsOf(
  principal: string | undefined,
  subscription: string,
  azure: Pick<Azure, 'list'>,
): Promise<Assignment[]> {
  if (principal === undefined) return [];
  const found = await azure.list(
    `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleAssignments`,
    apiVersionOf('azurerm_role_assignment'),
    { $filter: `principalId eq '${principal}'` },
  );
  return asArray(found).map(entry => {
    const { scope, roleDefinitionId, principalId } = asObject(asObject(entry)['properties']);
    return {
      name: asString(asObject(entry)['name']) ?? '',
      scope: asString(scope) ?? '',
      role: asString(roleDefinitionId)?.split('/').at(-1) ?? '',
      principal: asString(principalId) ?? '',
    };
  });
}

async function readable<T>(reading: Promise<T>): Promise<Sight<T>> {
  try {
    return { found: await reading };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { why: error.problems.map(describeProblem).join(' ') };
  }
}
