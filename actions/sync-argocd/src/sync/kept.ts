import { type Application, type ResourceResult, readApplication } from '@suite/argocd';
import { workloadKinds } from '@suite/kubernetes/workloads';
import { keyOf } from './ports.ts';
import { reuse } from './reuse.ts';

/**
 * What is kept of an Application while it is followed, of which there may be thousands: no history, of its objects those that say
 * something (what differs or is not well), that bring others, or that have pods; of the operation's results those that tell why it waits or
 * has failed.
 */
export function readKept(object: unknown): Application {
  const application = readApplication(object);
  const { status } = application;
  const { state } = status;
  return {
    ...application,
    // A wait looks at none of them, and one may hold the whole object once more (kubectl's last-applied-configuration).
    annotations: {},
    status: {
      ...status,
      history: [],
      resources: status.resources.filter(
        ({ group, kind, sync, health, needsPruning }) =>
          sync !== 'Synced' ||
          needsPruning ||
          (health !== undefined && health.status !== 'Healthy') ||
          group === 'argoproj.io' ||
          workloadKinds[kind]?.startsWith(`${group}/`) === true,
      ),
      state: state && { ...state, resources: state.resources.filter(one => saysSomething(one, state.phase)) },
    },
  };
}

/**
 * Reads Applications again and again, as they change. What is the same as before (or as in the one read last) is the same object, so that a
 * look at thousands that change in little leaves little behind.
 */
export function createKeeper(): (object: unknown) => Application {
  const known = new Map<string, Application>();
  let last: Application | undefined;
  return object => {
    const read = readKept(object);
    const key = keyOf(read);
    last = reuse(read, known.get(key) ?? last);
    known.set(key, last);
    return last;
  };
}

function saysSomething({ status, hookPhase }: ResourceResult, phase: string): boolean {
  // What is no hook stays `Running` in the results of a sync that is over (gitops-engine, sync_context.go).
  const isRunning = hookPhase === 'Running' && (phase === 'Running' || phase === 'Terminating');
  return isRunning || ['Failed', 'Error'].includes(hookPhase) || ['SyncFailed', 'PruneSkipped'].includes(status);
}
