import { at, type Fields, isSame, type KubeObject, text } from '../../objects.ts';
import {
  type AppCondition,
  automatedOf,
  hasManySources,
  isCompleted,
  operationStateOf,
  sourcesOf,
  statusOf,
  syncOptionsOf,
} from './application.ts';
import type { Comparison } from './compare.ts';

/** What automatic synchronization does about a comparison: an operation to begin, a condition to show, or nothing. */
export interface AutoSync {
  readonly operation?: Readonly<Fields>;
  readonly condition?: AppCondition;
  /** Look again after so many milliseconds. */
  readonly againMs?: number;
}

/** argo-cd, controller/appcontroller.go, autoSync. */
export function autoSync(application: KubeObject, comparison: Comparison, now: number): AutoSync {
  const automated = automatedOf(application);
  if (automated === undefined || application['operation'] !== undefined || comparison.sync !== 'OutOfSync') return {};
  if (application.metadata.deletionTimestamp !== undefined) return {};
  const { resources, revisions } = comparison;
  const isOut = (one: Readonly<Fields>) => one['status'] !== 'Synced';
  if (!automated.prune && resources.filter(isOut).every(one => one['requiresPruning'] === true)) return {};
  const isMany = hasManySources(application);
  const before = statusOf(application);
  if (isMany && !automated.selfHeal && isSame(at(before, 'sync')['revisions'], revisions)) return {};

  const state = operationStateOf(application);
  const attempt = attemptOf(application, state, revisions, isMany);
  const target = isMany ? `[${revisions.join(' ')}]` : (revisions[0] ?? '');
  const policy = at(application, 'spec', 'syncPolicy');
  const attempts = Number(at(state, 'operation', 'sync')['autoHealAttemptsCount'] ?? 0);
  if (attempt !== undefined && !isGood(attempt)) {
    const message = `Failed sync attempt to ${isMany ? (revisions[0] ?? '') : target}: ${text(state?.['message']) ?? ''}`;
    return { condition: { type: 'SyncError', message } };
  }
  if (attempt !== undefined && !automated.selfHeal) return {};
  if (attempt !== undefined) {
    const waitMs = backOff(attempts) - (now - Date.parse(text(state?.['finishedAt']) ?? ''));
    if (waitMs > 0) return { againMs: waitMs };
  }
  if (automated.prune && !automated.allowEmpty && resources.every(one => one['requiresPruning'] === true)) {
    const message = `Skipping sync attempt to ${target}: auto-sync will wipe out all resources`;
    return { condition: { type: 'SyncError', message } };
  }
  const options = syncOptionsOf(policy);
  const healed = resources
    .filter(isOut)
    .map(({ group, kind, name }) => ({ ...(group === undefined ? {} : { group }), kind, name }));
  return {
    operation: {
      sync: {
        ...(isMany ? { revisions } : { revision: revisions[0] }),
        ...(automated.prune ? { prune: true } : {}),
        ...(options.length === 0 ? {} : { syncOptions: options }),
        ...(attempt === undefined ? {} : { autoHealAttemptsCount: attempts + 1, resources: healed }),
      },
      initiatedBy: { automated: true },
      retry: policy['retry'] ?? { limit: 5 },
    },
  };
}

/** The phase of the last operation, when it was of this very revision and source. */
function attemptOf(
  application: KubeObject,
  state: Readonly<Fields> | undefined,
  revisions: readonly string[],
  isMany: boolean,
): unknown {
  const result = at(state, 'syncResult');
  if (state === undefined || state['syncResult'] === undefined) return undefined;
  const sources = sourcesOf(application).map(({ raw }) => raw);
  const isSameRevision = isMany ? isSame(result['revisions'], revisions) : result['revision'] === revisions[0];
  const isSameSource = isMany ? isSame(result['sources'], sources) : isSame(result['source'], sources[0]);
  return isSameRevision && isSameSource ? state['phase'] : undefined;
}

function isGood(phase: unknown): boolean {
  return phase === 'Succeeded' || !isCompleted(phase);
}

/** Two seconds, then three times as long each time, up to five minutes. */
function backOff(attempts: number): number {
  return attempts === 0 ? 0 : Math.min(2000 * 3 ** (attempts - 1), 300_000);
}
