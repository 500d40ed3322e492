import { expect, test } from '@jest/globals';
import type { LeaseView, RunNote, SeenRun, StateLock } from '@suite/lease';
import { engines } from '@suite/terraform';
import { cellsOf, countingMachine, type Loss } from './lost-machine.fixture.ts';
import type { Services } from './ports.ts';
import { recordingLog, runContext } from './run.fixture.ts';
import { unlock } from './unlock.ts';
import { environmentView as view } from './views.fixture.ts';
import { restoreWorkspace as workspace } from './workspace.fixture.ts';

/** `unlock`, whose machine is lost before and after each thing that it does in the storage account: the next one completes. */
interface Storage {
  /** Serial of the state, and Terraform's lock on it. */
  serial: number;
  lock: StateLock | undefined;
  /** Id of whoever holds the lease; a dead run does not renew it. */
  holder: string | undefined;
  note: RunNote | undefined;
  /** Serial of what an apply could not write. */
  kept: number | undefined;
}

const began = Date.parse('2026-11-23T04:58:00Z');
const host = 'runner-1';
const pageOf = (id: number) => `https://github.com/contoso/platform/actions/runs/${id}`;

/** What a run leaves that died while Terraform held the lock, after another apply could not write its state. */
const left = (): Storage => ({
  serial: 7,
  lock: {
    id: 'lock-6',
    operation: 'OperationTypeApply',
    who: `root@${host}`,
    created: new Date(began + 10_000).toISOString(),
  },
  holder: undefined,
  note: {
    run: pageOf(6),
    runId: '6',
    actor: 'hubot',
    command: 'apply',
    startedAt: new Date(began).toISOString(),
    attempt: '1',
    host,
  },
  kept: 8,
});

/** One run. Gives what it did in the storage, in order. */
async function run(id: number, storage: Storage, loss?: Loss) {
  const { effects, effect, isLost } = countingMachine(loss);
  const now = began + id * 3_600_000;
  const azure = {
    readState: async () => ({
      exists: true,
      lease: storage.lock === undefined ? 'available' : 'leased',
      lock: storage.lock,
    }),
    stateLock: {
      release: async (lockId: string) =>
        effect('release the lock', () => {
          if (storage.lock?.id !== lockId) return false;
          storage.lock = undefined;
          return true;
        }),
    },
    lease: {
      look: async (): Promise<LeaseView> => {
        if (storage.holder !== undefined) return { state: 'held', note: storage.note };
        return storage.note === undefined ? { state: 'free' } : { state: 'abandoned', note: storage.note };
      },
      take: async (leaseId: string, note: RunNote) => {
        effect('take the lease', () => {
          storage.holder = leaseId;
        });
        effect('sign the lease', () => {
          storage.note = note;
        });
        return {
          lastsMs: 60_000,
          renew: async () => true,
          release: async () =>
            effect('give the lease back', () => {
              storage.holder = undefined;
              storage.note = undefined;
            }),
        };
      },
    },
    savedState: {
      read: async () =>
        storage.kept === undefined ? undefined : JSON.stringify({ lineage: 'a', serial: storage.kept, resources: [] }),
      remove: async () =>
        effect('remove what was kept', () => {
          storage.kept = undefined;
        }),
    },
  };
  const terraform = {
    engine: engines.terraform,
    init: async () => undefined,
    revision: async () => ({ lineage: 'a', serial: storage.serial }),
    recorded: async () => [],
    push: async () => {
      effect('lock the state', () => {
        storage.lock = {
          id: `lock-${id}`,
          operation: 'OperationTypeInvalid',
          who: `root@${host}`,
          created: new Date(now).toISOString(),
        };
      });
      effect('write the state', () => {
        storage.serial = storage.kept ?? storage.serial;
      });
      effect('unlock the state', () => {
        storage.lock = undefined;
      });
    },
  };
  const { log } = recordingLog();
  const services = {
    context: { ...runContext, runId: String(id), runUrl: pageOf(id), runAttempt: '1' },
    host,
    log,
    clock: {
      now: () => now,
      sleep: (_: number, signal?: AbortSignal) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    },
    // Whoever is asked about is over by then.
    findRun: async (of: string): Promise<SeenRun> => {
      const at = new Date(began + Number(of === '6' ? 0 : of) * 3_600_000 + 60_000).toISOString();
      const from = new Date(Date.parse(at) - 120_000).toISOString();
      return {
        attempt: 1,
        isOver: true,
        conclusion: 'cancelled',
        createdAt: from,
        updatedAt: at,
        startedAt: from,
        jobs: [],
      };
    },
    summary: { append: async () => undefined },
    newId: () => `lease-${id}`,
    connect: () => azure,
    openTerraform: async () => terraform,
    setOutputs: () => undefined,
  } as unknown as Services;
  const target = { view, platform: undefined as never, identity: { name: 'apply identity', clientId: 'c' } };
  const request = {
    command: 'unlock',
    platformFile: '',
    scope: 'dev',
    region: undefined,
    run: undefined,
    token: 't',
    clientId: undefined,
    leaseWaitMs: 0,
  } as const;
  const error = await unlock(request, target, services, async () => workspace).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { effects, error, isLost: isLost() };
}

const done: Storage = { serial: 8, lock: undefined, holder: undefined, note: undefined, kept: undefined };

test('lost at each of its effects, the next one completes: nothing is lost, nothing is restored twice', async () => {
  const undisturbed = left();
  const { effects, error } = await run(10, undisturbed);
  expect(error).toBeUndefined();
  expect(undisturbed).toEqual(done);
  const cells = cellsOf(effects);
  const diverged: string[] = [];
  for (const { what, at, when } of cells) {
    const storage = left();
    const killed = await run(10, storage, { at, when });
    expect(killed.isLost).toBe(true);
    // A minute passes in which nobody renews it.
    storage.holder = undefined;
    const next = await run(11, storage);
    if (next.error !== undefined || JSON.stringify(storage) !== JSON.stringify({ ...storage, ...done })) {
      diverged.push(`${what}: ${next.error instanceof Error ? next.error.message : JSON.stringify(storage)}`);
    }
  }
  process.stdout.write(
    `unlock: ${effects.length} effects, ${cells.length - diverged.length} of ${cells.length} cells converge\n`,
  );
  expect(diverged).toEqual([]);
  expect(effects).toEqual([
    'release the lock',
    'take the lease',
    'sign the lease',
    'give the lease back',
    'take the lease',
    'sign the lease',
    'lock the state',
    'write the state',
    'unlock the state',
    'remove what was kept',
    'give the lease back',
  ]);
});
