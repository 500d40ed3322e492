import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { duration } from '@suite/foundation';
import {
  type Conclusion,
  matchesTrigger,
  type Runner,
  type RunningWorkflow,
  type RunProgress,
  type RunRequest,
  type RunResult,
  readWorkflow,
} from '../../runner/index.ts';
import type { RepositoryHandle, World } from '../../world/index.ts';
import { badImage } from './bad-image.ts';
import { create } from './create.ts';
import { drift } from './drift.ts';
import { promote } from './promote.ts';
import { propose } from './propose.ts';
import { rollBack } from './roll-back.ts';
import type { Chapter, Scene, Stage, ToldChapter } from './stage.ts';

/** What a team lives through with a platform, in the order of their numbers. */
export const chapters: readonly Chapter[] = [create, propose, promote, drift, badImage, rollBack];

export interface StoryOptions {
  readonly repository: RepositoryHandle;
  readonly world: World;
  readonly runner: Runner;
  /** Is told of every change of every run until it is taken away. */
  readonly watchers: Set<(run: RunProgress) => void>;
  readonly build: Stage['build'];
  readonly played: readonly Chapter[];
  readonly print: (line: string) => void;
  /** Told after each chapter what was told so far; the next one waits for it. */
  readonly onChapter?: (told: Told) => Promise<void>;
  /** Aborted when the person at the terminal wants to stop. */
  readonly signal?: AbortSignal;
}

export interface Told extends Pick<Stage, 'artifactOf'> {
  readonly chapters: readonly ToldChapter[];
  readonly runs: readonly RunResult[];
}

/** A scene is not as the chapter has it; it has been told. */
class StoryEnds extends Error {}

/** Ends early, with what was told until then, when a scene is not as its chapter has it, or somebody wants to stop. */
export async function tellStory(options: StoryOptions): Promise<Told> {
  const { print, signal } = options;
  const told: ToldChapter[] = [];
  const runs: RunResult[] = [];
  const artifactOf = artifactsOf(options.runner);
  for (const { number, title, tells, play } of options.played) {
    print(`\n${number}. ${title}`);
    const scenes: Scene[] = [];
    const end = await play(stageOf(options, scenes, runs)).then(
      () => undefined,
      (error: unknown) => error,
    );
    const ok = end === undefined && scenes.every(scene => scene.ok);
    told.push({ number, title, tells, scenes, ok });
    if (end !== undefined && !(end instanceof StoryEnds)) throw end;
    await options.onChapter?.({ chapters: told, runs, artifactOf });
    if (!ok || signal?.aborted) break;
  }
  return { chapters: told, runs, artifactOf };
}

/** Chapters by their numbers, in the order of them, with those that they build upon. */
export function withWhatTheyNeed(numbers: readonly number[]): readonly Chapter[] {
  const needed = new Set(
    numbers.flatMap(number => [number, ...(chapters.find(one => one.number === number)?.after ?? [])]),
  );
  return chapters.filter(({ number }) => needed.has(number));
}

function stageOf(options: StoryOptions, scenes: Scene[], runs: RunResult[]): Stage {
  const { repository, world, runner, watchers, build, print, signal } = options;
  const tell = (scene: Scene) => {
    scenes.push(scene);
    if (!scene.ok) throw new StoryEnds(scene.words);
  };
  const play = async (words: string, start: () => RunningWorkflow, expected: Conclusion = 'success') => {
    if (signal?.aborted) throw new StoryEnds('Stopped.');
    print(`▸ ${words}`);
    const running = start();
    const stop = () => running.cancel();
    signal?.addEventListener('abort', stop, { once: true });
    const result = await running.result.finally(() => signal?.removeEventListener('abort', stop));
    runs.push(result);
    const ok = result.conclusion === expected;
    print(describe(result, ok));
    tell({ words, ok, run: result });
    return result;
  };
  return {
    repository,
    world,
    build,
    run: async (words, request, expected) => {
      await demandTrigger(repository, request);
      return play(words, () => runner.start(request), expected);
    },
    runs: () => runs,
    rerun: (words, result, how, expected) => play(words, () => runner.rerun(result, how), expected),
    when: (job, step, act) => {
      const watch = ({ jobs }: RunProgress) => {
        const found = jobs.find(({ name }) => name.endsWith(job));
        if (!found?.steps.some(({ name, status }) => name === step && status === 'in_progress')) return;
        watchers.delete(watch);
        act();
      };
      watchers.add(watch);
    },
    artifactOf: artifactsOf(runner),
    see: (words, holds, where = {}) => {
      print(`  ${holds ? '✓' : '✗ Not so:'} ${words}`);
      tell({ words, ok: holds, ...where });
    },
  };
}

function artifactsOf(runner: Runner): Stage['artifactOf'] {
  return async ({ id }, name) => {
    const folder = runner.artifacts(id).find(one => one.name === name)?.folder;
    const [file] = folder === undefined ? [] : await readdir(folder);
    if (folder === undefined || file === undefined) throw new Error(`The run has no artifact ${name}.`);
    return readFile(join(folder, file), 'utf8');
  };
}

/** The workflow has to be there and to begin for such an event. */
async function demandTrigger(repository: RepositoryHandle, request: RunRequest): Promise<void> {
  const text = await repository.readFile(request.sha, request.path);
  if (text === undefined) throw new Error(`${request.path} is missing.`);
  if (!matchesTrigger(await readWorkflow(request.path, text), request))
    throw new Error(`${request.path} does not begin for ${request.event.name}.`);
}

/** What failed is told in full, unless it had to fail. */
function describe(result: RunResult, ok: boolean): string {
  const { conclusion, workflow, event, seconds, startupFailure, jobs } = result;
  const lines = [`  ${ok ? '✓' : '✗'} ${workflow} (${event}) ${conclusion} in ${duration(seconds * 1000)}`];
  if (startupFailure !== undefined) lines.push(`    ${startupFailure}`);
  for (const job of jobs.filter(each => each.conclusion === 'failure')) {
    const step = job.steps.find(each => each.conclusion === 'failure');
    lines.push(`    ✗ ${job.name}${step === undefined ? '' : ` › ${step.name}`}`);
    const errors = step?.annotations.filter(({ level }) => level === 'error').map(({ message }) => message) ?? [];
    lines.push(
      ...(ok ? errors : (step?.log ?? []).slice(-20)).map(line => `        ${line.replaceAll('\n', '\n        ')}`),
    );
  }
  return lines.join('\n');
}
