import { asNumber, asObject, asString, isObject, type JsonObject, parseJson } from '@suite/foundation';
import { type Diagnostic, readDiagnostic } from './diagnostics.ts';

/** What a command with `-json` says on stdout, as far as anything here depends on it (machine-readable UI 1.x). */
export type UiEvent =
  | {
      readonly kind: 'resource';
      readonly phase: 'start' | 'complete' | 'errored';
      readonly address: string;
      readonly type: string;
      /** Last label of the address with its key: `zone["dmz"]`. */
      readonly name: string;
      readonly action: string;
      /** Azure's resource id, once it is known. */
      readonly id: string | undefined;
      /** Milliseconds since 1970, as Terraform stamped it. */
      readonly at: number | undefined;
    }
  | { readonly kind: 'refreshed'; readonly address: string }
  | { readonly kind: 'diagnostic'; readonly diagnostic: Diagnostic }
  | { readonly kind: 'summary'; readonly operation: string; readonly counts: ChangeCounts }
  | { readonly kind: 'message'; readonly text: string };

export interface ChangeCounts {
  readonly add: number;
  readonly change: number;
  readonly remove: number;
  readonly import: number;
}

/** Reads one line. What is no JSON is a message; what nothing here needs is undefined. */
export function readUiLine(line: string): UiEvent | undefined {
  const value = parseJson(line);
  if (!isObject(value)) return line.trim() === '' ? undefined : { kind: 'message', text: line };
  switch (value['type']) {
    case 'apply_start':
      return readResource(value, 'start');
    case 'apply_complete':
      return readResource(value, 'complete');
    case 'apply_errored':
      return readResource(value, 'errored');
    case 'refresh_complete': {
      const address = asString(asObject(asObject(value['hook'])['resource'])['addr']);
      return address === undefined ? undefined : { kind: 'refreshed', address };
    }
    case 'diagnostic': {
      const diagnostic = readDiagnostic(value['diagnostic']);
      return diagnostic === undefined ? undefined : { kind: 'diagnostic', diagnostic };
    }
    case 'change_summary':
      return readSummary(asObject(value['changes']));
    case 'log':
    case 'init_output':
    case 'state_lock_acquire':
      return readMessage(value);
    default:
      return undefined;
  }
}

function readResource(value: JsonObject, phase: 'start' | 'complete' | 'errored'): UiEvent | undefined {
  const hook = asObject(value['hook']);
  const resource = asObject(hook['resource']);
  const address = asString(resource['addr']);
  if (address === undefined) return undefined;
  const key = resource['resource_key'];
  const label = asString(resource['resource_name']) ?? address;
  const at = Date.parse(asString(value['@timestamp']) ?? '');
  return {
    kind: 'resource',
    phase,
    address,
    type: asString(resource['resource_type']) ?? '',
    name: key === null || key === undefined ? label : `${label}[${JSON.stringify(key)}]`,
    action: asString(hook['action']) ?? 'apply',
    id: hook['id_key'] === 'id' ? asString(hook['id_value']) : undefined,
    at: Number.isNaN(at) ? undefined : at,
  };
}

function readSummary(changes: JsonObject): UiEvent {
  const number = (name: string) => asNumber(changes[name]) ?? 0;
  return {
    kind: 'summary',
    operation: asString(changes['operation']) ?? 'apply',
    counts: { add: number('add'), change: number('change'), remove: number('remove'), import: number('import') },
  };
}

function readMessage(value: JsonObject): UiEvent | undefined {
  const text = asString(value['@message'])?.trim();
  return text === undefined || text === '' ? undefined : { kind: 'message', text };
}
