import { cell, escapeText, gitOpsTitle, table } from '@suite/change-report';
import { duration, type Problem, UserError } from '@suite/foundation';
import {
  type EnvironmentGate,
  type EnvironmentScope,
  isInForce,
  loadPlatformWithLock,
  resolveAll,
} from '@suite/platform-file';
import { unapprovedOf } from './approval.ts';
import { readAttestation } from './attestation/attestation-file.ts';
import { judgeAttestation } from './attestation/judge-attestation.ts';
import type { Bundle } from './bundle.ts';
import { readClosings } from './closings.ts';
import { type CommitCheck, type Facts, inUtc, type Judgement, judge } from './conditions.ts';
import type { Request } from './inputs.ts';
import type { Review, Services } from './ports.ts';
import { readBundle } from './read-bundle.ts';
import { type Exception, newest, oldest, type PromotionRecord, placeOf, speaksFor } from './record.ts';
import { checkRollback } from './rollback/check-rollback.ts';
import { readRunning } from './running.ts';
import { findScope, type PromotedScope, readerOf } from './scope.ts';
import { predecessors } from './turn.ts';
import { waitUntil } from './wait.ts';

type CheckRequest = Extract<Request, { command: 'check' }>;

/** Fails unless the bundle may enter the scope, with every condition that is not met. */
export async function check(request: CheckRequest, services: Services): Promise<void> {
  const { context, log, summary, setOutputs } = services;
  const { platform, lock } = await loadPlatformWithLock(request.platformFile, context.workspace);
  const { bundle } = await readBundle(request.bundle, request.digest, platform, request.platformFile, services);
  const scope = findScope(resolveAll(platform, lock), request.scope);
  const about = { digest: request.digest, commit: bundle.commit };
  const made = {
    charts: bundle.charts === undefined ? undefined : JSON.stringify(bundle.charts),
    gitops: bundle.gitops === undefined ? undefined : JSON.stringify(bundle.gitops),
  };
  const unapproved = await unapprovedOf(scope.name, request, services);
  if (request.rollback !== undefined) {
    await checkRollback(scope, about, { ...request, unapproved }, request.rollback, services);
    // What it was made with is what comes back.
    setOutputs(made);
    return;
  }
  const { facts, judgement } = await settle(scope, { bundle: about, unapproved }, request, services);
  if (judgement.problems.length > 0) throw new UserError(judgement.problems);
  const exception = exceptionOf(facts, judgement, services);
  const review = await findReview(request, platform.source.name, bundle.commit, services);
  setOutputs({
    ...made,
    'reviewed-run': review?.run,
    'reviewed-pull': review === undefined ? undefined : String(review.pull),
    exception: exception === undefined ? undefined : JSON.stringify(exception),
  });
  await summary.append([...describe(facts, bundle), ...describeException(exception)]);
  log.info(`The bundle of ${bundle.commit.slice(0, 7)} may enter ${scope.name}.`);
}

/** Judges, and again for as long as nothing but time keeps the bundle out and somebody is willing to wait. */
async function settle(
  scope: PromotedScope,
  { bundle, unapproved }: Pick<Facts, 'bundle' | 'unapproved'>,
  request: CheckRequest,
  services: Services,
): Promise<{ readonly facts: Facts; readonly judgement: Judgement }> {
  // What was attested does not change meanwhile.
  const unattested = await unattestedOf(scope, bundle, request, services);
  let until: number | undefined;
  for (;;) {
    const facts = await gather(scope, { bundle, unattested, unapproved }, request, services);
    const judgement = judge(facts);
    const { opensAt } = judgement;
    until ??= facts.now + request.waitMs;
    if (opensAt === undefined || opensAt > until) return { facts, judgement };
    // In the time of this runner, which is only asked how much of it has passed.
    await waitUntil(
      services.clock.now() + opensAt - facts.now,
      left => `${scope.name} opens at ${inUtc(opensAt)}, in ${duration(left)}.`,
      services,
    );
  }
}

/** What an emergency lifts is said loudly: here, in the summary and in the record. */
function exceptionOf(
  { environment, gate, now }: Facts,
  { lifted }: Judgement,
  { log }: Pick<Services, 'log'>,
): Exception | undefined {
  const glass = gate?.breakGlass;
  if (glass === undefined) return undefined;
  const until = inUtc(glass.until);
  if (!isInForce(glass, now)) {
    log.warning(
      `\`gate: break-glass:\` of ${environment} ended at ${until}: it lifts nothing. Take it out of the platform file.`,
    );
    return undefined;
  }
  if (lifted.length === 0) return undefined;
  log.warning(
    `Emergency in ${environment} (${glass.reason}), until ${until}. Lifted: ${lifted.join(' ')} Take \`gate: break-glass:\` out of the platform file afterwards.`,
  );
  return { reason: glass.reason, until: new Date(glass.until).toISOString(), lifted };
}

/** The plan that people saw on the pull request; asked for only where this plan will be compared with it. */
function findReview(
  { scope, region, identity }: CheckRequest,
  platform: string,
  commit: string,
  services: Services,
): Promise<Review | undefined> {
  if (region === undefined || identity !== 'plan') return Promise.resolve(undefined);
  return services.findReview(commit, `report-${platform}-${scope}-${region}`);
}

