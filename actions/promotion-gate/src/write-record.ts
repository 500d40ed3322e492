import { type ChangeReport, cell, escapeText, table } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import { loadPlatformWithLock, resolveAll, type ScopeView } from '@suite/platform-file';
import { readAttestation } from './attestation/attestation-file.ts';
import type { Request } from './inputs.ts';
import type { Reader, Services } from './ports.ts';
import { readBundle } from './read-bundle.ts';
import { readReport } from './read-report.ts';
import { encodeRecord, type PromotionRecord, placeOf, speaksFor } from './record.ts';
import { rolledBackIn } from './rollback/rollback.ts';
import { findScope } from './scope.ts';

/** Proves in the environment's registry that this run applied the bundle there and found it verified. */
export async function writeRecord(request: Extract<Request, { command: 'record' }>, services: Services): Promise<void> {
  const { context, log, clock, summary, setOutputs } = services;
  const { platform, lock } = await loadPlatformWithLock(request.platformFile, context.workspace);
  const { bundle, bytes } = await readBundle(request.bundle, request.digest, platform, request.platformFile, services);
  const { name, regions, upstream, earlier } = findScope(resolveAll(platform, lock), request.scope);
  const view = chooseRegion(regions, request.region);
  const reports = await readApplies(request.reports, view, services);
  const reader: Reader = { name: `apply identity of ${name} in ${view.region}`, clientId: view.identities.apply };
  const shelf = await services.openShelf(view, reader);
  if (shelf === undefined) {
    throw new UserError({
      message: `The registry of ${name} in ${view.region} does not exist, though it was applied.`,
      remedy: 'Apply again; if `existing: registry:` names one, check its id.',
    });
  }
  const place = placeOf(view, context.repositoryId);
  const tests = reports.filter(isTest).map(({ action, verdict }) => [action, verdict]);
  const kept = reports.every(report => isTest(report) || report.verdict === 'no-changes')
    ? (await shelf.records(request.digest)).find(own => speaksFor(own, place) && own.run.id === context.runId)
    : undefined;
  // An attempt that was cut off after its record has proved it, and of which plan: nothing was left for this one to apply.
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
    run: { id: context.runId, attempt: context.runAttempt, url: context.runUrl ?? '' },
    actor: context.actor,
    approvers: await services.approvers(name),
    ...(request.exception === undefined ? {} : { exception: request.exception }),
    ...(request.rollback === undefined
      ? {}
      : { rollback: rolledBackIn(request.rollback, view.region, request.digest) }),
    recordedAt: new Date(clock.now()).toISOString(),
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

function chooseRegion(regions: readonly ScopeView[], wanted: string | undefined): ScopeView {
  const found =
    wanted === undefined && regions.length === 1 ? regions[0] : regions.find(({ region }) => region === wanted);
  if (found !== undefined) return found;
  throw new UserError({
    message:
      wanted === undefined
        ? 'is needed: the environment has several regions.'
        : `is \`${wanted}\`, which the environment does not have.`,
    location: { kind: 'input', name: 'region' },
    remedy: `Give one of ${regions.map(({ region }) => region).join(', ')}.`,
  });
}

/** The reports of what is recorded, one of each action. Throws a UserError as `readApply` does. */
async function readApplies(
  files: readonly string[],
  view: ScopeView,
  services: Services,
): Promise<readonly ChangeReport[]> {
  const reports = await Promise.all(files.map(file => readApply(file, view, services)));
  if (reports.every(isTest)) {
    throw new UserError({
      message: 'holds no report of an apply.',
      location: { kind: 'input', name: 'reports' },
      remedy: 'Give the `report` outputs of the applies.',
    });
  }
  const twice = reports.find(({ action }, index) => reports.findIndex(other => other.action === action) !== index);
  if (twice === undefined) return reports;
  throw new UserError({
    message: `holds two reports of ${twice.action}.`,
    location: { kind: 'input', name: 'reports' },
    remedy: 'Give one of each action.',
  });
}

/** The report of an apply that is recorded. Throws a UserError when it is none, of another place, or did not end well. */
async function readApply(file: string, view: ScopeView, { context }: Services): Promise<ChangeReport> {
  const report = await readReport(file);
  const fits =
    (report.command === 'apply' || isTest(report)) &&
    report.scope === view.scope &&
    report.region === view.region &&
    report.platform === view.platform &&
    report.run?.id === context.runId &&
    report.commit.head === context.sha;
  if (!fits) {
    throw new UserError({
      message: `The report is not of an apply of ${view.scope} in ${view.region} by this run.`,
      remedy: 'Give the `report` outputs of the applies in this job.',
    });
  }
  // What a test's verdict stops was its own step's matter, by what the platform file says: the record tells it.
  if (isTest(report) || report.verdict === 'applied' || report.verdict === 'no-changes') return report;
  throw new UserError({
    message: `Nothing is recorded: the apply of ${view.scope} in ${view.region} ended as ${report.verdict}.`,
    remedy: 'Put right what its summary says, and run the failed jobs again.',
  });
}

/** A test changes nothing; it says what it found after the applies. */
function isTest({ action, command }: ChangeReport): boolean {
  return action === 'gpu-smoke-test' && command === 'verify';
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
    ...Object.entries(record.tests ?? {}).map(([test, verdict]) => [escapeText(test), cell(verdict)]),
    [
      'Approved by',
      record.approvers.length === 0 ? 'nobody had to' : record.approvers.map(login => cell(login)).join(', '),
    ],
  ];
  return [`### ${escapeText(`${record.environment} · ${record.region}`)} is recorded`, table(['', ''], rows)];
}
