import type { Conclusion, Runner, RunRequest, RunResult } from '../../runner/index.ts';
import type { RepositoryHandle, World } from '../../world/index.ts';

/** Who does what people do. */
export const developer = 'mona';

/** What happened in a chapter, in one line, and where GitHub shows it. */
export interface Scene {
  readonly words: string;
  /** Whether it went as the chapter has it; a promotion that stops where it has to stop did. */
  readonly ok: boolean;
  readonly run?: Pick<RunResult, 'id' | 'attempt'>;
  readonly pull?: number;
  readonly issue?: number;
}

export interface Chapter {
  readonly number: number;
  readonly title: string;
  /** For somebody who has never seen the suite: what happens here, and what to look at. */
  readonly tells: string;
  /** Chapters without which this one cannot be played. */
  readonly after: readonly number[];
  play(stage: Stage): Promise<void>;
}

export interface ToldChapter extends Pick<Chapter, 'number' | 'title' | 'tells'> {
  readonly scenes: readonly Scene[];
  /** Whether all of it went as it has to. */
  readonly ok: boolean;
}

/** Where chapters are played. Each of its answers is a scene; the story ends with one that is not as the chapter has it. */
export interface Stage {
  readonly repository: RepositoryHandle;
  readonly world: World;
  /** Builds a version of an image of the team, in a registry of theirs, signed and with an SBOM: its reference by digest. */
  build(name: string, version: string): string;
  /** Runs a workflow to its end; a run ends as `success` unless the chapter expects something else. */
  run(words: string, request: RunRequest, expected?: Conclusion): Promise<RunResult>;
  /** All that ran until now. */
  runs(): readonly RunResult[];
  /** Runs a finished run again, all its jobs or those that failed. */
  rerun(
    words: string,
    run: RunResult,
    options: NonNullable<Parameters<Runner['rerun']>[1]>,
    expected?: Conclusion,
  ): Promise<RunResult>;
  /** Does something once, as soon as a step of a job runs. */
  when(job: string, step: string, act: () => void): void;
  /** The text of an artifact, which is one file. */
  artifactOf(run: RunResult, name: string): Promise<string>;
  /** Looks whether something is as the chapter has it. */
  see(words: string, holds: boolean, where?: Pick<Scene, 'pull' | 'issue'>): void;
}
