import { escapeText, prose } from '@suite/change-report';
import { duration } from '@suite/foundation';
import { loadPlatformWithLock, resolveAll } from '@suite/platform-file';
import { earlierRecord, openOwnShelf, readApplies } from './applies.ts';
import { inUtc } from './conditions.ts';
import type { Request } from './inputs.ts';
import type { Services } from './ports.ts';
import { placeOf } from './record.ts';
import { chooseRegion, findScope, readerOf } from './scope.ts';
import { waitUntil } from './wait.ts';

/**
 * Lets a region prove that it stays healthy before the next one begins. Whether it did is for the steps after this one to find out, as the
 * identity that is given.
 */
export async function pause(request: Extract<Request, { command: 'pause' }>, services: Services): Promise<void> {
  const { context, clock, log, summary, setOutputs } = services;
  const { platform, lock } = await loadPlatformWithLock(request.platformFile, context.workspace);
  const view = chooseRegion(findScope(resolveAll(platform, lock), request.scope).regions, request.region);
  const reports = await readApplies(request.reports, view, services);
  const identity = readerOf(view, 'apply');
  const [next] = view.kind === 'environment' ? view.rollout.after : [];
  if (view.kind === 'shared' || next === undefined || view.rollout.pauseMs === 0) {
    log.info(`No region waits until ${view.scope} · ${view.region} has proved itself.`);
    return;
  }
  const place = placeOf(view, context.repositoryId);
  const shelf = await openOwnShelf(view, identity, services);
  const before = await earlierRecord(reports, { shelf, bundle: request.digest, place, run: context.runId });
  if (before !== undefined) {
    log.info(
      `${view.region} stayed healthy in attempt ${before.run.attempt}, and nothing changed there since: no pause.`,
    );
    return;
  }
  const { pauseMs } = view.rollout;
  const until = clock.now() + pauseMs;
  await waitUntil(
    until,
    left => `${next} begins after ${inUtc(until)} if ${view.region} stays healthy, in ${duration(left)}.`,
    services,
  );
  setOutputs({ 'client-id': identity.clientId });
  await summary.append([
    `### ${escapeText(`${view.scope} · ${view.region}`)} was left alone for ${duration(pauseMs)}`,
    prose(`Now it is verified again; if it is healthy, ${next} begins.`),
  ]);
}
