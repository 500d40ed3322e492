import { operationInTheWay } from '@suite/argocd';
import { findAll, type Refusal } from './check.ts';
import type { SyncPlan } from './plan.ts';
import type { SyncPorts } from './ports.ts';
import { sayRegularly } from './progress.ts';
import { isOfRun, takenBy, waitsFor } from './taken.ts';

const pauseMs = 2000;

/**
 * Waits until nobody else syncs the plan's applications: what is delivered under somebody's sync that does not end would not arrive. Argo CD's
 * own syncs end by themselves. Gives those that were not free in time; comes back at once when the run is cancelled.
 */
export async function waitForOthers(
  plan: SyncPlan,
  ports: Pick<SyncPorts, 'argo' | 'clock' | 'log' | 'signal'>,
): Promise<readonly Refusal[]> {
  const { clock, signal } = ports;
  const refs = plan.applications.map(({ name, namespace }) => ({ name, namespace: namespace ?? plan.argoNamespace }));
  const began = clock.now();
  const reporter = sayRegularly('before anything is delivered', ports);
  try {
    for (;;) {
      const { applications } = await findAll(refs, ports);
      const taken = applications.flatMap(({ ref, application }) => {
        const inTheWay = operationInTheWay(application, plan.mark.id);
        const isOurs = application.operation?.isAutomated === true || isOfRun(application, plan.mark.run);
        return inTheWay === undefined || isOurs ? [] : [{ ref, inTheWay }];
      });
      const [first] = taken;
      if (first === undefined || signal.aborted) return [];
      const waited = clock.now() - began;
      if (waited >= plan.timeoutMs)
        return taken.map(({ ref, inTheWay }) => ({ ref, cause: takenBy(inTheWay, waited) }));
      reporter.say(`${first.ref.name} is ${waitsFor(first.inTheWay)}`);
      await clock.sleep(pauseMs, signal).catch(() => undefined);
    }
  } finally {
    reporter.end();
  }
}
