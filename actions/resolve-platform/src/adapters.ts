import { type Kit, mask } from '@suite/action-kit';
import { duration } from '@suite/foundation';
import { createRequests, readEnvironments } from '@suite/github';
import type { Request } from './inputs.ts';
import type { Services } from './ports.ts';

/** Wires the runner and GitHub to what the command asks for. */
export function createServices(kit: Kit, { token }: Request): Services {
  const { context, log, summary, setOutputs, clock, signal } = kit;
  mask(token);
  const requests = createRequests({
    token,
    apiUrl: context.apiUrl,
    clock,
    signal,
    onPause: pause => log.info(`Trying GitHub again in ${duration(pause)}.`),
  });
  return {
    context,
    log,
    summary,
    setOutputs,
    readEnvironments: () => readEnvironments(requests, context.repository),
  };
}
