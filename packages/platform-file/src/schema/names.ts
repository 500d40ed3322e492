import { block, guid, named } from './vocabulary.ts';

const assignment = (whose: string) => guid.describe(`Role assignment ${whose}.`).optional();

/** Azure takes one assignment of a role to somebody at a scope, whatever it is called. */
const roleAssignments = block({
  'cluster-network': assignment("of the control plane's identity, Network Contributor on the subnet of nodes"),
  'registry-pull': assignment('of the nodes, AcrPull on the registry'),
  'secrets-provider': assignment('of the Key Vault Secrets Provider, Key Vault Secrets User on the vault'),
}).describe('Names of role assignments that exist: GUIDs.');

export const names = block({
  'resource-group': named(
    /^[\w().-]{0,89}[\w()-]$/,
    'Expected the name of a resource group: up to 90 letters, digits, dots, hyphens, underscores and parentheses, with no dot at the end.',
  )
    .describe('Of everything that is made here. Default: `rg-<platform>-<environment>-<region>`.')
    .optional(),
  cluster: named(
    /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/,
    'Expected the name of a cluster: up to 63 letters, digits, hyphens and underscores.',
  )
    .describe('Default: `aks-<platform>-<environment>-<region>`. What belongs to the cluster is called after it.')
    .optional(),
  'dns-prefix': named(
    /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,52}[A-Za-z0-9])?$/,
    'Expected a DNS prefix: up to 54 letters, digits and hyphens.',
  )
    .describe("Beginning of the API server's name. Default: the name of the cluster.")
    .optional(),
  'node-resource-group': named(
    /^[\w().-]{0,79}[\w()-]$/,
    'Expected the name of a resource group: up to 80 letters, digits, dots, hyphens, underscores and parentheses, with no dot at the end.',
  )
    .describe('In which AKS keeps nodes and load balancers. Default: the resource group with `-nodes`.')
    .optional(),
  identity: named(
    /^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$/,
    'Expected the name of a managed identity: 3 to 128 letters, digits, hyphens and underscores.',
  )
    .describe('Of the control plane, in the resource group. Default: `id-<cluster>`.')
    .optional(),
  'role-assignments': roleAssignments.optional(),
}).describe(
  'Names of what another tool has made, for its adoption. Changing one later would make the resource anew under the other name.',
);
