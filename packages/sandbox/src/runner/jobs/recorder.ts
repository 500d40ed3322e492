import type { Clock } from '@suite/foundation';
import type { Annotation } from '../annotations.ts';
import type { JobProgress, ProgressStatus, StepProgress } from '../ports.ts';
import type { Conclusion, JobResult, JobRights, StepResult } from '../results.ts';

/** Keeps what the jobs of an attempt have come to, and tells of every change. */
export interface Recorder {
  /** A job that will run, in the order of these calls. */
  begin(name: string): JobRecord;
  /** A job whose result is known already: skipped, or kept from an earlier attempt. */
  add(result: JobResult): void;
  progress(): readonly JobProgress[];
  results(): readonly JobResult[];
}

export interface JobRecord {
  readonly id: string;
  waits(status: Exclude<ProgressStatus, 'completed' | 'in_progress'>): void;
  starts(runsOn: string): void;
  /** Gives the function that ends the step. */
  stepStarts(name: string): (conclusion: Conclusion) => void;
  ends(end: JobEnd): JobResult;
}

export interface JobEnd {
  readonly conclusion: Conclusion;
  readonly steps: readonly StepResult[];
  readonly annotations: readonly Annotation[];
  readonly environment?: JobResult['environment'];
  readonly rights?: JobRights;
}

interface Entry {
  progress: JobProgress;
  result?: JobResult;
}

export function createRecorder(clock: Clock, newId: () => string, onChange: () => void): Recorder {
  const entries: Entry[] = [];

  const begin = (name: string): JobRecord => {
    const id = newId();
    const queuedAt = clock.now();
    const entry: Entry = { progress: { id, name, status: 'queued', runsOn: '', steps: [] } };
    entries.push(entry);
    const change = (values: Partial<JobProgress>) => {
      entry.progress = { ...entry.progress, ...values };
      onChange();
    };
    const changeStep = (number: number, values: Partial<StepProgress>) =>
      change({ steps: entry.progress.steps.map(step => (step.number === number ? { ...step, ...values } : step)) });
    return {
      id,
      waits: status => change({ status }),
      starts: runsOn => change({ status: 'in_progress', runsOn, startedAt: clock.now() }),
      stepStarts: stepName => {
        const number = entry.progress.steps.length + 1;
        const step = { name: stepName, number, status: 'in_progress', startedAt: clock.now() } as const;
        change({ steps: [...entry.progress.steps, step] });
        return conclusion => changeStep(number, { status: 'completed', conclusion, completedAt: clock.now() });
      },
      ends: ({ conclusion, steps, annotations, environment, rights }) => {
        const completedAt = clock.now();
        const startedAt = entry.progress.startedAt ?? queuedAt;
        entry.result = {
          id,
          name,
          ...(environment === undefined ? {} : { environment }),
          conclusion,
          runsOn: entry.progress.runsOn,
          startedAt,
          seconds: (completedAt - startedAt) / 1000,
          steps,
          annotations,
          ...(rights === undefined ? {} : { rights }),
        };
        change({ status: 'completed', conclusion, completedAt, annotations: annotationsOf(entry.result) });
        return entry.result;
      },
    };
  };

  const add = (result: JobResult) => {
    const { id, name, conclusion, runsOn, startedAt } = result;
    const steps = result.steps.map(
      (step, index): StepProgress => ({
        name: step.name,
        number: index + 1,
        status: 'completed',
        conclusion: step.conclusion,
      }),
    );
    const completedAt = startedAt + result.seconds * 1000;
    entries.push({
      progress: {
        id,
        name,
        conclusion,
        runsOn,
        startedAt,
        completedAt,
        status: 'completed',
        steps,
        annotations: annotationsOf(result),
      },
      result,
    });
    onChange();
  };

  return {
    begin,
    add,
    progress: () => entries.map(({ progress }) => progress),
    results: () => entries.flatMap(({ result }) => (result === undefined ? [] : [result])),
  };
}

function annotationsOf({ steps, annotations }: JobResult): readonly Annotation[] {
  return [...steps.flatMap(step => step.annotations), ...annotations];
}
