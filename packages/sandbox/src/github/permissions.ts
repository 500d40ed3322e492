/** What `permissions:` of a workflow can grant; GitHub's own spelling. */
export type PermissionName =
  | 'actions'
  | 'artifact-metadata'
  | 'attestations'
  | 'checks'
  | 'contents'
  | 'deployments'
  | 'discussions'
  | 'id-token'
  | 'issues'
  | 'models'
  | 'packages'
  | 'pages'
  | 'pull-requests'
  | 'repository-projects'
  | 'security-events'
  | 'statuses';

export type Permissions = Readonly<Partial<Record<PermissionName, 'read' | 'write'>>>;

/** Any one of these is enough; `metadata` is granted to every token. */
export interface Need {
  readonly level: 'read' | 'write';
  readonly anyOf: readonly (PermissionName | 'metadata')[];
}

export function permits(permissions: Permissions, { level, anyOf }: Need): boolean {
  return anyOf.some(name => {
    if (name === 'metadata') return level === 'read';
    const granted = permissions[name];
    return granted === 'write' || (granted === 'read' && level === 'read');
  });
}

/** What of a grant lets a request through that needs one of several: the first that does. Undefined for `metadata`, which nobody grants. */
export function satisfying(permissions: Permissions, { level, anyOf }: Need): PermissionName | undefined {
  const found = anyOf.find(name => permits(permissions, { level, anyOf: [name] }));
  return found === 'metadata' ? undefined : found;
}

/** Value of `x-accepted-github-permissions`: `issues=write; pull_requests=write`. */
export function acceptedPermissions({ level, anyOf }: Need): string {
  return anyOf.map(name => `${name.replaceAll('-', '_')}=${level}`).join('; ');
}
