import type { Authorizer, User } from '../access/attributes.ts';
import type { Cluster } from '../cluster.ts';
import type { ResourceType } from '../resources/resource-type.ts';

export interface Admission {
  readonly cluster: Cluster;
  readonly type: ResourceType;
  readonly user: User;
  readonly authorize: Authorizer;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly dryRun: boolean;
}
