import type { Log } from '@suite/action-kit';
import { type Clock, count, duration, longestSilenceMs, printable, sentenceList, shorten } from '@suite/foundation';
import { type Diagnostic, diagnosticText } from './diagnostics.ts';
import { type ResourceRun, trackResources } from './resources.ts';
import type { ChangeCounts, UiEvent } from './ui-events.ts';
import { doing, done, nounOf, typicalMs } from './wording.ts';

export type ProgressLog = Pick<Log, 'info'>;

/** What a command reported besides its exit code. */
export interface Report {
  readonly diagnostics: readonly Diagnostic[];
  readonly resources: readonly ResourceRun[];
  /** Terraform's own counts; undefined when it did not get that far. */
  readonly counts: ChangeCounts | undefined;
}

export interface Progress {
  accept(event: UiEvent): void;
  /** Ends the regular lines. Gives what was reported up to here. */
  stop(): Promise<Report>;
}

export interface ProgressOptions {
  /** What runs, as a person would name it: `terraform apply`. */
  readonly title: string;
  readonly log: ProgressLog;
  readonly clock: Clock;
  /** Name of the thing in Azure behind an address, where it is known. */
  readonly nameOf?: (address: string) => string | undefined;
}

const namesPerHeartbeat = 3;
const nameLimit = 120;
const messageLimit = 2000;

/** Turns the events of one command into lines for the log: what starts, ends and fails, and what is still running. */
export function startProgress(options: ProgressOptions): Progress {
  const { log, clock, title } = options;
  const began = clock.now();
  const tracker = trackResources();
  const diagnostics: Diagnostic[] = [];
  let refreshed = 0;
  let counts: ChangeCounts | undefined;
  let lastLine = began;

  const print = (line: string) => {
    lastLine = clock.now();
    for (const part of line.split('\n')) if (part.trim() !== '') log.info(part);
  };
  const describe = (run: ResourceRun) => {
    const name = options.nameOf?.(run.address) ?? run.name;
    return `${nounOf(run.type)} ${shorten(printable(name), nameLimit)}`;
  };

  const stopping = new AbortController();
  const heart = beat();

  async function beat(): Promise<void> {
    for (;;) {
      const pause = Math.max(0, lastLine + longestSilenceMs - clock.now());
      const interrupted = await clock.sleep(pause, stopping.signal).then(
        () => false,
        () => true,
      );
      if (interrupted || stopping.signal.aborted) return;
      const now = clock.now();
      if (now - lastLine < longestSilenceMs) continue;
      const running = tracker.running(now);
      if (running.length === 0) print(describeQuiet(title, now - began, refreshed));
      for (const run of running.slice(0, namesPerHeartbeat)) {
        print(`${describe(run)}: ${doing(run.action)}, ${duration(run.elapsedMs)}${typically(run)}`);
      }
      const others = running.length - namesPerHeartbeat;
      if (others > 0) print(`and ${others} more`);
    }
  }

  return {
    accept: event => {
      switch (event.kind) {
        case 'resource': {
          const run = tracker.accept(event, clock.now());
          if (event.phase === 'start') print(`${describe(run)}: ${doing(run.action)}${typically(run)}`);
          else if (event.phase === 'complete') {
            print(`${describe(run)}: ${done(run.action)} in ${duration(run.elapsedMs)}`);
          } else print(`${describe(run)}: ${doing(run.action)} failed after ${duration(run.elapsedMs)}`);
          return;
        }
        case 'refreshed':
          refreshed++;
          return;
        case 'diagnostic':
          diagnostics.push(event.diagnostic);
          // Errors are translated and shown once, at the end.
          if (event.diagnostic.severity === 'warning') {
            print(`Warning: ${shorten(printable(diagnosticText(event.diagnostic)), messageLimit)}`);
          }
          return;
        case 'summary':
          counts = event.counts;
          print(`${title}: ${describeCounts(event.operation, event.counts)}, ${duration(clock.now() - began)}`);
          return;
        case 'message':
          print(shorten(printable(event.text), messageLimit));
      }
    },
    stop: async () => {
      stopping.abort();
      await heart;
      return { diagnostics, resources: tracker.all(clock.now()), counts };
    },
  };
}

function typically(run: ResourceRun): string {
  const typical = typicalMs(run.type, run.action);
  return typical === undefined ? '' : ` (typically ${duration(typical)})`;
}

function describeQuiet(title: string, elapsedMs: number, refreshed: number): string {
  const reading = refreshed === 0 ? '' : `, ${count(refreshed, 'resource')} read`;
  return `${title}: still running, ${duration(elapsedMs)}${reading}`;
}

function describeCounts(operation: string, counts: ChangeCounts): string {
  const words =
    operation === 'plan'
      ? { add: 'to create', change: 'to update', remove: 'to delete', import: 'to import' }
      : { add: 'created', change: 'updated', remove: 'deleted', import: 'imported' };
  const parts = (['import', 'add', 'change', 'remove'] as const)
    .filter(kind => counts[kind] > 0)
    .map(kind => `${counts[kind]} ${words[kind]}`);
  return parts.length === 0 ? 'no resource changes' : sentenceList(parts);
}
