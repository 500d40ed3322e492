import { UserError } from '@suite/foundation';
import { demandCluster } from '@suite/platform-file';
import { begunTo, coveredBy, differs, goBackTo } from './back.ts';
import type { Request } from './inputs.ts';
import type { Connected, Services } from './ports.ts';
import type { Proven, SyncRecord, WentBack } from './record.ts';
import type { Outcome } from './report.ts';
import type { Target } from './target.ts';

/** Goes back to what this environment has proven before what runs now. */
export async function rollBack(
  request: Extract<Request, { command: 'rollback' }>,
  target: Target,
  services: Services,
  connected: Connected,
): Promise<Outcome> {
  const { clock, log, context } = services;
  const { records } = demandCluster(target.view, connected);
  const record = await records.read();
  const begun = request.bundle === undefined ? begunTo(record, target) : -1;
  if (begun >= 0) {
    log.info('An earlier rollback has not come to its end: going on with it. `bundle-digest` chooses another.');
  }
  const went = wentBackOf(context);
  const isThere = request.bundle === undefined && begun < 0 && isEarlier(record.wentBack, went);
  if (isThere) log.info('An earlier attempt of this step has come to its end: only making sure of it.');
  const at = begun >= 0 ? begun : isThere ? 0 : await choose(record, request.bundle, target, connected);
  const proof = record.proven[at];
  if (proof === undefined) throw nothingProven(record.proven, request.bundle, target);
  const bundle = proof.bundle === undefined ? '' : ` with ${proof.bundle}`;
  log.info(`Back to what was proven at ${proof.at}${bundle} (${proof.commit.slice(0, 12)})`);
  const { commit, running, names, error } = await goBackTo(proof, request, target, services, connected);
  if (error === undefined) {
    // What came after it is nothing to go back to any more.
    const again = { ...proof, commit, run: context.runUrl ?? '', at: new Date(clock.now()).toISOString() };
    const proven = [again, ...record.proven.slice(at + 1)];
    await records.write({ ...record, proven, wayBack: undefined, wentBack: went });
  }
  const warnings = error === undefined ? [`${names.join(', ')} run again what was proven at ${proof.at}.`] : [];
  return { findings: { verdict: error === undefined ? 'applied' : 'failed', warnings, commit, running }, error };
}

function wentBackOf({ runId, runAttempt, job, step }: Services['context']): WentBack {
  return { step: [runId, job, step].join('/'), attempt: Number(runAttempt) || 1 };
}

/** The same step, of an attempt before. */
function isEarlier(one: WentBack | undefined, now: WentBack): boolean {
  return one !== undefined && one.step === now.step && one.attempt < now.attempt;
}

/** Place of the bundle that is asked for, or of the newest proof that is not what is delivered now; -1 for none. */
async function choose(
  { proven }: SyncRecord,
  bundle: string | undefined,
  target: Target,
  connected: Connected,
): Promise<number> {
  if (bundle !== undefined) return proven.findIndex(one => one.bundle === bundle);
  for (const [at, proof] of proven.entries()) {
    if (coveredBy(proof, target).length === target.chosen.length && (await differs(proof, target, connected)))
      return at;
  }
  return -1;
}

function nothingProven(proven: readonly Proven[], bundle: string | undefined, { view }: Target): UserError {
  const known = proven.map(({ bundle: of, commit }) => of ?? commit.slice(0, 12));
  return new UserError({
    message:
      bundle === undefined
        ? `${view.scope} has proven nothing of these applications but what runs, so there is nothing to go back to.`
        : `${view.scope} has not proven the bundle ${bundle}, or too long ago.`,
    ...(bundle === undefined ? {} : { location: { kind: 'input', name: 'bundle-digest' } as const }),
    remedy: known.length === 0 ? 'Sync it once, and its proof is recorded.' : `It has proven ${known.join(', ')}.`,
  });
}
