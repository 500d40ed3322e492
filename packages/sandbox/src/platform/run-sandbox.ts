import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { renderPage } from '../page/page.ts';
import { inRegistry, makeImage } from '../registry/sample-image.ts';
import { createRunner, type RunProgress } from '../runner/index.ts';
import {
  type RunRecord,
  recordChapter,
  recordComments,
  recordDeployments,
  recordImageBytes,
  recordImages,
  recordIssues,
  recordPromotions,
  recordRun,
  recordRunning,
} from './run-record.ts';
import { createRunnerHost } from './runner-host.ts';
import { openSandbox, type SandboxOptions, type SandboxWorld } from './sandbox-world.ts';
import { gitopsAccess } from './seed.ts';
import type { Chapter } from './story/stage.ts';
import { chapters, type Told, tellStory, withWhatTheyNeed } from './story/tell-story.ts';
import type { Variant } from './variants/variant.ts';

export interface RunOptions extends Omit<SandboxOptions, 'changes'> {
  /** The release tree whose workflows and bundles run. */
  readonly release: string;
  /** Of the story; all of them by default, else these and those that they build upon. */
  readonly chapters?: readonly number[];
  /** Plays that one in the place of the story of the example. */
  readonly variant?: Variant;
  readonly print: (line: string) => void;
  /** Aborted when the person wants to stop: what runs is cancelled as GitHub cancels it. */
  readonly signal?: AbortSignal;
}

/** Runs the example platform through the release tree and writes `index.html` and `run.json` into the sandbox's folder. */
export async function runSandbox(options: RunOptions): Promise<RunRecord> {
  const startedAt = Date.now();
  const { variant, print, signal } = options;
  const sandbox = await openSandbox({ ...options, ...(variant === undefined ? {} : { changes: variant.changes }) });
  try {
    variant?.prepare?.(sandbox);
    const played =
      variant?.chapters ?? (options.chapters === undefined ? chapters : withWhatTheyNeed(options.chapters));
    await mkdir(options.folder, { recursive: true });
    const write = async (told: Told) => {
      const written = describe(sandbox, told, (Date.now() - startedAt) / 1000, variant);
      await writeFile(join(options.folder, 'run.json'), `${JSON.stringify(written, null, 2)}\n`);
      await writeFile(join(options.folder, 'index.html'), page(sandbox, written, told, startedAt, variant));
      return written;
    };
    let record: RunRecord | undefined;
    const told = await tellIn(sandbox, {
      ...options,
      folder: join(options.folder, 'runs'),
      played,
      onChapter: async soFar => {
        record = await write(soFar);
        if (soFar.chapters.length === 1 && played.length > 1 && !signal?.aborted)
          print('  Open .sandbox/index.html already: it is written anew after each chapter.');
      },
    });
    return record ?? (await write(told));
  } finally {
    await sandbox.world.close();
  }
}

export interface TellOptions extends Pick<RunOptions, 'release' | 'print' | 'signal'> {
  /** For the work of all jobs. */
  readonly folder: string;
  readonly played: readonly Chapter[];
  /** Told after each chapter what was told so far; the next one waits for it. */
  readonly onChapter?: (told: Told) => Promise<void>;
}

/** Plays chapters through the workflows of the release tree, in a world that is open. */
export function tellIn(sandbox: SandboxWorld, options: TellOptions): Promise<Told> {
  const { world, repository, machine, gitops } = sandbox;
  const { folder, release, print } = options;
  const watchers = new Set<(run: RunProgress) => void>();
  const host = createRunnerHost({
    world,
    folder,
    release,
    machine,
    ...(gitops === undefined ? {} : gitopsAccess(gitops)),
    parallelism: availableParallelism(),
    approve: name => {
      print(`  mona approves ${name}`);
      return true;
    },
    onChange: run => {
      for (const watch of [...watchers]) watch(run);
    },
  });
  return tellStory({ ...options, repository, world, runner: createRunner(host), watchers, build: imagesOf(world) });
}

/** Builds images as a team does in repositories of its own: signed, with SBOMs, in a public registry. */
function imagesOf({ registries }: SandboxWorld['world']) {
  return (name: string, version: string): string => {
    const repository = `contoso/${name}`;
    const place = inRegistry(registries.registry('ghcr.io'), repository);
    const { digest } = makeImage(place, { name: `${name} ${version}`, layerBytes: 1024 * 1024 });
    return `ghcr.io/${repository}@${digest}`;
  };
}

function describe(
  { world, repository }: SandboxWorld,
  told: Told,
  seconds: number,
  variant: Variant | undefined,
): RunRecord {
  return {
    ...(variant === undefined ? {} : { variant: variant.name }),
    ok: told.chapters.length > 0 && told.chapters.every(({ ok }) => ok),
    seconds,
    chapters: told.chapters.map(recordChapter),
    runs: told.runs.map(recordRun),
    comments: recordComments(repository.pulls()),
    issues: recordIssues(repository.issues()),
    deployments: recordDeployments(repository.deployments()),
    records: recordPromotions(world.azure, world.registries),
    writes: world.ledger.writes(),
    imageBytes: recordImageBytes(world.azure, world.registries),
    images: recordImages(world.azure, world.registries),
    running: recordRunning(world.azure, world.kubernetes),
    refusedHosts: world.ledger.refusedHosts,
  };
}

function page(
  { repository }: SandboxWorld,
  record: RunRecord,
  told: Told,
  startedAt: number,
  variant: Variant | undefined,
): string {
  return renderPage({
    ...(variant === undefined ? {} : { notes: [`The variant ${variant.name}. ${variant.tells}.`] }),
    ok: record.ok,
    startedAt,
    seconds: record.seconds,
    repository: repository.name,
    chapters: told.chapters,
    issues: repository.issues(),
    pulls: repository.pulls().map(pull => ({ pull, checks: repository.checkRuns(pull.head.sha) })),
    runs: told.runs,
    deployments: repository.deployments(),
    approvals: repository.approvals(),
    records: record.records.map(({ environment, commit, recordedAt }) => ({
      environment,
      commit,
      at: Date.parse(recordedAt),
    })),
  });
}
