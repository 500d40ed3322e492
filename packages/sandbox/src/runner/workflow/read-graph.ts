import type { Job } from './model.ts';
import { type Place, WorkflowError } from './node.ts';

/** Every need must exist, and no job may wait for itself; the sentences are GitHub's. */
export function checkNeeds(jobs: readonly Job[], place: Place): void {
  if (!jobs.some(job => job.needs.length === 0)) {
    throw new WorkflowError('The workflow must contain at least one job with no dependencies.', place);
  }
  const ids = new Set(jobs.map(job => job.id));
  for (const job of jobs) {
    const unknown = job.needs.find(need => !ids.has(need));
    if (unknown !== undefined) {
      throw new WorkflowError(`Job '${job.id}' depends on unknown job '${unknown}'.`, job.place);
    }
  }
  const settled = new Set<string>();
  let open = [...jobs];
  while (open.length > 0) {
    const ready = open.filter(job => job.needs.every(need => settled.has(need)));
    const [stuck] = open;
    if (ready.length === 0 && stuck !== undefined) {
      const need = stuck.needs.find(id => !settled.has(id));
      throw new WorkflowError(
        `Job '${stuck.id}' depends on job '${need}' which creates a cycle in the dependency graph.`,
        stuck.place,
      );
    }
    for (const job of ready) settled.add(job.id);
    open = open.filter(job => !settled.has(job.id));
  }
}
