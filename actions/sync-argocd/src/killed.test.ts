import { isDeepStrictEqual } from 'node:util';
import { expect, test } from '@jest/globals';
import { parseImageReference } from '@suite/platform-file';
import type { Request } from './inputs.ts';
import { type Cell, type PlayedWorld, playWorld, registry } from './killed.fixture.ts';
import { rollBack } from './rollback-command.ts';
import { sync } from './sync-command.ts';

type Commands = 'sync' | 'rollback';
type Order = { readonly command: Commands } & Readonly<Partial<Record<string, unknown>>>;

const bundleOf = (digit: string) => `sha256:${digit.repeat(64)}`;

/** Brings the image with the digit. */
const bring = (digit: string, more: object = {}): Order => {
  const source = parseImageReference(`${registry}/apps/web@sha256:${digit.repeat(64)}`);
  return { command: 'sync', images: [{ name: 'web', source }], bundle: bundleOf(digit), rollsBack: false, ...more };
};
const goBack = (bundle?: string): Order => ({ command: 'rollback', bundle });

interface Case {
  readonly applications?: string;
  /** What was done before. */
  readonly before: readonly Order[];
  /** Digit of an image that never comes up. */
  readonly broken?: string;
  readonly order: Order;
  /** What it cannot do without, so that none of it goes unseen. */
  readonly effects: readonly string[];
}

const automatic = '{ repository: contoso/gitops, apps: [{ name: web, images: [web] }] }';
const cases: Readonly<Record<string, Case>> = {
  'sync, for the first time': {
    before: [],
    order: bring('1'),
    effects: [
      'apply AppProject contoso',
      'apply Application web',
      'apply Namespace web',
      'apply Secret aks-platform-cluster',
      'commit: Deliver web to dev',
      'sync web',
      'write the record',
    ],
  },
  'sync of what never comes up, with `on-failure: rollback`': {
    before: [bring('1')],
    broken: '2',
    order: bring('2', { rollsBack: true, timeoutMs: 120_000 }),
    effects: ['commit: Deliver web to dev', 'sync web', 'terminate web', 'write the record'],
  },
  'rollback by a commit': {
    before: [bring('1'), bring('2')],
    order: goBack(),
    effects: ['commit: Take web in dev back', 'sync web', 'write the record'],
  },
  'rollback by history': {
    applications: automatic.replace('apps:', 'sync: manual, apps:'),
    before: [bring('1'), bring('1', { bundle: bundleOf('9') })],
    order: goBack(bundleOf('1')),
    effects: ['sync web', 'write the record'],
  },
  'rollback of what Applications say': {
    applications: automatic.replace('apps:', 'deliver: application, apps:'),
    before: [bring('1'), bring('2')],
    order: goBack(),
    effects: ['apply Application web', 'sync web', 'write the record'],
  },
};

async function open({ applications = automatic, before, broken }: Case): Promise<PlayedWorld> {
  const world = await playWorld(applications);
  for (const order of before) {
    const { error } = await perform(world, order, 1);
    if (error !== undefined) throw error;
    // What is proven at the same moment is told apart by nothing.
    world.commit({ 'environments/dev/web/note.md': `after ${String(order['bundle'])}\n` });
  }
  if (broken !== undefined) world.broken.add(broken);
  return world;
}

interface Performed {
  readonly effects: readonly string[];
  readonly isLost: boolean;
  readonly error?: unknown;
}

async function perform(world: PlayedWorld, order: Order, attempt: number, cell?: Cell): Promise<Performed> {
  const { services, connected, effects, lost } = world.machine(attempt, cell);
  const request = {
    timeoutMs: 600_000,
    images: [],
    leaseWaitMs: 0,
    applications: undefined,
    ...order,
  } as unknown as Request;
  const { target } = world;
  const work = () => {
    if (request.command === 'sync') return sync(request, target, services, connected, services.clock.now());
    if (request.command === 'rollback') return rollBack(request, target, services, connected);
    throw new Error(`${request.command} changes nothing.`);
  };
  const outcome = await world.settle(Promise.race([lost, work()]));
  return { effects, isLost: outcome === 'lost', ...(outcome === 'lost' ? {} : { error: outcome.error }) };
}

test.each(Object.keys(cases))(
  '%s: the machine may be lost at every effect',
  async name => {
    const given = cases[name] as Case;
    const undisturbed = await open(given);
    const { effects, error } = await perform(undisturbed, given.order, 1);
    expect(error === undefined).toBe(given.broken === undefined);
    expect(effects).toEqual(expect.arrayContaining([...given.effects]));
    const end = await undisturbed.look();
    await undisturbed.remove();

    const cells = effects.flatMap((_, nth): Cell[] => [
      { nth, when: 'before' },
      { nth, when: 'after' },
    ]);
    const diverged: string[] = [];
    for (const cell of cells) {
      const world = await open(given);
      expect((await perform(world, given.order, 1, cell)).isLost).toBe(true);
      const again = await perform(world, given.order, 2);
      const came = await world.look();
      const isSame = isDeepStrictEqual(came, end) && (again.error === undefined) === (error === undefined);
      if (!isSame) diverged.push(`${cell.when} ${effects[cell.nth]}: ${String(again.error)} ${JSON.stringify(came)}`);
      await world.remove();
    }
    process.stdout.write(
      `sync-argocd ${name}: ${effects.length} effects, ${cells.length - diverged.length} of ${cells.length} cells converge\n`,
    );
    expect(diverged).toEqual([]);
  },
  120_000,
);
