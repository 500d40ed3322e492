/** GitHub's names for what a job's token may do. */
export const permissionNames = [
  'actions',
  'artifact-metadata',
  'attestations',
  'checks',
  'contents',
  'deployments',
  'discussions',
  'id-token',
  'issues',
  'models',
  'packages',
  'pages',
  'pull-requests',
  'repository-projects',
  'security-events',
  'statuses',
] as const;

export type PermissionName = (typeof permissionNames)[number];
export type Access = 'read' | 'write';

/** A name that is missing gives nothing. */
export type Permissions = Readonly<Partial<Record<PermissionName, Access>>>;

/** What a token may do when neither workflow nor job says so: GitHub's default for new repositories. */
export const defaultPermissions: Permissions = { contents: 'read', packages: 'read' };

/** `read-all` and `write-all`. There is nothing to read with an id token, and models can only be read. */
export function permissionsForAll(access: Access): Permissions {
  const granted: Partial<Record<PermissionName, Access>> = {};
  for (const name of permissionNames) {
    if (name === 'id-token' && access === 'read') continue;
    granted[name] = name === 'models' ? 'read' : access;
  }
  return granted;
}

/** What a run of a fork or of dependabot gets of it: nothing to write, no id token. */
export function restricted(permissions: Permissions): Permissions {
  const granted: Partial<Record<PermissionName, Access>> = {};
  for (const name of permissionNames) {
    if (permissions[name] !== undefined && name !== 'id-token') granted[name] = 'read';
  }
  return granted;
}

/** What either of two gives. */
export function joined(one: Permissions, other: Permissions): Permissions {
  const both: Partial<Record<PermissionName, Access>> = { ...one };
  for (const name of permissionNames) {
    const access = other[name];
    if (access !== undefined && rank(access) > rank(one[name])) both[name] = access;
  }
  return both;
}

/** What is asked for and not granted, in GitHub's words: `packages: write` and `packages: read`. */
export function excess(
  requested: Permissions,
  granted: Permissions,
): { readonly requested: string; readonly allowed: string } | undefined {
  const names = permissionNames.filter(name => rank(requested[name]) > rank(granted[name]));
  if (names.length === 0) return undefined;
  const describe = (permissions: Permissions) =>
    names.map(name => `${name}: ${permissions[name] ?? 'none'}`).join(', ');
  return { requested: describe(requested), allowed: describe(granted) };
}

function rank(access: Access | undefined): number {
  return access === 'write' ? 2 : access === 'read' ? 1 : 0;
}
