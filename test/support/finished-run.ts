import type { BundleWorld } from './bundle.ts';

/** GitHub has heard of the end of the run that all steps of a world belong to. */
export function finishRun({ repository, environmentOf }: Pick<BundleWorld, 'repository' | 'environmentOf'>): void {
  const at = Date.now();
  const began = at - 600_000;
  repository.recordRun({
    id: '4711',
    attempt: 1,
    number: 1,
    name: 'Platform',
    path: '.github/workflows/platform.yml',
    event: 'push',
    status: 'completed',
    conclusion: 'failure',
    headSha: environmentOf({})['GITHUB_SHA'] ?? '',
    headBranch: 'main',
    actor: 'mona',
    startedAt: began,
    jobs: [{ id: '1', name: 'work', status: 'completed', conclusion: 'failure', startedAt: began, completedAt: at }],
  });
}
