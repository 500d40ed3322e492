import type { WorldRequest } from '../network/http.ts';
import type { RegistryContent } from './content.ts';
import type { Access } from './tokens.ts';

/** A call of `/v2/<name>/…` by somebody who may make it. */
export interface RegistryCall {
  readonly request: WorldRequest;
  readonly content: RegistryContent;
  /** Name of the repository. */
  readonly name: string;
  /** What the caller's token grants. */
  readonly access: readonly Access[];
  /** Where a download is handed on to; undefined for a registry that sends it itself. */
  readonly handOn?: (repository: string, digest: string) => string;
}

export function grants(access: readonly Access[], type: string, name: string, action: string): boolean {
  return access.some(
    one => one.type === type && one.name === name && (one.actions.includes(action) || one.actions.includes('*')),
  );
}
