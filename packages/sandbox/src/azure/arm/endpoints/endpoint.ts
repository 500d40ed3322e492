import type { WorldRequest, WorldResponse } from '../../../network/http.ts';
import type { AccessToken } from '../../tokens.ts';
import type { ResourcePath } from '../ids.ts';
import type { ArmContext } from '../type.ts';

export interface EndpointCall {
  readonly context: ArmContext;
  readonly request: WorldRequest;
  readonly caller: AccessToken;
  readonly id: string;
  readonly path: ResourcePath;
  /** What the provider part hangs on; `/` when it hangs on nothing. */
  readonly scope: string;
  /** In lower case; empty when the path names none. */
  readonly subscription: string;
  /** Stops here unless the caller may perform the action over a scope (the path itself by default). */
  demand(action: string, scope?: string): void;
}

/** Answers a path that is no resource though it looks like one; undefined when it is one after all. */
export type Endpoint = (call: EndpointCall) => WorldResponse | Promise<WorldResponse> | undefined;

export type Endpoints = Readonly<Record<string, Endpoint>>;
