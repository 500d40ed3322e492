import { duration } from '@suite/foundation';
import { matchesTrigger, type Runner, type RunRequest, type RunResult, readWorkflow } from '../runner/index.ts';
import type { RepositoryHandle } from '../world/index.ts';
import { pullRequestRun, pushRequest } from './run-requests.ts';

const developer = 'mona';

export interface StoryOptions {
  readonly repository: RepositoryHandle;
  readonly runner: Runner;
  /** Images that the team has built, by name: where each is, by digest. */
  readonly images: Readonly<Record<string, string>>;
  readonly print: (line: string) => void;
  /** Aborted when the person at the terminal wants to stop. */
  readonly signal?: AbortSignal;
}

/**
 * What a team does with a platform: bring it to life, propose a change on a pull request, correct it after the comment told
 * of a danger, merge it, and see it promoted. Ends early when a run that should succeed does not.
 */
export async function tellStory(options: StoryOptions): Promise<RunResult[]> {
  const { repository, print } = options;
  const runs: RunResult[] = [];
  const go = async (what: string, requests: readonly RunRequest[]) => {
    print(`▸ ${what}`);
    for (const request of requests) {
      if (options.signal?.aborted) return false;
      const result = await perform(request, options);
      if (result !== undefined) runs.push(result);
    }
    return runs.every(({ conclusion }) => conclusion === 'success');
  };

  const first = await repository.resolve('refs/heads/main');
  if (
    !(await go('The first commit on main: everything is created', [
      pushRequest(repository, '0'.repeat(40), first, developer),
    ]))
  )
    return runs;

  const branch = 'gpu-for-research';
  await edit(repository, branch, 'A larger GPU pool for research', text => withGpu(text, options.images));
  const { number } = await repository.openPull({ title: 'A larger GPU pool for research', branch, author: developer });
  if (!(await go(`Pull request ${number} is opened`, [pullRequestRun(repository, number, 'opened')]))) return runs;

  await edit(repository, branch, 'Allow the GPU pool to be rotated', withAllowance);
  if (
    !(await go('Its author answers the comment with a second commit', [
      pullRequestRun(repository, number, 'synchronize'),
    ]))
  ) {
    return runs;
  }

  const before = await repository.resolve('refs/heads/main');
  await repository.closePull(number, { merge: true, by: developer });
  const merged = await repository.resolve('refs/heads/main');
  await go(`Pull request ${number} is merged, and promoted`, [
    pullRequestRun(repository, number, 'closed', merged),
    pushRequest(repository, before, merged, developer),
  ]);
  return runs;
}

async function edit(
  repository: RepositoryHandle,
  branch: string,
  message: string,
  change: (text: string) => string,
): Promise<void> {
  const file = 'platform.yaml';
  const text =
    (await repository.readFile(`refs/heads/${branch}`, file).catch(() => undefined)) ??
    (await repository.readFile('refs/heads/main', file));
  if (text === undefined) throw new Error(`The example has no ${file}.`);
  const changed = change(text);
  if (changed === text) throw new Error(`The example's ${file} is not as the sandbox's story expects it.`);
  await repository.commit({ branch, message, author: developer, files: { [file]: changed } });
}

/**
 * Routine changes for all environments, of the cluster and of one release in it, images of the team with the applications that run
 * them, and a dangerous change for production.
 */
function withGpu(text: string, images: StoryOptions['images']): string {
  const sources = Object.entries(images).map(([name, source]) => `  ${name}: { source: "${source}" }\n`);
  const defaults = `defaults:
  cluster:
    features:
      image-cleaner: { interval: 24h }
  releases:
    kube-prometheus-stack: { retention: 30d }

`;
  const applications = `applications:
  repository: contoso/gitops
  apps:
${Object.keys(images)
  .map(name => `    - { name: ${name}, images: [${name}] }\n`)
  .join('')}
`;
  return `${text.replace(/^environments:/m, `images:\n${sources.join('')}\n${applications}${defaults}environments:`).trimEnd()}
    cluster:
      pools:
        gpu: { size: Standard_NC8as_T4_v3, max: 4 }
`;
}

function withAllowance(text: string): string {
  return `${text.trimEnd()}\n    allow: [node-pool/gpu]\n`;
}

/** Undefined where the event starts nothing. */
async function perform(request: RunRequest, { repository, runner, print, signal }: StoryOptions) {
  const text = await repository.readFile(request.sha, request.path);
  if (text === undefined) throw new Error(`${request.path} is missing.`);
  if (!matchesTrigger(await readWorkflow(request.path, text), request)) return undefined;
  const running = runner.start(request);
  const stop = () => running.cancel();
  signal?.addEventListener('abort', stop, { once: true });
  const result = await running.result.finally(() => signal?.removeEventListener('abort', stop));
  print(describe(result));
  return result;
}

function describe({ conclusion, workflow, event, seconds, startupFailure, jobs }: RunResult): string {
  const mark = conclusion === 'success' ? '✓' : '✗';
  const lines = [`${mark} ${workflow} (${event}) ${conclusion} in ${duration(seconds * 1000)}`];
  if (startupFailure !== undefined) lines.push(`    ${startupFailure}`);
  for (const job of jobs.filter(job => job.conclusion === 'failure')) {
    const step = job.steps.find(step => step.conclusion === 'failure');
    lines.push(`    ✗ ${job.name}${step === undefined ? '' : ` › ${step.name}`}`);
    lines.push(...(step?.log ?? []).slice(-20).map(line => `        ${line}`));
  }
  return lines.join('\n');
}
