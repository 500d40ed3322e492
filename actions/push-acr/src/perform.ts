import {
  assembleReport,
  type Check,
  failureChecks,
  headline,
  problemSections,
  renderSummaryParts,
  reportOutputs,
} from '@suite/change-report';
import { CancelledError, mapInParallel, UserError } from '@suite/foundation';
import { bringImages } from './bring.ts';
import type { Request } from './inputs.ts';
import { lockAll, lockOnly } from './lock.ts';
import { type Known, knownOf, type Observation, type OpenImage, observe, openImage, referencesOf } from './observe.ts';
import { type ImagePlan, planImages } from './plan.ts';
import type { Connected, OpenRegistry, Services } from './ports.ts';
import type { Findings, Outcome } from './report.ts';
import { sizeOf } from './sizes.ts';
import { loadTarget, type Target, type WantedImage } from './target.ts';
import { verifyImages } from './verify.ts';
import { chooseWay, type Way } from './way.ts';

/** Runs one command and reports it, also when it fails. Rejects with what went wrong, after the report was written. */
export async function perform(request: Request, services: Services): Promise<void> {
  const { clock, context, log, summary } = services;
  const { command } = request;
  const startedAt = clock.now();
  const target = await loadTarget(request, context.workspace).catch(async error => {
    if (error instanceof UserError) await summary.append(problemSections(error.problems));
    throw error;
  });
  log.info(`${command} for ${target.registry.title} as client id ${target.identity.clientId}`);
  const { findings, error } = await untilCancelled(services.signal, work(request, target, services)).catch(failed);
  const kind = command === 'plan' || command === 'verify' ? command : 'apply';
  const about = { action: 'push-acr', command: kind, view: target.head, context } as const;
  const subject = { ...about, startedAt, finishedAt: clock.now() };
  const failures = findings.verdict === 'failed' ? failureChecks(error) : [];
  const report = assembleReport(subject, { ...findings, checks: [...(findings.checks ?? []), ...failures] });
  const reportFile = await services.writeReport(command, report);
  const parts = renderSummaryParts(report, { limitBytes: await summary.room() });
  await summary.append(parts.slice(0, 1));
  services.setOutputs({
    ...reportOutputs(report, reportFile),
    images: findings.images === undefined ? undefined : JSON.stringify(findings.images),
    'summary-parts': parts.length,
  });
  if (error !== undefined) throw error;
  log.info(headline(report));
}

/** A defect is reported by the runner alone; there is nothing a reader of the summary could do about it. */
function failed(error: unknown): Outcome {
  if (!(error instanceof UserError || error instanceof CancelledError)) throw error;
  return { findings: { verdict: 'failed' }, error };
}

/** A transfer hears of no cancellation, and may be left at any byte. */
async function untilCancelled<T>(signal: AbortSignal, working: Promise<T>): Promise<T> {
  const cancelled = Promise.withResolvers<never>();
  const cancel = () =>
    cancelled.reject(new CancelledError('What has arrived stays there; running this again brings what is missing.'));
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await Promise.race([working, cancelled.promise]);
  } finally {
    signal.removeEventListener('abort', cancel);
    // Whichever of both lost has nobody to tell.
    working.catch(() => undefined);
    cancelled.promise.catch(() => undefined);
  }
}

async function work(request: Request, target: Target, services: Services): Promise<Outcome> {
  demandPlaces(target.images);
  const { command } = request;
  const connected = await services.connect(target);
  const { registry } = connected;
  if (registry === undefined) {
    if (command === 'plan') return planWithoutRegistry(target);
    throw new UserError({
      message: `There is no ${target.registry.title.replace(/^the /, '')}.`,
      remedy: 'Apply its infrastructure first, with `provision-aks`; if `existing: registry:` names one, check its id.',
    });
  }
  if (command === 'lock') return lockOnly(target, registry, services);
  const [usable, stranded] = partition(
    target.images,
    ({ origin }) => origin.kind !== 'upstream' || connected.upstream !== undefined,
  );
  if (stranded.length > 0 && command === 'promote') {
    throw new UserError({
      message: `There is no ${target.upstream?.title.replace(/^the /, '') ?? 'registry before it'}, so nothing can be promoted from there.`,
      remedy: 'Apply the environment before it, and push the images there.',
    });
  }
  const open = await mapInParallel(usable, 1, image => openImage(image, registry, connected));
  try {
    if (command === 'plan') return await plan(request, stranded, open, registry, connected);
    if (command === 'verify') return await verifyImages(target, stranded, open, registry);
    return await bring(request, target, open, registry, connected, services);
  } finally {
    for (const { close } of open) await close();
  }
}

