import { asObject, asString } from '@suite/foundation';
import type { RunRequest } from '../ports.ts';
import type { Trigger, Workflow } from './model.ts';

/** What happened in a repository. */
export type TriggerEvent = Pick<RunRequest, 'event' | 'ref' | 'baseRef'>;

/** Activities that start a workflow whose trigger names no `types:`; of other events every one does. */
const defaultTypes: Readonly<Record<string, readonly string[]>> = {
  pull_request: ['opened', 'synchronize', 'reopened'],
  pull_request_target: ['opened', 'synchronize', 'reopened'],
};

/** Whether `on:` of the workflow lets this event start a run. */
export function matchesTrigger({ triggers }: Pick<Workflow, 'triggers'>, happened: TriggerEvent): boolean {
  return triggers.some(trigger => trigger.event === happened.event.name && passes(trigger, happened));
}

function passes(trigger: Trigger, { event, ref, baseRef }: TriggerEvent): boolean {
  const activity = asString(asObject(event.payload)['action']);
  const types = trigger.types ?? defaultTypes[event.name];
  if (types !== undefined && (activity === undefined || !types.includes(activity))) return false;
  const { branches, branchesIgnore, tags, tagsIgnore } = trigger;
  if (event.name !== 'push') return baseRef === undefined || allows(baseRef, branches, branchesIgnore);
  if (ref.startsWith('refs/tags/')) {
    // A filter for branches alone means that tags start nothing, and the other way round.
    const asked = tags !== undefined || tagsIgnore !== undefined;
    if (!asked && (branches !== undefined || branchesIgnore !== undefined)) return false;
    return allows(ref.slice('refs/tags/'.length), tags, tagsIgnore);
  }
  const asked = branches !== undefined || branchesIgnore !== undefined;
  if (!asked && (tags !== undefined || tagsIgnore !== undefined)) return false;
  return allows(ref.replace(/^refs\/heads\//, ''), branches, branchesIgnore);
}

function allows(name: string, wanted: readonly string[] | undefined, ignored: readonly string[] | undefined): boolean {
  if (ignored !== undefined) return !selects(ignored, name);
  return wanted === undefined || selects(wanted, name);
}

/** The last pattern that matches decides; one with `!` takes out again. */
function selects(patterns: readonly string[], name: string): boolean {
  return patterns.reduce((isIn, pattern) => {
    const isNegative = pattern.startsWith('!');
    return toExpression(isNegative ? pattern.slice(1) : pattern).test(name) ? !isNegative : isIn;
  }, false);
}

/** GitHub's filter patterns: `*` stays between slashes, `**` does not, `?` and `+` count the character before them. */
function toExpression(pattern: string): RegExp {
  const body = pattern.replace(/\*\*\/?|\*|\\.|\[[^\]]*\]|[.^${}()|/]/g, part => {
    if (part === '**/') return '(.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part.startsWith('[') || part.startsWith('\\') ? part : `\\${part}`;
  });
  return new RegExp(`^${body}$`);
}
