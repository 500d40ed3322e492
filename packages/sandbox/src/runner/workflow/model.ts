import type { Permissions } from '../permissions.ts';
import type { Named, Node, Place } from './node.ts';

/** A workflow file, read. Whatever may hold an expression is still a {@link Node}. */
export interface Workflow {
  readonly path: string;
  readonly name: string | undefined;
  readonly triggers: readonly Trigger[];
  readonly call: CallInterface | undefined;
  readonly dispatchInputs: readonly InputDefinition[];
  readonly env: readonly Named[];
  readonly permissions: Permissions | undefined;
  readonly concurrency: Concurrency | undefined;
  readonly jobs: readonly Job[];
}

/** One event under `on:`. A filter that is not there lets everything through. */
export interface Trigger {
  readonly event: string;
  readonly types?: readonly string[];
  readonly branches?: readonly string[];
  readonly branchesIgnore?: readonly string[];
  readonly tags?: readonly string[];
  readonly tagsIgnore?: readonly string[];
}

/** `on.workflow_call`. */
export interface CallInterface {
  readonly inputs: readonly InputDefinition[];
  readonly secrets: readonly { readonly name: string; readonly required: boolean }[];
  readonly outputs: readonly Named[];
}

export interface InputDefinition {
  readonly name: string;
  readonly type: 'string' | 'number' | 'boolean';
  readonly required: boolean;
  readonly default: Node | undefined;
}

export interface Concurrency {
  readonly group: Node;
  readonly cancelInProgress: Node;
  readonly queue: Node;
}

export type Job = StepsJob | CallJob;

interface JobBase {
  readonly id: string;
  /** Of the id in the file, where GitHub reports what is wrong with a call. */
  readonly place: Place;
  readonly name: Node | undefined;
  readonly needs: readonly string[];
  /** Expression with a status function in it. */
  readonly condition: string;
  readonly strategy: Strategy | undefined;
  readonly permissions: Permissions | undefined;
  readonly concurrency: Concurrency | undefined;
}

export interface StepsJob extends JobBase {
  readonly kind: 'steps';
  readonly runsOn: Node;
  readonly environment: JobEnvironment | undefined;
  readonly env: readonly Named[];
  readonly outputs: readonly Named[];
  readonly timeoutMinutes: Node | undefined;
  readonly continueOnError: Node;
  readonly steps: readonly Step[];
}

export interface CallJob extends JobBase {
  readonly kind: 'call';
  /** As it is written. */
  readonly uses: string;
  readonly usesPlace: Place;
  readonly inputs: readonly Named[];
  readonly secrets: 'inherit' | readonly Named[];
}

export interface Strategy {
  readonly matrix: Node | undefined;
  readonly failFast: Node;
  readonly maxParallel: Node | undefined;
}

export interface JobEnvironment {
  readonly name: Node;
  readonly url: Node | undefined;
  readonly deployment: Node;
}

export type Step = RunStep | UsesStep;

interface StepBase {
  /** Given, or made as GitHub makes it: `__run`, `__actions_checkout_2`. */
  readonly id: string;
  readonly name: Node | undefined;
  readonly condition: string;
  readonly env: readonly Named[];
  readonly continueOnError: Node;
  readonly timeoutMinutes: Node | undefined;
}

export interface RunStep extends StepBase {
  readonly kind: 'run';
  readonly script: Node;
  readonly shell: 'bash' | undefined;
  readonly workingDirectory: Node | undefined;
}

export interface UsesStep extends StepBase {
  readonly kind: 'uses';
  /** As it is written. */
  readonly uses: string;
  readonly inputs: readonly Named[];
}
