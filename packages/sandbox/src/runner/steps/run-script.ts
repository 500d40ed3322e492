import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { resolveText } from '../expressions/template.ts';
import type { RunStep } from '../workflow/model.ts';
import type { JobState } from './job-state.ts';
import { runProcess } from './run-process.ts';
import type { Task } from './task.ts';

/** A `run:` step: bash over a file with the script, as GitHub calls it with and without `shell: bash`. */
export function scriptTask(step: RunStep, state: JobState): Task {
  return {
    name: scope => {
      const [first = ''] = resolveText(step.script, scope).trim().split(/\r?\n/);
      return step.name === undefined ? `Run ${first}` : resolveText(step.name, scope);
    },
    condition: step.condition,
    env: step.env,
    continueOnError: step.continueOnError,
    timeoutMinutes: step.timeoutMinutes,
    id: step.id,
    action: { action: step.id, action_repository: '', action_ref: '' },
    perform: async turn => {
      const { workspace, temp } = state.run;
      const file = join(temp, `${randomUUID()}.sh`);
      await writeFile(file, `${resolveText(step.script, turn.scope)}\n`);
      const flags = step.shell === 'bash' ? ['--noprofile', '--norc', '-eo', 'pipefail'] : ['-e'];
      const folder = step.workingDirectory === undefined ? '' : resolveText(step.workingDirectory, turn.scope);
      const end = await runProcess(
        {
          file: 'bash',
          args: [...flags, file],
          folder: resolve(workspace, folder),
          environment: turn.environment,
        },
        turn,
        state,
      );
      if (end.exitCode !== 0 && !turn.signal.aborted) {
        turn.log.say('error', `Process completed with exit code ${end.exitCode ?? 'unknown'}.`);
      }
      return end;
    },
  };
}
