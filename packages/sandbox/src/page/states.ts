import type { Html } from './html.ts';
import { type IconName, icon } from './icons.ts';

/** How GitHub shows a state: an icon, a colour and a word, so that colour is never the only sign. */
export interface Look {
  readonly icon: IconName;
  readonly tone: 'success' | 'danger' | 'attention' | 'done' | 'accent' | 'muted';
  readonly word: string;
}

const looks: Readonly<Record<string, Look>> = {
  success: { icon: 'check-circle-fill', tone: 'success', word: 'Success' },
  failure: { icon: 'x-circle-fill', tone: 'danger', word: 'Failure' },
  timed_out: { icon: 'x-circle-fill', tone: 'danger', word: 'Timed out' },
  startup_failure: { icon: 'x-circle-fill', tone: 'danger', word: 'Startup failure' },
  action_required: { icon: 'alert', tone: 'attention', word: 'Action required' },
  cancelled: { icon: 'stop', tone: 'muted', word: 'Cancelled' },
  skipped: { icon: 'skip', tone: 'muted', word: 'Skipped' },
  neutral: { icon: 'square-fill', tone: 'muted', word: 'Neutral' },
  inactive: { icon: 'dot-fill', tone: 'muted', word: 'Inactive' },
  queued: { icon: 'dot-fill', tone: 'attention', word: 'Queued' },
  in_progress: { icon: 'dot-fill', tone: 'attention', word: 'In progress' },
  waiting: { icon: 'clock', tone: 'attention', word: 'Waiting' },
  notice: { icon: 'info', tone: 'accent', word: 'Notice' },
  warning: { icon: 'alert', tone: 'attention', word: 'Warning' },
  error: { icon: 'x-circle-fill', tone: 'danger', word: 'Error' },
  open: { icon: 'git-pull-request', tone: 'success', word: 'Open' },
  merged: { icon: 'git-merge', tone: 'done', word: 'Merged' },
  closed: { icon: 'git-pull-request-closed', tone: 'danger', word: 'Closed' },
};

/** A state this page does not know keeps its name. */
export function lookOf(state: string): Look {
  return (Object.hasOwn(looks, state) ? looks[state] : undefined) ?? { icon: 'dot-fill', tone: 'muted', word: state };
}

/** The icon of a state, with its word for those who do not see it. */
export function stateIcon(state: string): Html {
  const { icon: name, tone, word } = lookOf(state);
  return icon(name, { label: word, tone });
}
