export { customRole } from '../azure/access.ts';
export type { FederatedCredential, Principal } from '../azure/directory.ts';
export type { ApplicationView } from '../azure/graph/state.ts';
export type { RoleDefinition } from '../azure/roles.ts';
export type { Charts, ServedChart } from '../charts/catalog.ts';
export * from '../faults/builders.ts';
export type { Fault, FaultAnswer, FaultHandle, Faults, OperationFault, StartedOperation } from '../faults/faults.ts';
export type { PullAction, Push } from '../github/events.ts';
export type { AppHandle, AppSeed, GitHub, RepositorySeed } from '../github/github.ts';
export type { LimitSettings } from '../github/limits.ts';
export { issuer } from '../github/oidc.ts';
export type { PermissionName, Permissions } from '../github/permissions.ts';
export type { Change, RepositoryHandle } from '../github/repository-handle.ts';
export type { EnteredEnvironment, EnvironmentSeed } from '../github/store/environments.ts';
export type { PullSeed } from '../github/store/pulls.ts';
export type { RecordedJobState, RecordedRunState, RunStatus } from '../github/store/state.ts';
export type { Job, Repository, SubjectForm } from '../github/subject.ts';
export type {
  CheckAnnotation,
  CheckRunView,
  CommentView,
  DeploymentView,
  EnvironmentView,
  IssueView,
  PullView,
} from '../github/views.ts';
export type { User } from '../kubernetes/access/attributes.ts';
export type { KubernetesView, ObjectPlace } from '../kubernetes/back-door.ts';
export type { Durations } from '../kubernetes/cluster.ts';
export type { Kubernetes } from '../kubernetes/kubernetes.ts';
export type { KubeObject } from '../kubernetes/objects.ts';
export { type Handler, header, json, type Route, type WorldRequest, type WorldResponse, xml } from '../network/http.ts';
export type { ArtifactSeed, ManifestView, Registries, RegistryView } from '../registry/back-door.ts';
export type { Descriptor } from '../registry/manifest.ts';
export type {
  ApplicationSeed,
  Azure,
  BlobView,
  ResourceView,
  StorageAccountSeed,
} from './azure.ts';
export {
  asksForChange,
  type Caller,
  type IssuedToken,
  type Ledger,
  type LedgerEntry,
  type WriteCount,
} from './ledger.ts';
export { defaultTenant, startWorld, type World, type WorldOptions, type WorldSettings } from './start-world.ts';
