import type { Exit } from '@suite/action-kit';
import {
  CancelledError,
  describeProblem,
  type Problem,
  printable,
  quote,
  sentenceList,
  shorten,
  term,
  UserError,
} from '@suite/foundation';
import { type Diagnostic, diagnosticSentence, diagnosticText } from '../diagnostics.ts';
import type { ResourceRun } from '../resources.ts';
import { azureRules } from './azure-rules.ts';
import { type FailureContext, isCommand, type Rule, type Verdict } from './context.ts';
import { readLock, type StateLock } from './lock.ts';
import { stateRules } from './state-rules.ts';
import { processRules, terraformRules } from './terraform-rules.ts';

/** A Terraform command that failed, as it happened: the `cause` of what people are told. */
export class TerraformFailure extends Error {
  override readonly name = 'TerraformFailure';
  readonly code: number | null;
  readonly diagnostics: readonly Diagnostic[];
  /** What had been started, and how it ended. */
  readonly resources: readonly ResourceRun[];

  constructor(command: string, failure: Failure) {
    const { code, signal } = failure.exit;
    const errors = failure.diagnostics.filter(diagnostic => diagnostic.severity === 'error');
    const said = errors.map(diagnostic => quote(diagnosticSentence(diagnostic))).join(' ');
    super(`${command} ended with ${signal ?? `exit code ${code}`}${said === '' ? '.' : `: ${said}`}`);
    this.code = code;
    this.diagnostics = failure.diagnostics;
    this.resources = failure.resources;
  }
}

export interface Failure {
  readonly exit: Pick<Exit, 'code' | 'signal' | 'stderr' | 'interrupted'>;
  readonly diagnostics: readonly Diagnostic[];
  readonly resources: readonly ResourceRun[];
}

const rules: readonly Rule[] = [...processRules, ...stateRules, ...azureRules, ...terraformRules];

/**
 * Says once what a failed command means: a UserError with one problem per cause, a CancelledError that says what was
 * left, or a plain Error where the fault is ours. The cause is always a TerraformFailure.
 */
export function translateFailure(failure: Failure, context: FailureContext): Error {
  const cause = new TerraformFailure(context.command, failure);
  const verdicts = failure.diagnostics
    .filter(diagnostic => diagnostic.severity === 'error')
    .map(diagnostic => judge(diagnostic, failure, context));
  const problems = withoutRepetition(
    verdicts.flatMap(verdict => (verdict.kind === 'problem' ? [verdict.problem] : [])),
  );

  const askedToStop = verdicts.some(verdict => verdict.kind === 'interrupted');
  if (failure.exit.interrupted || askedToStop) {
    return new CancelledError(describeInterruption(failure, problems, context), { cause });
  }
  if (problems.length > 0) return new UserError(problems, { cause });
  const defect = verdicts.find(verdict => verdict.kind === 'defect');
  if (defect !== undefined) return new Error(defect.message, { cause });
  return new UserError(describeSilence(failure, context), { cause });
}

/** Who held the lock, if that is why the command failed. */
export function lockOf(error: unknown): StateLock | undefined {
  if (!(error instanceof Error) || !(error.cause instanceof TerraformFailure)) return undefined;
  const held = error.cause.diagnostics.find(({ summary }) => summary === 'Error acquiring the state lock');
  return held === undefined ? undefined : readLock(diagnosticText(held));
}

function judge(diagnostic: Diagnostic, failure: Failure, context: FailureContext): Verdict {
  const finding = { text: diagnosticText(diagnostic), diagnostic, resources: failure.resources, context };
  for (const rule of rules) {
    const verdict = rule(finding);
    if (verdict !== undefined) return verdict;
  }
  throw new Error('The last rule takes everything.');
}

function withoutRepetition(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(problem => {
    const text = describeProblem(problem);
    return seen.has(text) ? false : seen.add(text);
  });
}

const stateTrouble = /^(?:Failed to (?:save|persist) state|Error (?:acquiring|releasing) the state lock)/;

function describeInterruption(failure: Failure, problems: readonly Problem[], context: FailureContext): string {
  const { engine, backend, command } = context;
  const forced =
    failure.exit.signal !== null || failure.diagnostics.some(({ summary }) => summary === 'operation canceled');
  const sentences: string[] = [];
  if (!isCommand(context, 'apply')) sentences.push(`\`${command}\` was stopped; it changes nothing in Azure.`);
  else if (forced) {
    sentences.push(
      `${engine.title} was stopped before it could save: the state ${backend.container}/${backend.key} in ${backend.account} may lack what was done, and its lock stays. The next run names the lock and how to release it.`,
    );
  } else if (failure.diagnostics.some(({ summary }) => stateTrouble.test(summary))) {
    sentences.push(`${engine.title} was asked to stop.`);
  } else {
    sentences.push(
      `${engine.title} was asked to stop: what had been done is saved in the state, and its lock is released.`,
    );
  }
  sentences.push(...problems.map(describeProblem));
  const open = failure.resources.filter(run => run.outcome !== 'completed');
  const created = open.filter(run => run.action === 'create').map(run => term(run.address));
  const changed = open.filter(run => run.action !== 'create').map(run => term(run.address));
  if (created.length > 0) {
    sentences.push(`May exist in Azure without being recorded in the state: ${sentenceList(created)}.`);
  }
  if (changed.length > 0) sentences.push(`Was being changed: ${sentenceList(changed)}.`);
  if (isCommand(context, 'apply')) sentences.push('Plan and apply again to complete it.');
  return sentences.join(' ');
}

/** Terraform ended badly without a message: killed, or crashed itself. */
function describeSilence({ exit }: Failure, context: FailureContext): Problem {
  const last = printable(exit.stderr).trimEnd().split('\n').slice(-5).join('\n').trim();
  const said = last === '' ? '' : ` Its last words: ${shorten(last, 1000)}`;
  if (exit.signal !== null) {
    return {
      message: `\`${context.command}\` was killed (${exit.signal}).${said}`,
      remedy:
        'Look for a runner that is out of memory. If the state is left locked, the next run says how to release it.',
    };
  }
  return {
    message: `\`${context.command}\` ended with exit code ${exit.code} and no message.${said}`,
    remedy: `Run it again; report it to ${context.engine.maker} with this log if ${context.engine.title} crashed.`,
  };
}
