import { join } from 'node:path';
import { evaluate, toText } from '../expressions/evaluate.ts';
import { resolveText, resolveTexts } from '../expressions/template.ts';
import type { StandIn } from '../stand-ins/stand-in.ts';
import type { UsesStep } from '../workflow/model.ts';
import { type ActionMetadata, inputVariables } from './action-metadata.ts';
import type { JobState } from './job-state.ts';
import type { ResolvedAction } from './resolve-action.ts';
import { runProcess } from './run-process.ts';
import type { Performed, Task, Turn } from './task.ts';

/** The stages of a `uses:` step. */
export interface UsesTasks {
  /** Runs before the first step of the job. */
  readonly pre: Task | undefined;
  readonly main: Task;
}

/** `addPost` is told of the post stage as soon as it will be due. */
export function usesTasks(
  step: UsesStep,
  action: ResolvedAction,
  state: JobState,
  addPost: (task: Task) => void,
): UsesTasks {
  // GITHUB_STATE of all stages; a post stage gets it as STATE_*.
  const saved: Record<string, string> = {};
  const stages = { step, state, saved, addPost, isPostDue: false };
  const main = mainOf(step, turn => performMain(stages, action, turn), actionOf(step, action));
  if (action.kind !== 'javascript' || action.metadata.pre === undefined) return { pre: undefined, main };
  const { metadata } = action;
  const pre = stageTask(stages, metadata, action, 'Pre', metadata.pre ?? '', metadata.preIf);
  return { pre, main };
}

interface Stages {
  readonly step: UsesStep;
  readonly state: JobState;
  readonly saved: Record<string, string>;
  readonly addPost: (task: Task) => void;
  isPostDue: boolean;
}

function mainOf(step: UsesStep, perform: Task['perform'], action: Task['action']): Task {
  return {
    name: scope => (step.name === undefined ? `Run ${step.uses}` : resolveText(step.name, scope)),
    uses: step.uses,
    condition: step.condition,
    env: step.env,
    continueOnError: step.continueOnError,
    timeoutMinutes: step.timeoutMinutes,
    id: step.id,
    action,
    perform,
  };
}

async function performMain(stages: Stages, action: ResolvedAction, turn: Turn): Promise<Performed> {
  const { step, state } = stages;
  if (action.kind === 'stand-in') return performStandIn(step, action.standIn, state, turn);
  const metadata = action.kind === 'local' ? await action.read() : action.metadata;
  for (const { name } of step.inputs) {
    if (
      metadata.inputs.has(name) ||
      [...metadata.inputs.keys()].some(known => known.toLowerCase() === name.toLowerCase())
    )
      continue;
    const valid = [...metadata.inputs.keys()].map(known => `'${known}'`).join(', ');
    turn.log.say('warning', `Unexpected input(s) '${name}', valid inputs are [${valid}]`);
  }
  duePost(stages, metadata, action);
  return performStage(stages, metadata, metadata.main, turn);
}

async function performStandIn(step: UsesStep, standIn: StandIn, state: JobState, turn: Turn): Promise<Performed> {
  const inputs = resolveTexts(step.inputs, turn.scope);
  const unknown = Object.keys(inputs).find(name => !standIn.inputs.includes(name));
  if (unknown !== undefined) {
    throw new Error(`The sandbox's stand-in for ${step.uses} does not know the input \`${unknown}\`.`);
  }
  return { isSuccess: true, outputs: await standIn.run(inputs, { ...state.run, log: turn.log }), summary: '' };
}

/** The post stage is due once another stage has begun, and runs once. */
function duePost(stages: Stages, metadata: ActionMetadata, action: ResolvedAction): void {
  if (stages.isPostDue || metadata.post === undefined) return;
  stages.isPostDue = true;
  stages.addPost(stageTask(stages, metadata, action, 'Post', metadata.post, metadata.postIf));
}

function stageTask(
  stages: Stages,
  metadata: ActionMetadata,
  action: ResolvedAction,
  prefix: 'Pre' | 'Post',
  file: string,
  condition: string,
): Task {
  const { step } = stages;
  return {
    name: scope => `${prefix} ${step.name === undefined ? `Run ${step.uses}` : resolveText(step.name, scope)}`,
    uses: step.uses,
    condition,
    env: step.env,
    continueOnError: undefined,
    timeoutMinutes: undefined,
    action: actionOf(step, action),
    perform: turn => {
      if (prefix === 'Pre') duePost(stages, metadata, action);
      return performStage(stages, metadata, file, turn);
    },
  };
}

async function performStage(
  { step, state, saved }: Stages,
  metadata: ActionMetadata,
  file: string,
  turn: Turn,
): Promise<Performed> {
  const states = Object.entries(saved).map(([name, value]) => [`STATE_${name}`, value]);
  const end = await runProcess(
    {
      file: process.execPath,
      args: [join(metadata.folder, file)],
      folder: state.run.workspace,
      environment: {
        ...turn.environment,
        ...inputVariables(metadata.inputs, resolveTexts(step.inputs, turn.scope), expression =>
          toText(evaluate(expression, turn.scope)),
        ),
        ...Object.fromEntries(states),
      },
    },
    turn,
    state,
  );
  Object.assign(saved, end.state);
  return end;
}

/** Empty for an action of the workspace, as for a script (actions/runner, ActionRunner.cs). */
function actionOf(step: UsesStep, action: ResolvedAction): Readonly<Record<string, string>> {
  const { repository = '', ref = '' } = action.kind === 'javascript' ? action : {};
  return { action: step.id, action_repository: repository, action_ref: ref };
}
