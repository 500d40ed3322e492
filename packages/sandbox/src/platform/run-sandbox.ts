import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { renderPage } from '../page/page.ts';
import { inRegistry, makeImage } from '../registry/sample-image.ts';
import { createRunner, type RunResult } from '../runner/index.ts';
import {
  type RunRecord,
  recordComments,
  recordDeployments,
  recordImageBytes,
  recordImages,
  recordPromotions,
  recordRun,
  recordRunning,
} from './run-record.ts';
import { createRunnerHost } from './runner-host.ts';
import { openSandbox, type SandboxOptions, type SandboxWorld } from './sandbox-world.ts';
import { gitopsAccess } from './seed.ts';
import { tellStory } from './story.ts';

export interface RunOptions extends SandboxOptions {
  /** The release tree whose workflows and bundles run. */
  readonly release: string;
  readonly print: (line: string) => void;
  /** Aborted when the person wants to stop: what runs is cancelled as GitHub cancels it. */
  readonly signal?: AbortSignal;
}

/** Runs the example platform through the release tree and writes `index.html` and `run.json` into the sandbox's folder. */
export async function runSandbox(options: RunOptions): Promise<RunRecord> {
  const startedAt = Date.now();
  const sandbox = await openSandbox(options);
  const { world, repository } = sandbox;
  try {
    const host = createRunnerHost({
      world,
      folder: join(options.folder, 'runs'),
      release: options.release,
      machine: sandbox.machine,
      ...(sandbox.gitops === undefined ? {} : gitopsAccess(sandbox.gitops)),
      parallelism: availableParallelism(),
      approve: name => {
        options.print(`  mona approves ${name}`);
        return true;
      },
    });
    const { print, signal } = options;
    const runner = createRunner(host);
    const images = seedImages(world);
    const runs = await tellStory({ repository, runner, images, print, ...(signal === undefined ? {} : { signal }) });
    const record = describe(sandbox, runs, (Date.now() - startedAt) / 1000);
    await mkdir(options.folder, { recursive: true });
    await writeFile(join(options.folder, 'run.json'), `${JSON.stringify(record, null, 2)}\n`);
    await writeFile(join(options.folder, 'index.html'), page(sandbox, record, runs, startedAt));
    return record;
  } finally {
    await world.close();
  }
}

/** What a team builds in repositories of its own: two images, signed and with SBOMs, in a public registry. */
function seedImages({ registries }: SandboxWorld['world']): Readonly<Record<string, string>> {
  const built = ['web', 'worker'].map(name => {
    const repository = `contoso/${name}`;
    const place = inRegistry(registries.registry('ghcr.io'), repository);
    const { digest } = makeImage(place, { name, layerBytes: 1024 * 1024 });
    return [name, `ghcr.io/${repository}@${digest}`] as const;
  });
  return Object.fromEntries(built);
}

function describe({ world, repository }: SandboxWorld, runs: readonly RunResult[], seconds: number): RunRecord {
  return {
    ok: runs.length > 0 && runs.every(({ conclusion }) => conclusion === 'success'),
    seconds,
    runs: runs.map(recordRun),
    comments: recordComments(repository.pulls()),
    deployments: recordDeployments(repository.deployments()),
    records: recordPromotions(world.azure, world.registries),
    writes: world.ledger.writes(),
    imageBytes: recordImageBytes(world.azure, world.registries),
    images: recordImages(world.azure, world.registries),
    running: recordRunning(world.azure, world.kubernetes),
    refusedHosts: world.ledger.refusedHosts,
  };
}

function page({ repository }: SandboxWorld, record: RunRecord, runs: readonly RunResult[], startedAt: number): string {
  return renderPage({
    ok: record.ok,
    startedAt,
    seconds: record.seconds,
    repository: repository.name,
    pulls: repository.pulls().map(pull => ({ pull, checks: repository.checkRuns(pull.head.sha) })),
    runs,
    deployments: repository.deployments(),
    approvals: repository.approvals(),
    records: record.records.map(({ environment, commit, recordedAt }) => ({
      environment,
      commit,
      at: Date.parse(recordedAt),
    })),
  });
}
