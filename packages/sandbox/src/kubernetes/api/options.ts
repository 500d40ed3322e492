import { header, type WorldRequest } from '../../network/http.ts';
import { refusals } from '../status.ts';

/** `?dryRun=All`; there is no other one. */
export function isDryRun(query: URLSearchParams, options = 'UpdateOptions'): boolean {
  const asked = query.getAll('dryRun').filter(one => one !== '');
  if (asked.some(one => one !== 'All')) {
    const message = `Unsupported value: ${JSON.stringify(asked)}: supported values: "All"`;
    throw refusals.invalidOptions(options, 'dryRun', { reason: 'FieldValueNotSupported', message });
  }
  return asked.length > 0;
}

/** Who writes, as managed fields name it: what the caller says, else the first word of its user agent. */
export function managerOf(request: WorldRequest): string {
  const named = request.query.get('fieldManager');
  return named || ((header(request, 'user-agent') ?? 'unknown').split('/')[0] ?? 'unknown').slice(0, 128);
}

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

export function fieldValidationOf(query: URLSearchParams): FieldValidation {
  const asked = query.get('fieldValidation');
  return asked === 'Ignore' || asked === 'Strict' ? asked : 'Warn';
}
