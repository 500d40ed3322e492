import data from './data/built-in-roles.json' with { type: 'json' };

/** What a role permits. Patterns are Azure's: `*` stands for anything, also across slashes. */
export interface RoleDefinition {
  /** GUID, the last segment of its id. */
  readonly name: string;
  readonly roleName: string;
  readonly description: string;
  readonly type: 'BuiltInRole' | 'CustomRole';
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
  /** Of a user's own role: where it can be assigned, and when it was made and changed, in ISO 8601. */
  readonly assignableScopes?: readonly string[];
  readonly createdOn?: string;
  readonly updatedOn?: string;
}

/** The built-in roles that platforms assign, as Azure has them: data/README.md tells where they were read. */
export const builtInRoles: readonly RoleDefinition[] = data.map(role => ({ ...role, type: 'BuiltInRole' }));

export const platformReader: RoleDefinition = {
  name: 'a6e0a5b2-4f0c-4f4e-9a6d-0c3c1d5e7b21',
  roleName: 'AKS Platform Plan Reader',
  description: 'What a plan reads beyond Reader: user credentials of clusters and keys of workspaces.',
  type: 'CustomRole',
  actions: [
    'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action',
    'Microsoft.OperationalInsights/workspaces/sharedKeys/action',
  ],
  notActions: [],
  dataActions: [],
  notDataActions: [],
};
