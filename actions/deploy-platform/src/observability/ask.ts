import type { Check } from '@suite/change-report';
import { type Clock, mapInParallel } from '@suite/foundation';
import { type Cluster, KubernetesFailure } from '@suite/kubernetes';
import type { Answer } from './answers.ts';
import type { Asked } from './asked.ts';

/** How long what was just applied may take to be seen: Prometheus looks every 30 seconds. */
export const usualPatienceMs = 60_000;
const pauseMs = 5_000;
const atOnce = 4;

interface Patience {
  readonly patienceMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Asks until everything is seen, or nobody can say, or patience ends. Never fails for what a service says or does not say. */
export async function askAll(
  asked: readonly Asked[],
  cluster: Pick<Cluster, 'ask'>,
  patience: Patience,
): Promise<readonly Check[]> {
  const until = patience.clock.now() + patience.patienceMs;
  const checks = await mapInParallel(asked, atOnce, async one => {
    const answers = await ask(one, cluster, patience, until);
    return one.rows.map(({ id, name, setting }, index): Check => {
      const { is, message } = answers[index] ?? { is: 'unknown', message: 'There was no answer.' };
      return { id, name, status: is === 'waiting' ? 'unknown' : is, message, setting };
    });
  });
  return checks.flat();
}

async function ask(
  one: Asked,
  cluster: Pick<Cluster, 'ask'>,
  { clock, signal }: Patience,
  until: number,
): Promise<readonly Answer[]> {
  for (;;) {
    const answers = await once(one, cluster, signal);
    const mayChange = answers.some(({ is }) => is === 'failed' || is === 'waiting');
    if (!mayChange || clock.now() + pauseMs > until) return answers;
    await clock.sleep(pauseMs, signal);
  }
}

async function once({ service, rows, judge, silence }: Asked, cluster: Pick<Cluster, 'ask'>, signal: AbortSignal) {
  try {
    return judge(await cluster.ask(service, signal));
  } catch (error) {
    if (!(error instanceof KubernetesFailure)) throw error;
    const message = error.problems[0]?.message.split('\n')[0] ?? 'It does not answer.';
    // A right that is missing and a page that is not there say nothing about what is behind it.
    const is = error.kind === 'busy' ? silence : 'unknown';
    return rows.map((): Answer => ({ is, message }));
  }
}
