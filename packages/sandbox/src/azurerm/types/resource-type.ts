import type { ArmClient } from '../arm/client.ts';
import type { Identity } from '../arm/credential.ts';
import type { Features } from '../arm/settings.ts';
import type { Path } from '../schema/plan.ts';
import type { ObjectValue, Value } from '../schema/values.ts';

/** What a resource type works with: Azure as the configured identity sees it. */
export interface Azure {
  readonly arm: ArmClient;
  readonly subscriptionId: string;
  identity(): Promise<Identity>;
  /** Runs one at a time the operations that name the same thing: Azure refuses two writes to one network. */
  exclusively<T>(id: string, operation: () => Promise<T>): Promise<T>;
  pause(milliseconds: number): Promise<void>;
  /** The provider's `features` that the played types know. */
  readonly features: Features;
}

/** Attributes as read; whatever is missing stays as the state has it. */
export type Readable = { readonly [attribute: string]: Value | undefined };

/** What a plan of this type adds to the general rules. */
export interface Refinement {
  readonly requiresReplace?: readonly Path[];
  /** Top-level attributes that this change makes unknown. */
  readonly unknown?: readonly string[];
  /** Top-level attributes that stay as they are, whatever the configuration leaves out. */
  readonly unchanged?: readonly string[];
  /** Top-level attributes that this change gives another value. */
  readonly values?: ObjectValue;
  /** Sentences that stop the plan; azurerm says the first and leaves the rest for the next time. */
  readonly problems?: readonly string[];
}

export interface InvalidValue {
  readonly path: Path;
  readonly summary: string;
}

export interface ResourceType {
  /** Resolves to the id. Nothing is in the state when it rejects, whatever Azure holds by then. */
  create(azure: Azure, planned: ObjectValue, config: ObjectValue): Promise<string>;
  /** Undefined when the resource is gone. `state` is what is known of it so far. */
  read(azure: Azure, id: string, state: ObjectValue): Promise<Readable | undefined>;
  update(azure: Azure, id: string, prior: ObjectValue, planned: ObjectValue, config: ObjectValue): Promise<void>;
  delete(azure: Azure, id: string, state: ObjectValue): Promise<void>;
  /** `prior` is null for a new resource. */
  refine?(prior: ObjectValue | null, planned: ObjectValue): Refinement;
  /** Wrong values, as azurerm words them. */
  validate?(config: ObjectValue): readonly InvalidValue[];
  /** Undefined when the text can be imported, else what is wrong with it. */
  checkImportId(id: string): string | undefined;
}

export interface DataSource {
  read(azure: Azure, config: ObjectValue): Promise<Readable>;
}