/** Two images in one place would take each other's tags. */
function demandPlaces(images: readonly WantedImage[]): void {
  const places = images.flatMap(({ repository, tags }) => tags.map(tag => `${repository}:${tag}`));
  const twice = places.find((place, index) => places.indexOf(place) < index);
  if (twice === undefined) return;
  throw new UserError({
    message: `gives ${twice} to two images.`,
    location: { kind: 'input', name: 'tags' },
    remedy: 'Give each image tags or a repository of its own, in the platform file.',
  });
}

function partition<T>(all: readonly T[], test: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(test), all.filter(one => !test(one))];
}

function planWithoutRegistry({ images, registry }: Target): Outcome {
  const checks = images.map(
    (image): Check =>
      later(image, `There is no ${registry.title.replace(/^the /, '')} yet: it comes with the infrastructure.`),
  );
  return { findings: { verdict: 'no-changes', checks } };
}

function later({ name, setting }: WantedImage, message: string): Check {
  return {
    id: `source/${name}`,
    name: `${name} can be looked at`,
    status: 'later',
    message,
    ...(setting === undefined ? {} : { setting }),
  };
}

function waysOf(images: readonly Known[], registry: OpenRegistry, { upstream }: Pick<Connected, 'upstream'>) {
  return new Map<Known, Way>(
    images.map(one => [
      one,
      chooseWay(one.image.origin.kind === 'upstream' ? upstream : undefined, registry, one.planned),
    ]),
  );
}

async function plan(
  { overwrite, failIfBlocked }: Request,
  stranded: readonly WantedImage[],
  open: readonly OpenImage[],
  registry: OpenRegistry,
  connected: Connected,
): Promise<Outcome> {
  const observation = await observe(open, registry);
  const made = planOf(observation, registry, connected, overwrite);
  const checks = stranded.map(image => later(image, 'The environment before it has no registry yet.'));
  const blocked = made.checks.filter(({ status }) => status === 'blocked');
  const verdict = blocked.length > 0 ? 'blocked' : made.changes.length === 0 ? 'no-changes' : 'changes';
  const findings: Findings = { verdict, plan: made, checks, images: referencesOf(knownOf(observation), registry) };
  return blocked.length === 0 || !failIfBlocked ? { findings } : { findings, error: refusal(blocked) };
}

function planOf(observation: Observation, registry: OpenRegistry, connected: Connected, overwrite: boolean): ImagePlan {
  const ways = waysOf(knownOf(observation), registry, connected);
  return planImages({
    host: registry.host,
    images: observation.images.map(observed => ({
      observed,
      way: observed.state === 'known' ? ways.get(observed) : undefined,
    })),
    overwrite,
  });
}

async function bring(
  { command, overwrite, lock }: Request,
  target: Target,
  open: readonly OpenImage[],
  registry: OpenRegistry,
  connected: Connected,
  services: Services,
): Promise<Outcome> {
  const { log } = services;
  const observation = await observe(open, registry);
  for (const one of observation.images) if (one.state === 'unreadable') throw one.failure;
  const absent = observation.images.filter(one => one.state === 'absent');
  if (absent.length > 0) {
    throw new UserError(
      absent.map(({ source, digest }) => ({
        message: `${source} has no ${digest}. Nothing was written.`,
        remedy:
          command === 'promote'
            ? `Bring it into ${target.upstream?.title} first.`
            : 'Check the digest, and whether it was deleted there.',
      })),
    );
  }
  const made = planOf(observation, registry, connected, overwrite);
  const blocked = made.checks.filter(({ status }) => status === 'blocked');
  if (blocked.length > 0) return { findings: { verdict: 'blocked', plan: made }, error: refusal(blocked) };
  const known = knownOf(observation);
  const ways = waysOf(known, registry, connected);
  const brought = await bringImages(known, observation, ways, registry, connected, overwrite, services);
  const images = referencesOf(known, registry);
  for (const reference of Object.values(images)) log.info(reference);
  log.info(
    made.changes.length === 0
      ? 'Everything was there already; nothing moved.'
      : `${sizeOf(brought.runnerBytes)} went through the runner, ${sizeOf(brought.importedBytes)} did not have to.`,
  );
  if (lock)
    await lockAll(
      known.map(({ image, planned }) => ({ image, digest: planned.root.digest })),
      registry,
      services,
    );
  // With the ways that were really taken.
  const told = planImages({
    host: registry.host,
    images: known.map(observed => ({ observed, way: brought.ways.get(observed) })),
    overwrite,
  });
  const verdict = made.changes.length === 0 ? 'no-changes' : 'applied';
  return { findings: { verdict, plan: told, warnings: brought.warnings, images } };
}

/** What is refused, as an error. */
function refusal(blocked: readonly Check[]): UserError {
  return new UserError(
    blocked.map(({ message, remedy }) => ({
      message: `${message} Nothing was written.`,
      ...(remedy === undefined ? {} : { remedy }),
    })),
  );
}
