import { isDeepStrictEqual } from 'node:util';
import { expect } from '@jest/globals';
import {
  asksForChange,
  type RunningStep,
  rememberResources,
  type StepResult,
  type World,
  type WorldRequest,
} from '@suite/sandbox';
import { type BundleWorld, errors, type RunOptions, succeeded } from './bundle.ts';
import { tellCells } from './count-cells.ts';
import { finishRun } from './finished-run.ts';
import { loseMachine, untilQuiet } from './lost-machine.ts';

/** Something that a command changes outside of its machine: a request, and how many like it come before. */
export interface Effect {
  readonly what: string;
  readonly nth: number;
}

/** `before`: the request never arrived; `after`: it did its work, and nobody heard the answer. */
interface Cell extends Effect {
  readonly when: 'before' | 'after';
}

type Run = (options: Pick<RunOptions, 'onStart'>) => Promise<StepResult>;

/** Terraform writes the state as well whenever it has worked for 20 s: only its first write is certain. */
const isStateWrite = /^PUT \S+\.tfstate$/;

/** Runs undisturbed. Gives everything that it changed, in order. */
export async function effectsOf(world: World, run: () => Promise<StepResult>): Promise<readonly Effect[]> {
  const seen: string[] = [];
  const watching = world.faults.add({
    match: request => {
      const what = describeEffect(request);
      if (what !== undefined) seen.push(what);
      return false;
    },
    answer: 'reset',
  });
  await run();
  watching.remove();
  return seen
    .map((what, index) => ({ what, nth: seen.slice(0, index).filter(earlier => earlier === what).length }))
    .filter(({ what, nth }) => nth === 0 || !isStateWrite.test(what));
}

function cellsOf(effects: readonly Effect[]): readonly Cell[] {
  return effects.flatMap(effect => (['before', 'after'] as const).map(when => ({ ...effect, when })));
}

/** Runs, and loses the machine at an effect: a counted request, not a moment. */
async function loseAt(world: World, { what, nth, when }: Cell, run: Run): Promise<void> {
  let running: RunningStep | undefined;
  const match = (request: WorldRequest) => describeEffect(request) === what;
  const once = { match, skip: nth, times: 1 };
  const faults = [world.faults.add({ ...once, answer: { call: () => loseMachine(running) } })];
  if (when === 'before') faults.push(world.faults.add({ ...once, answer: 'reset' }));
  const { exitCode } = await run({
    onStart: started => {
      running = started;
    },
  });
  await untilQuiet(world);
  for (const fault of faults) {
    expect(fault.struck()).toBe(1);
    fault.remove();
  }
  expect(exitCode).not.toBe(0);
}

/** Undefined for what changes nothing, and for what only time decides how often it comes: the renewal of a lease. */
function describeEffect(request: WorldRequest): string | undefined {
  const { method, host, path, query, headers } = request;
  if (!asksForChange({ method, path, query: query.toString() })) return undefined;
  const action = headers['x-ms-lease-action'];
  if (action === 'renew') return undefined;
  const comp = query.get('comp');
  const more = [...(comp === null ? [] : [comp]), ...(typeof action === 'string' ? [action] : [])];
  // The id of an upload is another one each time, and so is the digest of what tells the time.
  const place = `${host}${path}`.replace(/(?<=\/blobs\/uploads\/)[^/]+$|(?<=\/manifests\/sha256:).*$/, '*');
  return [method, place, ...more].join(' ');
}

interface Play {
  /** Puts everything back to where every cell begins. */
  readonly startAnew: () => void | Promise<void>;
  readonly run: Run;
  /** Time passes. Gives all that the next run can see of the one that died. */
  readonly whatIsLeft: () => object;
  /** What a person does who follows the messages, to the end. Gives what it comes to. */
  readonly goOn: () => Promise<object>;
  /** What an undisturbed run comes to. */
  readonly end: object;
}

/**
 * Loses the machine in every cell, and says how many come to what an undisturbed run comes to. The next run sees nothing of the one that died but
 * what it left, so of cells that leave the same, which is the rule for after one effect and before the next, one goes on for all.
 */
export async function playCells(
  command: string,
  world: World,
  effects: readonly Effect[],
  { startAnew, run, whatIsLeft, goOn, end }: Play,
): Promise<void> {
  const cells = cellsOf(effects);
  const differences = new Map<string, string | undefined>();
  const play = async (cell: Cell): Promise<string | undefined> => {
    await startAnew();
    await loseAt(world, cell, run);
    const left = JSON.stringify(whatIsLeft());
    if (!differences.has(left)) differences.set(left, differenceOf(await goOn(), end));
    return differences.get(left);
  };
  const diverged: string[] = [];
  for (const cell of cells) {
    const difference = await play(cell).catch((error: unknown) => String(error));
    if (difference !== undefined) diverged.push(`${cell.when} ${cell.what} (${cell.nth}): ${difference}`);
  }
  tellCells(command, effects.length, cells.length, cells.length - diverged.length);
  expect(diverged).toEqual([]);
}

function differenceOf(came: object, end: object): string | undefined {
  return isDeepStrictEqual(came, end) ? undefined : `came to ${JSON.stringify(came)}`;
}

type Handed = Readonly<Record<'expected-digest' | 'plan-key' | 'plan-sha256', string>>;

export interface StoredMatrix {
  readonly effects: readonly Effect[];
  /** What an undisturbed run comes to. */
  readonly end: ReturnType<ReturnType<typeof watchScope>['look']>;
  play(): Promise<void>;
}

