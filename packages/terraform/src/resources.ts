import type { UiEvent } from './ui-events.ts';

type ResourceEvent = Extract<UiEvent, { kind: 'resource' }>;

/** What became of one resource in an apply. A replacement is two of them: delete and create. */
export interface ResourceRun {
  readonly address: string;
  readonly type: string;
  readonly name: string;
  /** `create`, `update`, `delete`, `read`. */
  readonly action: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Milliseconds until it ended; for one that did not end, until Terraform did. */
  readonly elapsedMs: number;
  /** `unfinished`: Terraform ended without saying how it went on. */
  readonly outcome: 'completed' | 'failed' | 'unfinished';
  /** Azure's resource id, as far as Terraform told. */
  readonly id: string | undefined;
}

export interface ResourceTracker {
  /** Takes the next event; `now` stands in where Terraform gave no time. Gives what the event is about. */
  accept(event: ResourceEvent, now: number): ResourceRun;
  /** What has started and not ended, longest first, with `elapsedMs` up to `now`. */
  running(now: number): ResourceRun[];
  /** Everything that was started, in order. */
  all(now: number): ResourceRun[];
}

interface Entry {
  readonly run: Omit<ResourceRun, 'elapsedMs' | 'outcome'>;
  end: Pick<ResourceRun, 'elapsedMs' | 'outcome' | 'id'> | undefined;
}

export function trackResources(): ResourceTracker {
  const entries: Entry[] = [];
  const running = new Map<string, Entry>();

  const snapshot = ({ run, end }: Entry, now: number): ResourceRun => ({
    ...run,
    ...(end ?? { elapsedMs: Math.max(0, now - run.startedAt), outcome: 'unfinished' }),
  });

  return {
    accept: (event, now) => {
      const at = event.at ?? now;
      const key = `${event.action} ${event.address}`;
      let entry = running.get(key);
      if (event.phase === 'start' || entry === undefined) {
        const { address, type, name, action, id } = event;
        entry = { run: { address, type, name, action, id, startedAt: at }, end: undefined };
        entries.push(entry);
        running.set(key, entry);
      }
      if (event.phase !== 'start') {
        running.delete(key);
        entry.end = {
          elapsedMs: Math.max(0, at - entry.run.startedAt),
          outcome: event.phase === 'complete' ? 'completed' : 'failed',
          id: event.id ?? entry.run.id,
        };
      }
      return snapshot(entry, at);
    },
    running: now =>
      [...running.values()].map(entry => snapshot(entry, now)).sort((left, right) => left.startedAt - right.startedAt),
    all: now => entries.map(entry => snapshot(entry, now)),
  };
}
