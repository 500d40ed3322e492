import { cell, escapeText, table } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import { loadPlatformWithLock, resolveAll } from '@suite/platform-file';
import { type Facts, unmetConditions } from './conditions.ts';
import type { Request } from './inputs.ts';
import type { Reader, Review, Services } from './ports.ts';
import { readBundle } from './read-bundle.ts';
import { type PromotionRecord, placeOf, speaksFor } from './record.ts';
import { findScope, type PromotedScope } from './scope.ts';

/** Fails unless the bundle may enter the scope, with every condition that is not met. */
export async function check(request: Extract<Request, { command: 'check' }>, services: Services): Promise<void> {
  const { context, log, summary, setOutputs } = services;
  const { platform, lock } = await loadPlatformWithLock(request.platformFile, context.workspace);
  const { bundle } = await readBundle(request.bundle, request.digest, platform, request.platformFile, services);
  const scope = findScope(resolveAll(platform, lock), request.scope);
  const facts = await gather(scope, { digest: request.digest, commit: bundle.commit }, request.identity, services);
  const problems = unmetConditions(facts);
  if (problems.length > 0) throw new UserError(problems);
  const review = await findReview(request, platform.source.name, bundle.commit, services);
  setOutputs({ 'reviewed-run': review?.run, 'reviewed-pull': review === undefined ? undefined : String(review.pull) });
  await summary.append(describe(facts));
  log.info(`The bundle of ${bundle.commit.slice(0, 7)} may enter ${scope.name}.`);
}

/** The plan that people saw on the pull request; asked for only where this plan will be compared with it. */
function findReview(
  { scope, region, identity }: Extract<Request, { command: 'check' }>,
  platform: string,
  commit: string,
  services: Services,
): Promise<Review | undefined> {
  if (region === undefined || identity !== 'plan') return Promise.resolve(undefined);
  return services.findReview(commit, `report-${platform}-${scope}-${region}`);
}

async function gather(
  { name, regions, upstream }: PromotedScope,
  bundle: Facts['bundle'],
  role: 'plan' | 'apply',
  { context, compare, openShelf }: Services,
): Promise<Facts> {
  const [own] = regions;
  const reader: Reader = { name: `${role} identity of ${name} in ${own.region}`, clientId: own.identities[role] };
  const verified = await Promise.all(
    (upstream?.regions ?? []).map(async view => {
      const shelf = await openShelf(view, reader);
      const records = (await shelf?.records(bundle.digest)) ?? [];
      return {
        region: view.region,
        record: newest(records.filter(record => speaksFor(record, placeOf(view, context.repositoryId)))),
      };
    }),
  );
  const running = await Promise.all(
    regions.map(async view => {
      const shelf = await openShelf(view, reader);
      const record = newest(
        ((await shelf?.running()) ?? []).filter(found => speaksFor(found, placeOf(view, context.repositoryId))),
      );
      if (record === undefined) return [];
      return [{ region: view.region, record, relation: await compare(record.commit, bundle.commit) }];
    }),
  );
  return {
    environment: name,
    bundle,
    ...(own.kind === 'shared' || own.hold === undefined ? {} : { hold: own.hold }),
    ...(upstream === undefined ? {} : { upstream: { environment: upstream.environment, regions: verified } }),
    running: running.flat(),
  };
}

function newest(records: readonly PromotionRecord[]): PromotionRecord | undefined {
  return records.toSorted((left, right) => (left.recordedAt < right.recordedAt ? -1 : 1)).at(-1);
}

function describe({ environment, bundle, upstream, running }: Facts): string[] {
  const rows = [
    ['Bundle', cell(bundle.digest)],
    ...(upstream?.regions ?? []).map(({ region, record }) => [
      `Verified in ${escapeText(`${upstream?.environment} · ${region}`)}`,
      record === undefined ? '' : escapeText(`${record.recordedAt.slice(0, 16).replace('T', ' ')} UTC`),
    ]),
    ...running.map(({ region, record }) => [
      `Runs in ${escapeText(`${environment} · ${region}`)}`,
      cell(record.commit.slice(0, 7)),
    ]),
  ];
  return [`### The gate of ${escapeText(environment)} is open`, table(['', ''], rows)];
}
