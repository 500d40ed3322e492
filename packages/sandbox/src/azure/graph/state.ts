/** An application as Microsoft Graph keeps it. */
export interface ApplicationView {
  /** Object id. */
  readonly id: string;
  /** Client id. */
  readonly appId: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly hasPrincipal: boolean;
  readonly credentials: readonly Readonly<Record<string, unknown>>[];
}

export interface ApplicationState {
  readonly id: string;
  readonly appId: string;
  body: Readonly<Record<string, unknown>>;
  hasPrincipal: boolean;
  readonly credentials: Readonly<Record<string, unknown>>[];
}

export interface GraphState {
  readonly applications: ApplicationState[];
  /** Object ids of those who may make applications. */
  readonly writers: Set<string>;
}

export function createGraphState(): GraphState {
  return { applications: [], writers: new Set() };
}
