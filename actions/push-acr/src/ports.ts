import type { Log, RunContext, Summary } from '@suite/action-kit';
import type { Answer, ContainerRegistries, RegistryView } from '@suite/azure';
import type { ChangeReport } from '@suite/change-report';
import type { Clock } from '@suite/foundation';
import type { ImageSource, LayoutSource, Transfers } from '@suite/registry';
import type { Build } from './inputs.ts';
import type { ApplierRights } from './rights.ts';
import type { Target } from './target.ts';

/** What the commands need from outside. The composition root gives it; tests give their own. */
export interface Services {
  readonly context: RunContext;
  readonly log: Log;
  readonly clock: Clock;
  readonly summary: Summary;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
  setOutputs(outputs: Readonly<Record<string, string | number | boolean | undefined>>): void;
  /** Throws UserError for a registry that cannot be looked for. */
  connect(target: Target): Promise<Connected>;
  /** Writes the change report and gives its path. */
  writeReport(command: string, report: ChangeReport): Promise<string>;
}

/** The registries as one identity sees them. */
export interface Connected {
  /** Undefined while there is none. */
  readonly registry: OpenRegistry | undefined;
  /** That of the environment before; undefined while there is none, and for the first environment. */
  readonly upstream: OpenRegistry | undefined;
  /** A repository that images come from. Throws UserError for credentials that are not as they should be. */
  source(host: string, repository: string): Promise<ImageSource>;
  /** Throws UserError for what is no layout. */
  openLayout(path: string): Promise<LayoutSource>;
  readonly offerImport: ContainerRegistries['offerImport'];
  /** What the apply identity holds in the subscription of a registry. */
  applierRights(registryId: string): Promise<Answer<ApplierRights>>;
}

export interface OpenRegistry {
  readonly host: string;
  /** As the resource manager knows it; undefined for one that was given by its login server. */
  readonly resource: RegistryView | undefined;
  readonly transfers: Transfers;
  /** Builds into the repository, without a tag, and gives the digest. */
  build(build: BuildRequest): Promise<string>;
  /** Nobody may change or delete it any more. Gives the digest that the tag stands for, or that it is. */
  lock(repository: string, reference: string): Promise<string>;
}

export interface BuildRequest extends Build {
  readonly repository: string;
  readonly platforms: readonly string[];
}
