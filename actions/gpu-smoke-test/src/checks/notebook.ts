import { duration } from '@suite/foundation';
import type { Finding } from '../verdict.ts';

/** What of the time a notebook gets is left for its own image, which is larger than the test's, and for its start. */
const leastLeft = 0.2;

/**
 * Whether a notebook with a GPU would have come up: JupyterHub gives one up that has not started within its limit
 * (`singleuser.startTimeout` of its chart), and starts over when the person does. `took`: from the pod's making until it ran.
 */
export function judgeNotebook(tookMs: number, startTimeoutSeconds: number): Finding {
  const limitMs = startTimeoutSeconds * 1000;
  const check = 'Start of a notebook';
  const evidence = `The pod of the test ran after ${duration(tookMs)}; JupyterHub gives a notebook up after ${duration(limitMs)}`;
  if (tookMs <= limitMs * (1 - leastLeft)) return { check, level: 'fine', evidence: `${evidence}.` };
  return {
    check,
    level: 'warning',
    evidence:
      tookMs > limitMs
        ? `${evidence}: on a node that has to be made, none would have come up.`
        : `${evidence}, which leaves little for its own image.`,
    remedy: 'Raise `releases.jupyterhub.start-timeout` in the platform file, or keep a node: `min: 1` of the pool.',
  };
}
