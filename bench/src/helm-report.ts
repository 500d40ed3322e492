import { type Case, type Goal, type Measurement, median } from './measurement.ts';

type Contender = 'ours plan' | 'ours apply' | 'helmfile diff' | 'helmfile apply' | 'helmfile sync' | 'loop';
export type Step = `${Contender}, ${'first' | 'again' | 'waiting'}` | 'helmfile template';

export interface HelmSamples {
  readonly seconds: ReadonlyMap<Step, readonly number[]>;
  /** Release Secrets that an apply without a change wrote, by round. */
  readonly written: { readonly ours: readonly number[]; readonly helmfile: readonly number[] };
  /** Objects that were changed by hand, and how many of them a plan showed. `helmfile` is undefined where it cannot diff. */
  readonly drift: { readonly made: number; readonly ours: number; readonly helmfile?: number };
}

/** The table, and whether the goals are met. `critical`: seconds below which nobody gets where releases have to wait. */
export function helmMeasurement(samples: HelmSamples, critical: number): Measurement {
  const seconds = (step: Step) => {
    const values = samples.seconds.get(step);
    return values === undefined ? undefined : median(values);
  };
  const row = (name: string, ours: Step, peers: Readonly<Record<string, Step>>): Case => ({
    case: name,
    metric: 'wall',
    unit: 's',
    ours: seconds(ours) ?? Number.NaN,
    peers: Object.fromEntries(
      Object.entries(peers).flatMap(([peer, step]) => {
        const value = seconds(step);
        return value === undefined ? [] : [[peer, value]];
      }),
    ),
  });
  const { written, drift } = samples;
  const cases: Case[] = [
    // helmfile cannot say what it would change as long as a kind is missing that an earlier release brings.
    row('plan, all new', 'ours plan, first', { 'helmfile template': 'helmfile template' }),
    row('plan, no change', 'ours plan, again', {
      'helmfile diff': 'helmfile diff, again',
      'helmfile template': 'helmfile template',
    }),
    row('first apply', 'ours apply, first', { loop: 'loop, first', 'helmfile sync': 'helmfile sync, first' }),
    row('apply, no change', 'ours apply, again', {
      'helmfile apply': 'helmfile apply, again',
      'helmfile sync': 'helmfile sync, again',
    }),
    {
      ...row('apply, waiting', 'ours apply, waiting', { 'helmfile sync': 'helmfile sync, waiting' }),
      peers: {
        'critical path': critical,
        ...row('', 'ours apply, waiting', { 'helmfile sync': 'helmfile sync, waiting' }).peers,
      },
    },
    {
      case: 'apply, no change',
      metric: 'written',
      unit: 'release Secrets',
      ours: Math.max(...written.ours),
      peers: { 'helmfile sync': Math.max(...written.helmfile) },
    },
    {
      case: 'changed by hand',
      metric: 'shown',
      unit: `of ${drift.made}`,
      ours: drift.ours,
      peers: drift.helmfile === undefined ? {} : { 'helmfile diff': drift.helmfile },
    },
  ];
  const within = (goal: string, ours: number | undefined, limit: number | undefined, lacking: string): Goal =>
    ours === undefined || limit === undefined
      ? { goal, verdict: 'not measured', because: lacking }
      : { goal, verdict: ours <= limit ? 'met' : 'missed', because: `${ours.toFixed(2)} s of ${limit.toFixed(2)} s` };
  const part = (value: number | undefined, factor: number) => (value === undefined ? undefined : value * factor);
  const noDiff = 'the plug-in helm-diff is not in HELM_PLUGINS, so helmfile cannot plan';
  const again = seconds('helmfile apply, again');
  const exactly = (goal: string, isMet: boolean, because: string): Goal => ({
    goal,
    verdict: isMet ? 'met' : 'missed',
    because,
  });
  return {
    name: 'helm',
    cases,
    goals: [
      within(
        'a plan takes a quarter of what helmfile diff takes',
        seconds('ours plan, again'),
        part(seconds('helmfile diff, again'), 0.25),
        noDiff,
      ),
      within(
        `an apply without a change takes a quarter of what helmfile ${again === undefined ? 'sync' : 'apply'} takes`,
        seconds('ours apply, again'),
        part(again ?? seconds('helmfile sync, again'), 0.25),
        noDiff,
      ),
      within(
        'a first apply takes no longer than the loop',
        seconds('ours apply, first'),
        seconds('loop, first'),
        'no round was run',
      ),
      within(
        'where releases wait, it takes 1.2 times the critical path',
        seconds('ours apply, waiting'),
        1.2 * critical,
        'no round was run',
      ),
      exactly('what was changed by hand is shown', drift.ours === drift.made, `${drift.ours} of ${drift.made} objects`),
      exactly(
        'an apply without a change writes no release Secret',
        written.ours.every(count => count === 0),
        `${Math.max(...written.ours)} written`,
      ),
    ],
  };
}
