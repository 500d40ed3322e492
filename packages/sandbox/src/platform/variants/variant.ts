import type { Changes, SandboxWorld } from '../sandbox-world.ts';
import type { Chapter } from '../story/stage.ts';

/** A platform that is another one than the example's, with a story of its own. */
export interface Variant {
  /** What `sandbox --variant` calls it. */
  readonly name: string;
  /** In one line. */
  readonly tells: string;
  /** What is different in the example. */
  readonly changes: Changes;
  /** Makes what was there before the story begins. */
  readonly prepare?: (sandbox: SandboxWorld) => void;
  readonly chapters: readonly Chapter[];
  /** The program, besides Terraform and Helm, without which it cannot be played. */
  readonly program?: 'tofu';
}
