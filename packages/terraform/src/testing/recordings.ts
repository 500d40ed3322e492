import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnostic, readTextDiagnostics } from '../diagnostics.ts';
import { type ResourceRun, trackResources } from '../resources.ts';
import { readUiLine, type UiEvent } from '../ui-events.ts';

/**
 * A stream that the real Terraform 1.11.4 with azurerm 5.2.0 printed, by `<case>.<step>`. `.jsonl` files lack the lines
 * that nothing here reads (planned changes, drift, outputs); nothing else was changed.
 */
export function readRecording(name: string): string {
  return readFileSync(join(import.meta.dirname, '..', 'fixtures', name), 'utf8');
}

export function recordedEvents(name: string): UiEvent[] {
  return readRecording(name)
    .split('\n')
    .flatMap(line => readUiLine(line) ?? []);
}

/** What a failed recorded run reported. */
export function recordedReport(name: string): { diagnostics: Diagnostic[]; resources: ResourceRun[] } {
  if (name.endsWith('.txt')) return { diagnostics: readTextDiagnostics(readRecording(name)), resources: [] };
  const events = recordedEvents(name);
  const tracker = trackResources();
  let last = 0;
  for (const event of events) {
    if (event.kind !== 'resource') continue;
    tracker.accept(event, last);
    last = event.at ?? last;
  }
  return {
    diagnostics: events.flatMap(event => (event.kind === 'diagnostic' ? [event.diagnostic] : [])),
    resources: tracker.all(last),
  };
}
