import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { duration } from '@suite/foundation';
import { renderPage } from '../page/page.ts';
import { runAction } from '../runner/run-action.ts';
import type { RecordedJob, RunRecord } from './run-record.ts';
import { openSandbox, type SandboxOptions, type SandboxWorld } from './sandbox-world.ts';
import { type FinishedJob, runScenario } from './scenario.ts';

export interface RunOptions extends SandboxOptions {
  /** The release tree whose bundles run. */
  readonly release: string;
  readonly print: (line: string) => void;
  /** Aborted when the person wants to stop: the running step is cancelled as a runner does it. */
  readonly signal?: AbortSignal;
}

/** Runs the example platform through the release tree and writes `index.html` and `run.json` into the sandbox's folder. */
export async function runSandbox(options: RunOptions): Promise<RunRecord> {
  const started = Date.now();
  const sandbox = await openSandbox(options);
  try {
    const jobs = await runScenario(
      sandbox.views,
      (job, inputs) =>
        runAction({
          name: `provision-aks ${job.command}`,
          action: join(options.release, 'provision-aks'),
          inputs,
          environment: sandbox.environmentOf(job.command === 'apply' ? { environment: job.view.scope } : {}),
          workspace: sandbox.checkout,
          temp: join(options.folder, 'temp', `${job.view.scope}-${job.view.region}`),
          onStart: running => {
            if (options.signal?.aborted) running.cancel();
            else options.signal?.addEventListener('abort', () => running.cancel(), { once: true });
          },
        }),
      {
        onJobStart: job => options.print(`▸ ${job.name} …`),
        onJobEnd: job => options.print(describeEnd(job)),
      },
    );
    const seconds = (Date.now() - started) / 1000;
    const record = recordRun(sandbox, jobs, seconds);
    await mkdir(options.folder, { recursive: true });
    await writeFile(join(options.folder, 'run.json'), `${JSON.stringify(record, null, 2)}\n`);
    await writeFile(join(options.folder, 'index.html'), page(record, jobs, started));
    return record;
  } finally {
    await sandbox.world.close();
  }
}

/** The action's last line is the verdict in a sentence; of a failure its log tells more. */
function describeEnd({ name, step }: FinishedJob): string {
  const time = duration(step.seconds * 1000);
  if (step.conclusion === 'success') return `✓ ${name}: ${step.log.at(-1) ?? ''} (${time})`;
  return [`✗ ${name} (${time})`, ...step.log.slice(-25).map(line => `    ${line}`)].join('\n');
}

function recordRun({ world }: SandboxWorld, jobs: readonly FinishedJob[], seconds: number): RunRecord {
  const ok = jobs.length > 0 && jobs.every(job => job.step.conclusion === 'success');
  return {
    ok,
    seconds,
    runs: [{ workflow: 'sandbox', event: 'push', conclusion: ok ? 'success' : 'failure', jobs: jobs.map(recordJob) }],
    comments: [],
    deployments: [],
    records: [],
    writes: world.ledger.writes(),
    imageBytes: { throughRunner: 0, imported: 0 },
    refusedHosts: world.ledger.refusedHosts,
  };
}

function recordJob({ name, command, view, step }: FinishedJob): RecordedJob {
  return {
    name,
    ...(command === 'apply' ? { environment: view.scope } : {}),
    conclusion: step.conclusion,
    seconds: step.seconds,
    steps: [
      { name: step.name, uses: 'org/actions/provision-aks@v1', conclusion: step.conclusion, seconds: step.seconds },
    ],
  };
}

function page(record: RunRecord, jobs: readonly FinishedJob[], started: number): string {
  const [run] = record.runs;
  if (run === undefined) throw new Error('A run has been recorded without a run.');
  return renderPage({
    ok: record.ok,
    seconds: record.seconds,
    startedAt: new Date(started).toISOString(),
    run,
    jobs: jobs.map(job => ({
      ...recordJob(job),
      startedAfter: (job.startedAt - started) / 1000,
      log: job.step.log,
      summary: job.step.summary,
      annotations: job.step.annotations,
    })),
  });
}
