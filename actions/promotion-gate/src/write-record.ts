import { cell, escapeText, gitOpsTitle, table } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import { loadPlatformWithLock, resolveAll, type ScopeView } from '@suite/platform-file';
import { earlierRecord, isTest, openOwnShelf, readApplies } from './applies.ts';
import { describeApprovers } from './approvers.ts';
import { readAttestation } from './attestation/attestation-file.ts';
import { olderThan } from './conditions.ts';
import type { Request } from './inputs.ts';
import type { Services, Shelf } from './ports.ts';
import { readBundle } from './read-bundle.ts';
import { encodeRecord, type Place, type PromotionRecord, placeOf, speaksFor } from './record.ts';
import { rolledBackIn } from './rollback/rollback.ts';
import { readRunning } from './running.ts';
import { chooseRegion, findScope, readerOf } from './scope.ts';

/** Proves in the environment's registry that this run applied the bundle there and found it verified. */
export async function writeRecord(request: Extract<Request, { command: 'record' }>, services: Services): Promise<void> {
  const { context, log, summary, setOutputs } = services;
  const { platform, lock } = await loadPlatformWithLock(request.platformFile, context.workspace);
  const { bundle, bytes } = await readBundle(request.bundle, request.digest, platform, request.platformFile, services);
  const { name, regions, upstream, earlier } = findScope(resolveAll(platform, lock), request.scope);
  const view = chooseRegion(regions, request.region);
  const reports = await readApplies(request.reports, view, services);
  const reader = readerOf(view, 'apply');
  const shelf = await openOwnShelf(view, reader, services);
  const place = placeOf(view, context.repositoryId);
  const tests = reports.filter(isTest).map(({ action, verdict }) => [action, verdict]);
  if (request.rollback === undefined) await demandNothingNewer(bundle.commit, { shelf, place, name }, services);
  const kept = await earlierRecord(reports, { shelf, bundle: request.digest, place, run: context.runId });
  const record = kept ?? {
    schema: 'record/v1',
    ...place,
    bundle: request.digest,
    commit: bundle.commit,
    verdict: 'verified',
    plans: Object.fromEntries(
      reports.flatMap(({ action, digest }) => (digest === undefined ? [] : [[action, digest]])),
    ),
    ...(tests.length === 0 ? {} : { tests: Object.fromEntries(tests) }),
    ...syncedIn(view, request.gitopsCommit),
    run: { id: context.runId, attempt: context.runAttempt, url: context.runUrl ?? '' },
    actor: context.actor,
    approvers: await services.approvers(name),
    ...(request.exception === undefined ? {} : { exception: request.exception }),
    ...(request.rollback === undefined
      ? {}
      : { rollback: rolledBackIn(request.rollback, view.region, request.digest) }),
    recordedAt: new Date(await services.now()).toISOString(),
  };
  // The registry before it holds copies of those before that one, so each registry tells the whole way.
  const places = earlier.map(before => placeOf(before, context.repositoryId));
  const found = await Promise.all(
    (upstream?.regions ?? []).map(async before => (await services.openShelf(before, reader))?.records(request.digest)),
  );
  const copies = new Map<string, PromotionRecord>();
  for (const copy of found.flatMap(records => records ?? [])) {
    if (places.some(before => speaksFor(copy, before))) copies.set(encodeRecord(copy).toString('utf8'), copy);
  }
  const attestation = await readAttestation(request.bundle);
  const digest = await shelf.put(bytes, [...copies.values(), record], attestation);
  setOutputs({ record: digest });
  await summary.append(describe(record, digest));
  log.info(`${name} · ${view.region} runs ${bundle.commit.slice(0, 7)}: recorded as ${digest}.`);
}

/**
 * The gate was asked before the apply waited for its turn. Plans keep an older one from undoing what a newer one has applied meanwhile; where both
 * would change nothing, the older one would still be recorded as what runs. Throws a UserError then.
 */
async function demandNothingNewer(
  commit: string,
  { shelf, place, name }: { readonly shelf: Shelf; readonly place: Place; readonly name: string },
  { compare }: Services,
): Promise<void> {
  const { record } = await readRunning(shelf, place);
  if (record === undefined) return;
  const problem = olderThan(
    { region: place.region, record, relation: await compare(record.commit, commit) },
    name,
    commit,
  );
  if (problem === undefined) return;
  throw new UserError({
    ...problem,
    message: `${problem.message} It came while this run was at work. Nothing is recorded.`,
  });
}

/** Where a region has applications, and Argo CD was asked to bring them. */
function syncedIn(view: ScopeView, commit: string | undefined): Pick<PromotionRecord, 'gitops'> {
  if (commit === undefined || view.kind === 'shared' || view.applications === undefined) return {};
  const { repository, branch } = view.applications;
  return { gitops: { repository, branch, commit } };
}

function describe(record: PromotionRecord, digest: string): string[] {
  const { from, reason } = record.rollback ?? {};
  const rows = [
    ['Record', cell(digest)],
    ...(reason === undefined
      ? []
      : [
          ['Rolled back from', from === undefined ? 'nothing that was recorded' : cell(from.commit)],
          ['Why', escapeText(reason)],
          ['Started by', cell(record.actor)],
        ]),
    ['Bundle', cell(record.bundle)],
    ['Commit', cell(record.commit)],
    ...(record.gitops === undefined ? [] : [['GitOps', cell(gitOpsTitle(record.gitops))]]),
    ...Object.entries(record.tests ?? {}).map(([test, verdict]) => [escapeText(test), cell(verdict)]),
    ['Approved by', describeApprovers(record)],
  ];
  return [`### ${escapeText(`${record.environment} · ${record.region}`)} is recorded`, table(['', ''], rows)];
}