/** `apply` or `destroy` of what is planned now: as two jobs do it, and run again as failed jobs are. */
export async function openStoredMatrix(
  sandbox: BundleWorld,
  scope: string,
  command: 'apply' | 'destroy',
): Promise<StoredMatrix> {
  const { world, run } = sandbox;
  const watch = watchScope(sandbox, scope);
  const more: Readonly<Record<string, string>> = command === 'destroy' ? { destroy: 'true' } : {};
  const plan = async (): Promise<Handed> => {
    const inputs = { command: 'plan', scope, 'store-plan': 'true', ...more };
    const { outputs } = succeeded(await run(inputs, { machine: 'planner' }));
    const { digest = '', 'plan-key': key = '', 'plan-sha256': sha256 = '' } = outputs;
    return { 'expected-digest': digest, 'plan-key': key, 'plan-sha256': sha256 };
  };
  const reviewed = await plan();
  const confirmed: Readonly<Record<string, string>> = command === 'destroy' ? { confirm: scope } : {};
  const perform = (options: RunOptions, handed = reviewed) =>
    run({ command, scope, ...handed, ...confirmed }, { ...options, machine: command });
  const unlock = () => {
    const token = world.github.issueToken({ repository: sandbox.repository.name, permissions: { actions: 'read' } });
    const options = { environment: { GITHUB_RUN_ID: '4712', GITHUB_ACTOR: 'hubot' } };
    return run({ command: 'unlock', scope, 'github-token': token }, options);
  };
  const resources = rememberResources(world.azure);
  const storage = watch.remember();
  const effects = await effectsOf(world, async () => succeeded(await perform({})));
  const end = watch.look();
  return {
    effects,
    end,
    play: () =>
      playCells(`${command} of ${scope}`, world, effects, {
        startAnew: () => {
          resources();
          storage();
        },
        run: options => perform(options),
        whatIsLeft: () => {
          watch.runIsOver();
          return watch.look();
        },
        goOn: async () => {
          if (watch.look().lock !== 'free') await watch.releaseLock(unlock);
          const again = await perform({ environment: { GITHUB_RUN_ATTEMPT: '2' } });
          // What the dead run made, or wrote down, is in no plan of before.
          const isOutdated = errors(again).some(message =>
            /Plan again|run all jobs of the workflow again/.test(message),
          );
          if (isOutdated) succeeded(await perform({}, await plan()));
          else succeeded(again);
          return watch.look();
        },
        end,
      }),
  };
}

/** What a scope has, in Azure and in its state account, and what is done there by time and by people. */
function watchScope(sandbox: BundleWorld, scope: string) {
  const { views, world } = sandbox;
  const view = views.find(one => one.scope === scope);
  if (view === undefined) throw new Error(`The example has no ${scope}.`);
  const { account, container, key } = view.state;
  const { azure } = world;
  const plans = () => azure.blobs(account, 'plans');
  const state = () => {
    const blob = azure.readBlob(account, container, key);
    if (blob === undefined) throw new Error(`${scope} has no state.`);
    return blob;
  };
  const lease = () => azure.readBlob(account, container, `${key}.run`);
  return {
    /** But for what is another in every run: ids of leases and locks, and times. */
    look: () => ({
      resources: azure
        .resources()
        .map(({ id, properties }) => `${id} ${(properties as { provisioningState?: string })?.provisioningState ?? ''}`)
        .sort(),
      recorded: recordedIn(state().content),
      lock: state().lease.state !== 'leased' ? 'free' : 'terraformlockid' in state().metadata ? 'signed' : 'unsigned',
      lease: Object.keys(lease()?.metadata ?? {}),
      isHeld: lease() !== undefined,
      plans: plans().map(({ name }) => name),
    }),
    /** As the message says. A lock that nobody signed is a person's to break: no program can say whose it is. */
    releaseLock: async (unlock: () => Promise<StepResult>) => {
      if ('terraformlockid' in state().metadata) return void succeeded(await unlock());
      const [message = ''] = errors(await unlock());
      expect(message).toMatch(/whoever took it noted nothing.*`az storage blob lease break /);
      azure.breakLease(account, container, key);
    },
    /** A minute passes in which nobody renews the lease, and GitHub has heard of the end of the run. */
    runIsOver: () => {
      if (lease() !== undefined) azure.breakLease(account, container, `${key}.run`);
      finishRun(sandbox);
    },
    /** Remembers state and stored plans; the answer puts them back, with nobody holding anything. */
    remember: () => {
      const { content } = state();
      const stored = plans();
      return () => {
        // A lease would outlive a write.
        for (const name of [key, `${key}.run`]) azure.deleteBlob(account, container, name);
        azure.writeBlob(account, container, key, content);
        for (const { name } of plans()) azure.deleteBlob(account, 'plans', name);
        for (const plan of stored) azure.writeBlob(account, 'plans', plan.name, plan.content, plan.metadata);
      };
    },
  };
}

/** Address and id of what a state holds. */
function recordedIn(content: Buffer): string[] {
  const { resources } = JSON.parse(content.toString('utf8')) as RecordedState;
  return resources
    .filter(({ mode }) => mode === 'managed')
    .flatMap(({ module = '', type, name, instances }) =>
      instances.map(({ attributes }) => `${module} ${type}.${name} ${attributes.id}`),
    )
    .sort();
}

interface RecordedState {
  readonly resources: readonly {
    readonly mode: string;
    readonly module?: string;
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly attributes: { readonly id: string } }[];
  }[];
}
