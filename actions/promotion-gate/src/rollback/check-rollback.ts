import { cell, escapeText, table } from '@suite/change-report';
import { type Problem, UserError } from '@suite/foundation';
import { readClosings } from '../closings.ts';
import { inUtc } from '../conditions.ts';
import type { Services } from '../ports.ts';
import { newest, placeOf, speaksFor } from '../record.ts';
import { type Running, readRunning } from '../running.ts';
import { type PromotedScope, readerOf } from '../scope.ts';
import { predecessors } from '../turn.ts';
import { judgeRollback, type RollbackFacts } from './conditions.ts';
import type { Rollback } from './rollback.ts';

/** Fails unless the environment may go back to the bundle, with every condition that is not met. */
export async function checkRollback(
  scope: PromotedScope,
  bundle: RollbackFacts['bundle'],
  {
    identity,
    region,
    platformFile,
    unapproved,
  }: {
    readonly identity: 'plan' | 'apply';
    readonly region: string | undefined;
    readonly platformFile: string;
    readonly unapproved: Problem | undefined;
  },
  rollback: Rollback,
  services: Services,
): Promise<void> {
  const found = await readRegions(scope, bundle.digest, identity, services);
  const { hold } = await readClosings(scope.name, platformFile, services);
  const wanted = { bundle: bundle.digest, run: services.context.runId };
  const facts: RollbackFacts = {
    environment: scope.name,
    bundle,
    rollback,
    regions: found,
    hold,
    unapproved,
    before: identity === 'apply' ? predecessors(scope.regions, region, found, wanted) : [],
  };
  const problems = judgeRollback(facts);
  if (problems.length > 0) throw new UserError(problems);
  await services.summary.append(describe(facts));
  services.log.info(`${scope.name} may go back to ${bundle.commit.slice(0, 7)}.`);
}

function readRegions(
  { regions }: PromotedScope,
  digest: string,
  role: 'plan' | 'apply',
  { context, openShelf }: Services,
): Promise<readonly (RollbackFacts['regions'][number] & Pick<Running, 'records'>)[]> {
  const [own] = regions;
  const reader = readerOf(own, role);
  return Promise.all(
    regions.map(async view => {
      const shelf = await openShelf(view, reader);
      const place = placeOf(view, context.repositoryId);
      const verified = ((await shelf?.records(digest)) ?? []).filter(record => speaksFor(record, place));
      const { records, record: running } = await readRunning(shelf, place);
      return { region: view.region, record: newest(verified), running, records };
    }),
  );
}

function describe({ environment, bundle, rollback, regions }: RollbackFacts): string[] {
  const rows = [
    ['Bundle', cell(bundle.digest)],
    ['Commit', cell(bundle.commit)],
    ['Why', escapeText(rollback.reason)],
    ...regions.flatMap(({ region, record, running }) => [
      [
        `Verified in ${escapeText(region)}`,
        record === undefined ? '' : escapeText(inUtc(Date.parse(record.recordedAt))),
      ],
      [`Runs in ${escapeText(region)}`, running === undefined ? '' : cell(running.commit.slice(0, 7))],
    ]),
  ];
  return [`### ${escapeText(environment)} may go back to ${cell(bundle.commit.slice(0, 7))}`, table(['', ''], rows)];
}
