import { writeFile } from 'node:fs/promises';
import { cell, escapeText, link, prose, table } from '@suite/change-report';
import { count, mapInParallel, UserError } from '@suite/foundation';
import { loadPlatformWithLock, resolveAll, type ScopeView } from '@suite/platform-file';
import { describeApprovers } from './approvers.ts';
import { type Bundle, decodeBundle } from './bundle.ts';
import { inUtc } from './conditions.ts';
import type { Request } from './inputs.ts';
import { describeCharts } from './ledger-charts.ts';
import { describeGitOps } from './ledger-gitops.ts';
import type { Services } from './ports.ts';
import { type PromotionRecord, placeOf, speaksFor } from './record.ts';
import { type RegionShelf, readFrom } from './rollback/find.ts';
import type { RolledBack } from './rollback/rollback.ts';
import { readerOf } from './scope.ts';

/** What was promoted, as the records say: newest first. */
export interface Ledger {
  readonly schema: 'ledger/v1';
  readonly platform: string;
  readonly entries: readonly PromotionRecord[];
  /** What the entries name, by its digest. A bundle that no registry has any more is not among them. */
  readonly bundles: Readonly<Record<string, Bundle>>;
  /** Places that have no registry yet, so nothing was ever promoted there. */
  readonly empty: readonly string[];
  /** Places whose registry holds what says that it is a record and cannot be read, with how many there are. */
  readonly unreadable: Readonly<Record<string, number>>;
}

const placesAtOnce = 4;
/** A summary holds a megabyte; the file has them all. */
const mostShown = 100;

/** Reads the records of every environment from its own registry, where nobody but its apply identity can write. Changes nothing. */
export async function writeLedger(request: Extract<Request, { command: 'ledger' }>, services: Services): Promise<void> {
  const { context, log, summary, setOutputs } = services;
  const { platform, lock } = await loadPlatformWithLock(request.platformFile, context.workspace);
  const views = chooseViews(resolveAll(platform, lock), request.scope);
  const places = await mapInParallel(views, placesAtOnce, async view => {
    const shelf = await services.openShelf(view, readerOf(view, 'plan'));
    const past = await shelf?.history(request.limit);
    // Copies of what happened elsewhere are told by the registry of that place.
    const own = past?.records.filter(record => speaksFor(record, placeOf(view, context.repositoryId)));
    return { view, shelf, title: `${view.scope} · ${view.region}`, records: own, unreadable: past?.unreadable ?? 0 };
  });
  const bundles = await readBundles(places, log);
  const ledger: Ledger = {
    schema: 'ledger/v1',
    platform: platform.source.name,
    entries: places
      .flatMap(({ records }) => records ?? [])
      .toSorted((left, right) => (left.recordedAt < right.recordedAt ? 1 : -1)),
    bundles,
    empty: places.filter(({ records }) => records === undefined).map(({ title }) => title),
    unreadable: Object.fromEntries(
      places.flatMap(({ title, unreadable }) => (unreadable === 0 ? [] : [[title, unreadable]])),
    ),
  };
  for (const message of describeUnreadable(ledger)) log.warning(message);
  await writeFile(request.file, `${JSON.stringify(ledger, undefined, 2)}\n`);
  setOutputs({ ledger: request.file });
  await summary.append(describe(ledger));
  log.info(`${count(ledger.entries.length, 'record')} of ${count(views.length, 'place')} in ${request.file}`);
}

/** Each once, from a registry of a place that has recorded it. An altered one is said, and counts for nothing. */
async function readBundles(
  places: readonly (RegionShelf & { readonly records: readonly PromotionRecord[] | undefined })[],
  log: Services['log'],
): Promise<Ledger['bundles']> {
  // What is shared keeps records only.
  const keeping = places.filter(({ view }) => view.kind !== 'shared');
  const where = new Map(keeping.flatMap(place => (place.records ?? []).map(({ bundle }) => [bundle, place] as const)));
  const found = await mapInParallel([...where], placesAtOnce, async ([digest, place]) => {
    try {
      const bytes = await readFrom(place, digest);
      return bytes === undefined ? [] : [[digest, decodeBundle(bytes)] as const];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      log.warning(error.message);
      return [];
    }
  });
  return Object.fromEntries(found.flat());
}

function chooseViews(views: readonly ScopeView[], scope: string | undefined): readonly ScopeView[] {
  const chosen = scope === undefined ? views : views.filter(view => view.scope === scope);
  if (chosen.length > 0) return chosen;
  throw new UserError({
    message: `is \`${scope}\`, which the platform file does not know.`,
    location: { kind: 'input', name: 'scope' },
    remedy: `It has ${[...new Set(views.map(view => view.scope))].join(', ')}.`,
  });
}

/** What nobody can read proves nothing, and whoever audits has to know that it is there. */
function describeUnreadable({ unreadable }: Pick<Ledger, 'unreadable'>): string[] {
  return Object.entries(unreadable).map(
    ([title, found]) =>
      `${title} holds ${count(found, 'record')} that cannot be read: altered, or written by a newer release of this suite. It is not told of, and opens no gate: look at who may push there.`,
  );
}

function describe(ledger: Ledger): string[] {
  const { platform, entries, bundles, empty } = ledger;
  const rows = entries.slice(0, mostShown).map((entry, index) => {
    const { recordedAt, environment, region, commit, bundle, gitops, actor, exception, rollback, plans, run } = entry;
    const tests = Object.entries(entry.tests ?? {}).map(([test, verdict]) => `${test} ${verdict}`);
    const before = entries
      .slice(index + 1)
      .find(other => other.environment === environment && other.region === region && other.bundle !== bundle);
    return [
      escapeText(inUtc(Date.parse(recordedAt))),
      escapeText(`${environment} · ${region}`),
      cell(commit.slice(0, 7)),
      cell(bundle.slice('sha256:'.length, 'sha256:'.length + 12)),
      escapeText([entry.verdict, ...tests].join(', ')),
      escapeText(describeCharts(bundles[bundle]?.charts, bundles[before?.bundle ?? '']?.charts)),
      describeGitOps(gitops, bundles[bundle]?.gitops),
      cell(actor),
      describeApprovers(entry),
      Object.entries(plans)
        .map(([action, digest]) => `${cell(action)} ${cell(digest.replace(/^sha256:/, '').slice(0, 12))}`)
        .join(' '),
      exception === undefined ? '' : escapeText(exception.reason),
      rollback === undefined ? '' : describeRollback(rollback),
      link(`run ${run.id} attempt ${run.attempt}`, run.url),
    ];
  });
  const more = entries.length - rows.length;
  return [
    `### What was promoted of ${escapeText(platform)}`,
    ...(rows.length === 0
      ? ['Nothing yet.']
      : [
          table(
            [
              'When',
              'Where',
              'Commit',
              'Bundle',
              'Verdict',
              'Charts',
              'GitOps',
              'Started by',
              'Approved by',
              'Plans',
              'Emergency',
              'Rolled back from',
              'Run',
            ],
            rows,
          ),
        ]),
    ...(more > 0 ? [`${count(more, 'older record')} more in the file.`] : []),
    ...describeUnreadable(ledger).map(message => prose(message)),
    ...(empty.length > 0 ? [`No registry yet: ${empty.map(title => escapeText(title)).join(', ')}.`] : []),
  ];
}

function describeRollback({ from, reason }: RolledBack): string {
  return `${from === undefined ? '' : `${cell(from.commit.slice(0, 7))}: `}${escapeText(reason)}`;
}
