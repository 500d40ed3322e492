import { describeProblem, pathInside, UserError } from '@suite/foundation';
import { type EnvironmentGate, parsePlatform, resolveUnlocked } from '@suite/platform-file';
import type { Services } from './ports.ts';

/** What closes an environment to everybody, whatever they bring. */
export type Closings = Pick<EnvironmentGate, 'hold' | 'freezes'>;

const none: Closings = { hold: undefined, freezes: [] };

/**
 * What closes an environment as the platform file has it on the branch of this run by now. A bundle brings the gate of its own commit; who closes
 * an environment means what is under way, too: a run that waits for its approval, one that is started again, a bundle that is promoted by hand.
 * Nothing where the branch, the file or the environment is gone. Throws a UserError where nobody can say.
 */
export async function readClosings(
  environment: string,
  platformFile: string,
  { context, readFile }: Pick<Services, 'context' | 'readFile'>,
): Promise<Closings> {
  const path = pathInside(context.workspace, platformFile);
  const content = await readFile(path);
  return content === undefined ? none : closingsIn(content, environment, `${path} of ${context.ref}`);
}

function closingsIn(content: Uint8Array, environment: string, name: string): Closings {
  try {
    const views = resolveUnlocked(parsePlatform(content, name));
    const own = views.find(({ scope }) => scope === environment);
    return own?.kind === 'environment' ? own.gate : none;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const [first] = error.problems;
    throw new UserError(
      {
        message: `Whether \`${environment}\` is on hold or frozen by now cannot be read in ${name}${first === undefined ? '' : `: ${describeProblem(first)}`} Nothing was done.`,
        remedy: 'Put that right there, and “Re-run failed jobs”.',
      },
      { cause: error },
    );
  }
}
