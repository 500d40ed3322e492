/** Whoever wants a concurrency group for itself: a run, or a job. */
export interface Contender {
  /** Names ignore case and span the workflows of a repository. */
  readonly repository: string;
  readonly group: string;
  readonly cancelInProgress: boolean;
  readonly queue: 'single' | 'max';
  /** Cancels the contender while it holds the group or waits for it. */
  cancel(reason: string): void;
}

export interface ConcurrencyGroups {
  /** Resolves once the group is the contender's; rejects with the signal's reason. The result frees it. */
  enter(contender: Contender, signal: AbortSignal): Promise<() => void>;
}

interface Group {
  holder: Contender | undefined;
  readonly pending: { readonly contender: Contender; readonly begin: () => void }[];
}

/** GitHub's figure for `queue: max`. */
const longestQueue = 100;

export function createConcurrencyGroups(): ConcurrencyGroups {
  const groups = new Map<string, Group>();

  const enter: ConcurrencyGroups['enter'] = (contender, signal) => {
    const key = `${contender.repository}\n${contender.group}`.toLowerCase();
    const group: Group = groups.get(key) ?? { holder: undefined, pending: [] };
    groups.set(key, group);

    const leave = () => {
      if (group.holder !== contender) return;
      const next = group.pending.shift();
      group.holder = next?.contender;
      if (next === undefined) groups.delete(key);
      else next.begin();
    };
    if (signal.aborted) return Promise.reject(signal.reason);
    if (group.holder === undefined) {
      group.holder = contender;
      return Promise.resolve(leave);
    }
    return new Promise((resolve, reject) => {
      const abort = () => {
        const at = group.pending.indexOf(place);
        if (at >= 0) group.pending.splice(at, 1);
        reject(signal.reason);
      };
      const place = {
        contender,
        begin: () => {
          signal.removeEventListener('abort', abort);
          resolve(leave);
        },
      };
      signal.addEventListener('abort', abort, { once: true });
      makeWay(group, contender);
      // Whoever comes to a full queue is cancelled itself, which its own signal tells.
      if (contender.queue === 'max' && group.pending.length >= longestQueue) {
        contender.cancel(`Canceling since the queue of the concurrency group '${contender.group}' is full`);
        return;
      }
      group.pending.push(place);
    });
  };
  return { enter };
}

function makeWay(group: Group, contender: Contender): void {
  const reason = `Canceling since a higher priority waiting request for '${contender.group}' exists`;
  if (contender.queue === 'single') for (const { contender: other } of [...group.pending]) other.cancel(reason);
  if (contender.cancelInProgress) group.holder?.cancel(reason);
}
