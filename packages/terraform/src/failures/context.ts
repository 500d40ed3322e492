import type { Problem } from '@suite/foundation';
import type { Backend } from '../backend.ts';
import type { Diagnostic } from '../diagnostics.ts';
import type { Engine } from '../engine.ts';
import type { OwnConfiguration } from '../own-configuration.ts';
import type { ResourceRun } from '../resources.ts';

/** What the translation has to know to name people, places and commands. */
export interface FailureContext {
  readonly engine: Engine;
  /** `terraform apply`, `tofu apply`. */
  readonly command: string;
  /** Where it ran: the directory of the configuration. */
  readonly directory: string;
  readonly backend: Backend;
  /** `name` reads on after "The": `apply identity of dev`. */
  readonly identity: { readonly name: string; readonly clientId: string };
  /** Says what Entra ID's refusal (a text with `AADSTS…`) means; the azure package knows. */
  readonly explainSignIn: (text: string) => Problem;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Absent where the whole configuration is the suite's. */
  readonly own?: OwnConfiguration;
}

/** One message and what is known around it. */
export interface Finding {
  readonly text: string;
  readonly diagnostic: Diagnostic;
  readonly resources: readonly ResourceRun[];
  readonly context: FailureContext;
}

export type Verdict =
  | { readonly kind: 'problem'; readonly problem: Problem }
  /** Something that only we can put right. */
  | { readonly kind: 'defect'; readonly message: string }
  /** Terraform gave up because it was asked to. */
  | { readonly kind: 'interrupted' };

/** Knows one sort of failure; undefined means it is another. */
export type Rule = (finding: Finding) => Verdict | undefined;

export function problem(message: string, remedy?: string): Verdict {
  return { kind: 'problem', problem: { message, ...(remedy === undefined ? {} : { remedy }) } };
}

export function who({ identity }: FailureContext): string {
  return `The ${identity.name} (client id ${identity.clientId})`;
}

/** Whether it was this command of the engine: `plan`. */
export function isCommand({ engine, command }: FailureContext, name: string): boolean {
  return command === `${engine.command} ${name}`;
}
