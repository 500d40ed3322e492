import { expect, test } from '@jest/globals';
import type { JobResult, StepResult } from '../results.ts';
import { jobSummaries } from './summaries.ts';

function job(name: string, seconds: number, summaries: readonly string[]): JobResult {
  const steps = summaries.map(
    (summary): StepResult => ({
      name: 's',
      conclusion: 'success',
      seconds: 0,
      log: [],
      annotations: [],
      outputs: {},
      summary,
    }),
  );
  return { id: name, name, conclusion: 'success', runsOn: 'x', startedAt: 0, seconds, steps, annotations: [] };
}

test('in the order in which the jobs ended, and of each job no more than GitHub shows', () => {
  const many = Array.from({ length: 22 }, (_, index) => String(index + 1));
  expect(jobSummaries([job('slow', 9, many), job('silent', 1, ['', '']), job('fast', 2, ['', 'A', '', 'B'])])).toEqual([
    { job: 'fast', markdown: 'A\nB' },
    { job: 'slow', markdown: many.slice(0, 20).join('\n') },
  ]);
});