async function gather(
  { name, regions, upstream }: PromotedScope,
  { bundle, unattested, unapproved }: Pick<Facts, 'bundle' | 'unattested' | 'unapproved'>,
  request: CheckRequest,
  services: Services,
): Promise<Facts> {
  const { context, clock, compare, openShelf, readChecks } = services;
  const { identity: role } = request;
  const [own] = regions;
  const gate = own.kind === 'shared' ? undefined : await gateOf(own, request, services);
  const reader = readerOf(own, role);
  const verified = await Promise.all(
    (upstream?.regions ?? []).map(async view => {
      const shelf = await openShelf(view, reader);
      const { records = [], departures = [] } = (await shelf?.trail(bundle.digest)) ?? {};
      const isOwn = (found: PromotionRecord) => speaksFor(found, placeOf(view, context.repositoryId));
      const left = newest(departures.filter(isOwn));
      // What it went back from has to be verified there anew.
      const since = left?.recordedAt ?? '';
      const record = oldest(records.filter(found => isOwn(found) && found.recordedAt > since));
      if (record !== undefined) return { region: view.region, record };
      const gone = await shelf?.gone();
      return {
        region: view.region,
        record,
        ...(gone === undefined ? {} : { gone }),
        ...(left === undefined ? {} : { left }),
      };
    }),
  );
  const running = await Promise.all(
    regions.map(async view => {
      const running = await readRunning(await openShelf(view, reader), placeOf(view, context.repositoryId));
      return { region: view.region, ...running };
    }),
  );
  const related = await Promise.all(
    running.map(async ({ region, record }) =>
      record === undefined ? [] : [{ region, record, relation: await compare(record.commit, bundle.commit) }],
    ),
  );
  const names = gate?.checks ?? [];
  const checks: readonly CommitCheck[] = names.length === 0 ? [] : await readChecks(bundle.commit, names);
  return {
    environment: name,
    // Asked for where something hangs on it.
    now: isTimed(gate) ? await services.now() : clock.now(),
    bundle,
    gate,
    ...(upstream === undefined ? {} : { upstream: { environment: upstream.environment, regions: verified } }),
    running: related.flat(),
    before: predecessors(regions, request.region, running, { bundle: bundle.digest, run: context.runId }),
    mayBegin: role === 'apply',
    unattested,
    unapproved,
    checks,
  };
}

/** As the commit of the bundle has it, and closed as the branch says by now. */
async function gateOf(
  { scope, gate }: EnvironmentScope,
  { platformFile }: CheckRequest,
  services: Services,
): Promise<EnvironmentGate> {
  const { hold, freezes } = await readClosings(scope, platformFile, services);
  return { ...gate, hold: hold ?? gate.hold, freezes: [...gate.freezes, ...freezes] };
}

function isTimed(gate: Facts['gate']): boolean {
  return gate !== undefined && (gate.soakMs > 0 || gate.freezes.length > 0 || gate.breakGlass !== undefined);
}

/** Why no attestation of the bundle lets it in, where the gate asks for one. */
async function unattestedOf(
  { name: environment, regions: [view] }: PromotedScope,
  { digest, commit }: Facts['bundle'],
  { bundle, trustedRoot, signer }: CheckRequest,
  { context, verifyAttestations }: Services,
): Promise<Problem | undefined> {
  if (view.kind === 'shared' || !view.gate.attestation) return undefined;
  const text = await readAttestation(bundle);
  const verdicts = text === undefined ? [] : await verifyAttestations(text, trustedRoot);
  const { repository, repositoryId, ref, action } = context;
  const own = `${action.repository === '' ? repository : action.repository}/.github/workflows/promote.yml`;
  return judgeAttestation(verdicts, {
    environment,
    digest,
    commit,
    repository,
    repositoryId,
    ref,
    signer: signer ?? own,
    suite: action,
  });
}

function describe(
  { environment, bundle, upstream, running, before, checks }: Facts,
  { gitops = [] }: Bundle,
): string[] {
  const rows = [
    ['Bundle', cell(bundle.digest)],
    ...(gitops.length === 0
      ? []
      : [['GitOps when it was made', gitops.map(base => cell(gitOpsTitle(base))).join(', ')]]),
    ...(upstream?.regions ?? []).map(({ region, record }) => [
      `Verified in ${escapeText(`${upstream?.environment} · ${region}`)}`,
      record === undefined ? '' : escapeText(inUtc(Date.parse(record.recordedAt))),
    ]),
    ...before.map(({ region, record }) => [
      `Goes after ${escapeText(`${environment} · ${region}`)}`,
      record === undefined ? '' : `verified ${escapeText(inUtc(Date.parse(record.recordedAt)))}`,
    ]),
    ...running.map(({ region, record }) => [
      `Runs in ${escapeText(`${environment} · ${region}`)}`,
      cell(record.commit.slice(0, 7)),
    ]),
    ...checks.map(({ name, state }) => [`Check ${escapeText(name)}`, state]),
  ];
  return [`### The gate of ${escapeText(environment)} is open`, table(['', ''], rows)];
}

function describeException(exception: Exception | undefined): string[] {
  if (exception === undefined) return [];
  const { reason, until, lifted } = exception;
  return [
    `**Emergency: ${escapeText(reason)}** Until ${escapeText(inUtc(Date.parse(until)))} these do not count:`,
    lifted.map(message => `- ${escapeText(message)}`).join('\n'),
  ];
}
