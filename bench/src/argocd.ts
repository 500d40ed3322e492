import { type Ended, type Followed, openArgoBench } from './argocd-world.ts';
import { type Case, type Goal, type Measurement, median } from './measurement.ts';

const sizes = [1, 250, 500, 1000];
/** 200 MB. */
const mostMemory = 200e6 / 2 ** 20;
const mostAfter = 500;
/** Of what a doubling of the applications may add to what one takes: a little more than double. */
const linear = 2.5;

/**
 * `sync-argocd` as it ships: how soon it ends once an application is there (`wait` beside a real API server, `sync` with delivery, proof
 * and record in the sandbox's cluster), and what it needs to follow a thousand Applications of a real API server at once.
 *
 * "There" is the moment in which the object says Synced and Healthy, with the operation over. From then on it has to stay so for a
 * quarter of a second, or for one and a half where comparison and operation have the same second (`patience` in packages/argocd): that
 * time is declared, and taken off.
 */
export async function measureArgocd(rounds = 5): Promise<Measurement> {
  const bench = await openArgoBench();
  try {
    const syncs = await several(rounds, bench.sync);
    const waits = await several(rounds, bench.wait);
    const followed = new Map<number, Followed>();
    for (const size of sizes) followed.set(size, await bench.follow(size));
    const one = needOf(followed, 1);
    const cases: Case[] = [
      after('wait', waits),
      after('sync', syncs),
      ...[...followed].flatMap(([size, { peak, cpu, kilobytes }]) => [
        row(`${size} followed`, 'peak memory', 'MiB', peak, { 'KB each': kilobytes }),
        row(`${size} followed`, 'processor', 's', cpu, {}),
      ]),
    ];
    return { name: 'argocd', cases, goals: [...['wait', 'sync'].map(quick), ...small(), straight()] };

    function quick(name: string): Goal {
      const times = name === 'wait' ? waits : syncs;
      const ms = median(times.map(({ beyond }) => beyond));
      return {
        goal: `${name} ends at most ${mostAfter} ms after the application is there and has stayed so`,
        verdict: ms <= mostAfter ? 'met' : 'missed',
        because: `${ms.toFixed(0)} ms, and ${median(times.map(({ stable }) => stable))} ms of staying so`,
      };
    }

    function small(): Goal[] {
      const { peak } = needOf(followed, 1000);
      const because = `${peak.toFixed(0)} MiB; ${one.peak.toFixed(0)} MiB with one`;
      return [{ goal: '1000 applications in at most 200 MB', verdict: peak <= mostMemory ? 'met' : 'missed', because }];
    }

    function straight(): Goal {
      const more = (size: number, pick: (need: Followed) => number) => pick(needOf(followed, size)) - pick(one);
      const growth = (pick: (need: Followed) => number) =>
        [500, 1000].map(size => more(size, pick) / Math.max(more(size / 2, pick), 1e-9));
      const [memory, processor] = [growth(({ peak }) => peak), growth(({ cpu }) => cpu)];
      const shown = (factors: readonly number[]) => factors.map(factor => factor.toFixed(2)).join(' and ');
      return {
        goal: 'twice as many applications need twice as much',
        verdict: [...memory, ...processor].every(factor => factor <= linear) ? 'met' : 'missed',
        because: `memory times ${shown(memory)}, processor times ${shown(processor)}`,
      };
    }
  } finally {
    await bench.close();
  }
}

async function several(rounds: number, run: () => Promise<Ended>): Promise<readonly Ended[]> {
  const ends: Ended[] = [];
  for (let round = 0; round < rounds; round++) ends.push(await run());
  return ends;
}

function after(name: string, ends: readonly Ended[]): Case {
  const stable = median(ends.map(one => one.stable));
  return row(`${name}: there to end`, 'beyond', 'ms', median(ends.map(({ beyond }) => beyond)), { 'stays so': stable });
}

function row(name: string, metric: string, unit: string, ours: number, peers: Case['peers']): Case {
  return { case: name, metric, unit, ours, peers };
}

function needOf(followed: ReadonlyMap<number, Followed>, size: number): Followed {
  const need = followed.get(size);
  if (need === undefined) throw new Error(`${size} applications were not followed.`);
  return need;
}
