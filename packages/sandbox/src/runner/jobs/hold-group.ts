import type { Scope } from '../expressions/evaluate.ts';
import { resolve, resolveBoolean, resolveText } from '../expressions/template.ts';
import type { Concurrency } from '../workflow/model.ts';
import { cancelled } from './cancellation.ts';
import type { ConcurrencyGroups } from './concurrency.ts';

export interface GroupRequest {
  readonly concurrency: Concurrency | undefined;
  readonly scope: Scope;
  readonly repository: string;
  /** Groups that the run itself holds around the work. */
  readonly held: readonly string[];
  /** Cancels the work; its signal is aborted with it. */
  readonly controller: AbortController;
}

export interface HeldGroup {
  readonly held: readonly string[];
  leave(): void;
}

/** Waits until the concurrency group is free; without `concurrency` at once. Rejects when the work is cancelled before. */
export async function holdGroup(groups: ConcurrencyGroups, request: GroupRequest): Promise<HeldGroup> {
  const { concurrency, scope, controller } = request;
  if (concurrency === undefined) return { held: request.held, leave: () => undefined };
  const group = resolveText(concurrency.group, scope);
  if (group === '') throw new Error('Concurrency group name cannot be empty');
  if (group.length >= 400) throw new Error('Concurrency group name must be less than 400 characters');
  if (request.held.includes(group.toLowerCase())) {
    throw cancelled(
      `Canceling since a deadlock was detected for concurrency group: '${group}' between a top level workflow and '${group}'`,
    );
  }
  const cancelInProgress = resolveBoolean(concurrency.cancelInProgress, scope, 'cancel-in-progress');
  const queue = resolve(concurrency.queue, scope);
  if (queue !== 'single' && queue !== 'max')
    throw new Error(`The concurrency queue must be single or max, not '${queue}'.`);
  if (cancelInProgress && queue === 'max')
    throw new Error('`queue: max` cannot be used with `cancel-in-progress: true`.');
  const leave = await groups.enter(
    {
      repository: request.repository,
      group,
      cancelInProgress,
      queue,
      cancel: reason => controller.abort(cancelled(reason)),
    },
    controller.signal,
  );
  return { held: [...request.held, group.toLowerCase()], leave };
}
