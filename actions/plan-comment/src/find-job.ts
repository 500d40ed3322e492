import type { Job } from './ports.ts';

/**
 * As the suite's workflows name their jobs. The caller may have a job of that name beside it, such as one that plans before an apply. With two
 * callers in one run nobody knows whose it is.
 */
export function findJob(name: string, jobs: readonly Job[]): Job | undefined {
  const called = jobs.filter(job => job.name.endsWith(` / ${name}`));
  const candidates = called.length > 0 ? called : jobs.filter(job => job.name === name);
  return candidates.length === 1 ? candidates[0] : undefined;
}
