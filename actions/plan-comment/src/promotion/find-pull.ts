import type { Services } from '../ports.ts';
import { forgive } from './forgive.ts';

/** Finds the pull request that brought the commit of this run. */
export async function findPull(services: Services): Promise<void> {
  const { context, log, setOutputs } = services;
  const pulls = await forgive(() => services.pullsOf(context.sha), services);
  if (pulls === undefined) return;
  const [pull] = pulls;
  if (pull === undefined) return log.info(`No pull request is known that brought ${context.sha.slice(0, 7)}.`);
  setOutputs({ pull: String(pull) });
  log.info(`Pull request ${pull} brought ${context.sha.slice(0, 7)}.`);
}
