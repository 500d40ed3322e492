import { count, quote } from '@suite/foundation';
import { type Application, type ResourceKey, resourceTitle } from './application.ts';

/** Why an application is not where it should be: the first thing that went wrong, not what followed from it. */
export interface Cause {
  /**
   * - `hook`, `resource`: one that could not be applied, or ran and failed; `operation`: the operation itself
   * - `comparison`: Argo CD cannot render or compare; `unseen`: it does not know the commit
   * - `health`: applied, and not well; `window`: a sync window; `drift`: applied, and different again
   * - `taken`: somebody else's operation; `fight`: automated sync wants something else; `gone`: deleted; `time`: it took too long
   * - `pods`: seen at the pods, not in Argo CD
   * - `missing`: no such Application; `project`: its project forbids it; `unsupported`: what sync-argocd does not do
   */
  readonly kind:
    | 'hook'
    | 'resource'
    | 'operation'
    | 'comparison'
    | 'unseen'
    | 'health'
    | 'window'
    | 'drift'
    | 'taken'
    | 'fight'
    | 'gone'
    | 'time'
    | 'pods'
    | 'missing'
    | 'project'
    | 'unsupported';
  /** One sentence. */
  readonly message: string;
  /** What to do, where that is known. */
  readonly remedy?: string;
  /** Where it was seen. */
  readonly resource?: ResourceKey;
}

/** Git and Argo CD's repository server about commits that are not there (util/git/client.go; git's own words). */
const unseen =
  /unable to resolve .* to a commit SHA|not our ref|reference is not a tree|couldn't find remote ref|bad object|unable to read tree|[Ii]nvalid revision range|revision not found|failed to checkout (?:revision|FETCH_HEAD)/;

/** Whether Argo CD says that it cannot find a commit, which a moment after a push may still come right. */
export function saysUnseen(message: string): boolean {
  return unseen.test(message);
}

/** What Git servers answer who may not read; GitHub does not say that a private repository is there (go-git, plumbing/transport; git's own words). */
const unreadable =
  /authentication required|authorization failed|repository not found|could not read Username|Permission denied \(publickey\)/i;

/** Why a finished operation has failed. Looks at its results before its message, which only counts them up. */
export function operationCause({ status }: Application): Cause {
  const { state } = status;
  const results = state?.resources ?? [];
  // What ran when another had failed is no cause.
  const hook = results.find(({ hook: of, hookPhase }) => of !== '' && of !== 'SyncFail' && isFailed(hookPhase));
  const resource = results.find(({ status: is }) => is === 'SyncFailed');
  const unhealthy = results.find(({ hook: of, hookPhase }) => of === '' && isFailed(hookPhase));
  const order =
    hook !== undefined && hook.hook !== 'PostSync' ? [hook, resource, unhealthy] : [resource, unhealthy, hook];
  const first = order.find(one => one !== undefined);
  const message = state?.message ?? '';
  if (first !== undefined) {
    const what = `${first.hook === '' ? '' : `the ${first.hook} hook `}${resourceTitle(first)}`;
    return {
      kind: first.hook === '' ? 'resource' : 'hook',
      message: `${what} failed: ${quote(first.message === '' ? message : first.message)}`,
      resource: first,
    };
  }
  return messageCause(message === '' ? 'Argo CD gives no reason' : message);
}

function isFailed(phase: string): boolean {
  return phase === 'Failed' || phase === 'Error';
}

/** A message of Argo CD's that stands alone. */
function messageCause(message: string): Cause {
  if (saysUnseen(message)) {
    return {
      kind: 'unseen',
      message: `Argo CD cannot see the commit: ${quote(message)}`,
      remedy:
        'The commit has to be pushed to the repository and branch that the Application names, and Argo CD has to have access to them.',
    };
  }
  if (unreadable.test(message)) {
    return {
      kind: 'comparison',
      message: `Argo CD may not read its repository: ${quote(message)}`,
      remedy: 'Give Argo CD a credential of its own for it (a repository Secret), or correct the one that it has.',
    };
  }
  if (/ComparisonError|InvalidSpecError/.test(message)) return { kind: 'comparison', message: quote(message) };
  return { kind: 'operation', message: `the sync failed: ${quote(message)}` };
}

/** An error that a comparison has left, if there is one. */
export function comparisonCause({ status: { conditions } }: Application): Cause | undefined {
  const found = conditions.find(({ type }) => /^(?:Comparison|InvalidSpec|Unknown)Error$/.test(type));
  return found === undefined ? undefined : messageCause(`${found.type}: ${found.message}`);
}

/** Why Argo CD has not synced by itself, if it says so. */
export function automationCause({ status: { conditions } }: Application): Cause | undefined {
  const found = conditions.find(({ type }) => type === 'SyncError');
  return found === undefined ? undefined : { kind: 'operation', message: quote(found.message) };
}

/** What is not well of an application that has been applied. */
export function healthCause({ status: { health, resources } }: Application): Cause {
  const worst = resources.find(({ health: of }) => of?.status === 'Degraded' || of?.status === 'Unknown');
  const said = worst?.health?.message || health.message;
  const what = worst === undefined ? 'it' : resourceTitle(worst);
  return {
    kind: 'health',
    message: `${what} is ${(worst?.health?.status ?? health.status).toLowerCase()}${said === '' ? '' : `: ${quote(said)}`}`,
    ...(worst === undefined ? {} : { resource: worst }),
  };
}

/** What differs from Git though it was applied. */
export function driftCause({ status: { resources, state } }: Application): Cause {
  const differing = resources.filter(({ sync, isHook }) => sync === 'OutOfSync' && !isHook);
  const skipped = differing.filter(({ needsPruning }) => needsPruning);
  const shown = differing.slice(0, 3).map(resourceTitle).join(', ');
  const more = differing.length > 3 ? ` and ${differing.length - 3} more` : '';
  const said = state?.resources.find(({ status }) => status === 'PruneSkipped')?.message ?? '';
  const first = differing[0];
  return {
    kind: 'drift',
    message:
      skipped.length > 0 && skipped.length === differing.length
        ? `${count(skipped.length, 'object')} no longer in Git should be deleted and ${skipped.length === 1 ? 'is' : 'are'} not (${shown}${more})${said === '' ? '' : `: ${quote(said)}`}`
        : `the sync has succeeded, and yet the cluster differs from Git: ${shown === '' ? 'Argo CD does not say in what' : shown}${more}`,
    remedy:
      skipped.length > 0 && skipped.length === differing.length
        ? 'Let the sync prune, or delete them by hand.'
        : 'Something else writes these objects. Take what it sets out of Git, or name it under ignoreDifferences.',
    ...(first === undefined ? {} : { resource: first }),
  };
}
