import type { AccessControl } from '../azure/access.ts';
import { properties } from '../azure/arm/body.ts';
import type { Resource } from '../azure/arm/store.ts';

/** What a token may be given: of repositories `pull`, `push`, `delete`, `metadata_read`, `metadata_write`; of the registry `catalog`. */
export type RegistryAction = 'pull' | 'push' | 'delete' | 'metadata_read' | 'metadata_write' | 'catalog';

const type = 'Microsoft.ContainerRegistry/registries';

/** Control actions: how registries look at rights unless told otherwise ("RBAC Registry Permissions"). */
const registryPermissions: readonly (readonly [action: string, grants: readonly RegistryAction[]])[] = [
  [`${type}/pull/read`, ['pull', 'metadata_read', 'catalog']],
  [`${type}/push/write`, ['push', 'metadata_write']],
  [`${type}/artifacts/delete`, ['delete']],
];

/** Data actions: registries in the mode "RBAC Registry + ABAC Repository Permissions", which know nothing of AcrPull and AcrPush. */
const repositoryPermissions: typeof registryPermissions = [
  [`${type}/repositories/content/read`, ['pull']],
  [`${type}/repositories/content/write`, ['push']],
  [`${type}/repositories/content/delete`, ['delete']],
  [`${type}/repositories/metadata/read`, ['metadata_read']],
  [`${type}/repositories/metadata/write`, ['metadata_write']],
  [`${type}/catalog/read`, ['catalog']],
];

/** What somebody may do with the content of a registry. Conditions of assignments (ABAC) are not played. */
export function rightsOver(registry: Resource, objectId: string, access: AccessControl): readonly RegistryAction[] {
  const isPerRepository = properties(registry.body)['roleAssignmentMode'] === 'AbacRepositoryPermissions';
  const [permissions, kind] = isPerRepository
    ? ([repositoryPermissions, 'data'] as const)
    : ([registryPermissions, 'control'] as const);
  return permissions.flatMap(([action, grants]) => (access.permits(objectId, action, registry.id, kind) ? grants : []));
}
