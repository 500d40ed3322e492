import { asObject, asString, parseJson } from '@suite/foundation';

/** An error answer of Azure, as the provider or the state backend quotes it. */
export interface AzureFault {
  /** HTTP status; undefined for a long-running operation that ended badly. */
  readonly status: number | undefined;
  readonly code: string;
  readonly message: string;
  /** True when the request was accepted and the operation behind it failed: the resource exists. */
  readonly operation: boolean;
}

/**
 * Finds Azure's answer in a message. Three forms were recorded: `with error: CODE: MESSAGE` (resource manager), `with
 * CODE: MESSAGE` (storage), `with response: {json}` (AKS, whose errors lack the `error` wrapper); and the report of a
 * failed operation.
 */
export function readAzureFault(text: string): AzureFault | undefined {
  const failed = /polling failed: [^\n]*\n+Status: "[^"]*"\nCode: "([^"]*)"\nMessage: "([\s\S]*?)"\nActivity Id:/.exec(
    text,
  );
  if (failed !== null) {
    return { status: undefined, code: failed[1] ?? '', message: failed[2] ?? '', operation: true };
  }
  const answer = /unexpected status (\d{3}) \([^)]*\) with ([\s\S]*)$/.exec(text);
  if (answer === null) return undefined;
  const status = Number(answer[1]);
  const rest = (answer[2] ?? '').trim();
  if (rest.startsWith('response:')) {
    const body = asObject(parseJson(rest.slice('response:'.length)));
    const inner = 'error' in body ? asObject(body['error']) : body;
    const message = asString(inner['message']) ?? rest.slice('response:'.length).trim();
    return { status, code: asString(inner['code']) ?? '', message, operation: false };
  }
  const [, code = '', message = ''] = /^(?:error: )?(?:([A-Za-z_]+): )?([\s\S]*)$/.exec(rest) ?? [];
  return { status, code, message, operation: false };
}

/** `Agent Pool batch` from `creating Agent Pool (… Agent Pool Name: "batch"): …`: what the provider was working on. */
export function readSubject(text: string): string | undefined {
  const match = /^(?:creating|updating|deleting|retrieving|reading) ([A-Z][^(\n]*) \(([^)]*)\)/.exec(text);
  if (match === null) return undefined;
  const name = [...(match[2] ?? '').matchAll(/ Name: "([^"]*)"/g)].at(-1)?.[1];
  return name === undefined ? match[1] : `${match[1]} ${name}`;
}
