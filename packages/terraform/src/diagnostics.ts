import { stripVTControlCharacters } from 'node:util';
import { asNumber, asObject, asString, isObject } from '@suite/foundation';

/** One message of Terraform or a provider. Its text comes from outside: make it harmless before it is shown. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail: string;
  /** Resource, or `provider["…"]`; absent for Terraform's own messages. */
  readonly address?: string;
  /** Where in the configuration. */
  readonly range?: { readonly file: string; readonly line: number };
}

/** Reads the `diagnostic` object of a UI message; undefined when it is none. */
export function readDiagnostic(value: unknown): Diagnostic | undefined {
  if (!isObject(value)) return undefined;
  const summary = asString(value['summary']);
  if (summary === undefined) return undefined;
  const address = asString(value['address']);
  const range = asObject(value['range']);
  const file = asString(range['filename']);
  return {
    severity: value['severity'] === 'warning' ? 'warning' : 'error',
    summary,
    detail: asString(value['detail']) ?? '',
    ...(address === undefined ? {} : { address }),
    ...(file === undefined ? {} : { range: { file, line: asNumber(asObject(range['start'])['line']) ?? 1 } }),
  };
}

/**
 * Reads the messages that commands without `-json` print to stderr (`-no-color`): each begins with `Error: ` or
 * `Warning: `, then a blank line, the detail, and where it comes from.
 */
export function readTextDiagnostics(stderr: string): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const block of `\n${stripVTControlCharacters(stderr)}`.split(/\n(?=(?:[│╷] )?(?:Error|Warning): )/).slice(1)) {
    const lines = block.split('\n').map(line => line.replace(/^[│╷╵] ?/, '').trimEnd());
    const [, severity, summary] = /^(Error|Warning): (.*)$/.exec(lines[0] ?? '') ?? [];
    if (severity === undefined || summary === undefined) continue;
    diagnostics.push({
      severity: severity === 'Warning' ? 'warning' : 'error',
      summary,
      detail: lines.slice(1).join('\n').trim(),
    });
  }
  return diagnostics;
}

/** Summary and detail as one text, for recognising. */
export function diagnosticText(diagnostic: Diagnostic): string {
  return diagnostic.detail === '' ? diagnostic.summary : `${diagnostic.summary}\n${diagnostic.detail}`;
}

/** The same to be read: `summary: detail`. */
export function diagnosticSentence({ summary, detail }: Diagnostic): string {
  return detail === '' ? summary : `${summary.replace(/[.:]$/, '')}: ${detail}`;
}
