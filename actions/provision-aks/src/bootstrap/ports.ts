import type { Log, RunContext, Summary } from '@suite/action-kit';
import type { Clock, JsonObject, UserError } from '@suite/foundation';
import type { CloudName } from '@suite/platform-file';
import type { Place } from './places.ts';
import type { SubjectTemplate } from './subjects.ts';

/** What bootstrap needs from outside. */
export interface Services {
  readonly context: RunContext;
  readonly log: Log;
  readonly clock: Clock;
  readonly summary: Summary;
  setOutputs(outputs: Readonly<Record<string, string | number | boolean | undefined>>): void;
  readonly repository: Repository;
  /** Azure as the bootstrap identity sees it. */
  connect(tenant: string, cloud: CloudName): Azure;
  /** A new GUID. */
  newId(): string;
}

export interface Repository {
  readSubjects(): Promise<SubjectTemplate>;
  readDefaultBranch(): Promise<string>;
  /** Claims of this job's own OIDC token. */
  readOwnClaims(cloud: CloudName): Promise<JsonObject>;
}

export interface Azure {
  /** Object id of the bootstrap identity. */
  whoAmI(): Promise<string>;
  readonly manager: ResourceManager;
  readonly graph: Graph;
  /** `refused` while the right to write has not arrived. */
  makeState(place: Place, content: string): Promise<'made' | 'exists' | { readonly refused: UserError }>;
  /** Azure's own code of what went wrong, or an empty text. */
  codeOf(error: unknown): string;
  /** Graph does not let the identity do this. */
  isGraphRefusal(error: unknown): boolean;
  /** Whom GitHub's tokens have to be for, to be exchanged in this cloud. */
  readonly audience: string;
  /** The same of the tokens that clusters give their pods. */
  readonly workloadAudience: string;
}

/** Looks only. */
export interface ResourceReader {
  find(id: string, apiVersion: string): Promise<unknown>;
  list(id: string, apiVersion: string, query?: Readonly<Record<string, string>>): Promise<readonly unknown[]>;
}

export interface ResourceManager extends ResourceReader {
  put(id: string, apiVersion: string, body: object): Promise<unknown>;
  patch(id: string, apiVersion: string, body: object): Promise<unknown>;
  remove(id: string, apiVersion: string): Promise<void>;
  act(id: string, apiVersion: string): Promise<unknown>;
}

export interface Graph {
  list(path: string, query?: Readonly<Record<string, string>>): Promise<readonly unknown[]>;
  create(path: string, body: object): Promise<unknown>;
  update(path: string, body: object): Promise<void>;
}
