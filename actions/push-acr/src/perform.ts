import { mostImportedManifests, type RegistryView } from '@suite/azure';
import {
  assembleReport,
  type Check,
  failureChecks,
  headline,
  problemSections,
  renderSummaryParts,
  reportOutputs,
} from '@suite/change-report';
import { CancelledError, mapInParallel, UserError, untilCancelled } from '@suite/foundation';
import { bringImages, chooseWay, type ImportManifest, sizeOf, type Way } from '@suite/registry';
import type { Request } from './inputs.ts';
import { lockAll, lockOnly } from './lock.ts';
import { type Known, knownOf, type Observation, type OpenImage, observe, openImage, referencesOf } from './observe.ts';
import { type ImagePlan, planImages, planToCome } from './plan.ts';
import type { Connected, OpenRegistry, Services } from './ports.ts';
import type { Findings, Outcome } from './report.ts';
import { checkRights, type JudgedRegistry } from './rights.ts';
import { loadTarget, type Target, type WantedImage } from './target.ts';
import { verifyImages } from './verify.ts';

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
  // A transfer hears of no cancellation, and may be left at any byte.
  const left = 'What has arrived stays there; running this again brings what is missing.';
  const working = untilCancelled(services.signal, work(request, target, services), left);
  const { findings, error } = await working.catch(failed);
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
    if (command === 'plan') return await plan(request, target, stranded, open, registry, connected);
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
  const plan = planToCome(images, registry.title);
  return { findings: { verdict: plan.changes.length === 0 ? 'no-changes' : 'changes', plan } };
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
      chooseWay(
        one.image.origin.kind === 'upstream' ? upstream : undefined,
        registry,
        one.planned,
        mostImportedManifests,
      ),
    ]),
  );
}

async function plan(
  { overwrite, failIfBlocked }: Request,
  target: Target,
  stranded: readonly WantedImage[],
  open: readonly OpenImage[],
  registry: OpenRegistry,
  connected: Connected,
): Promise<Outcome> {
  const observation = await observe(open, registry);
  const made = planOf(observation, registry, connected, overwrite);
  const checks = [
    ...stranded.map(image => later(image, 'The environment before it has no registry yet.')),
    // Nobody needs a right for what is there already.
    ...(made.changes.length === 0 ? [] : await askForRights(target, observation, registry, connected)),
  ];
  const blocked = [...made.checks, ...checks].filter(({ status }) => status === 'blocked');
  const verdict = blocked.length > 0 ? 'blocked' : made.changes.length === 0 ? 'no-changes' : 'changes';
  const findings: Findings = { verdict, plan: made, checks, images: referencesOf(knownOf(observation), registry) };
  return blocked.length === 0 || !failIfBlocked ? { findings } : { findings, error: refusal(blocked) };
}

async function askForRights(
  { applier }: Target,
  observation: Observation,
  registry: OpenRegistry,
  connected: Connected,
): Promise<readonly Check[]> {
  if (applier === undefined || registry.resource === undefined) return [];
  const judged = async (resource: RegistryView): Promise<JudgedRegistry> => ({
    resource,
    rights: await connected.applierRights(resource.id),
  });
  const known = knownOf(observation);
  const isPromoted = observation.images.some(({ image }) => image.origin.kind === 'upstream');
  const upstream = isPromoted ? connected.upstream?.resource : undefined;
  const [target, source] = await Promise.all([
    judged(registry.resource),
    upstream === undefined ? undefined : judged(upstream),
  ]);
  const ways = [...waysOf(known, registry, connected).values()];
  return checkRights({ who: applier, target, source, imports: ways.some(({ kind }) => kind === 'import') });
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
  const observation = await observe(open, registry, 'large');
  for (const one of observation.images) if (one.state === 'unreadable') throw one.failure;
  const sourceless = observation.images.filter(one => one.state === 'absent');
  const absent = sourceless.filter(({ isThere }) => !isThere);
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
  const toBring = known.map(one => {
    const { image, planned } = one;
    const { origin, name } = image;
    const way: Way = ways.get(one) ?? { kind: 'stream' };
    const from =
      origin.kind === 'upstream' && connected.upstream !== undefined
        ? { from: { host: connected.upstream.host, repository: origin.repository } }
        : {};
    return { name, planned, way, ...from };
  });
  const importManifest = importing(registry, connected, services);
  const brought = await bringImages(toBring, observation.plan, {
    target: registry,
    importManifest,
    overwrite,
    log,
    clock: services.clock,
  });
  const stays = sourceless.map(({ image, digest }) => [image.name, `${registry.host}/${image.repository}@${digest}`]);
  const images: Readonly<Record<string, string>> = { ...referencesOf(known, registry), ...Object.fromEntries(stays) };
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
    images: observation.images.map(observed => ({
      observed,
      way: observed.state === 'known' ? brought.ways.get(observed.planned) : undefined,
    })),
    overwrite,
  });
  const verdict = made.changes.length === 0 ? 'no-changes' : 'applied';
  return { findings: { verdict, plan: told, warnings: brought.warnings, images } };
}

/** From the registry of the environment before, by the rights of this identity. */
function importing(
  registry: OpenRegistry,
  { upstream, offerImport }: Connected,
  { signal }: Pick<Services, 'signal'>,
): ImportManifest {
  return (from, digest, into) => {
    const [source, target] = [upstream?.resource?.id, registry.resource?.id];
    if (source === undefined || target === undefined) {
      throw new Error('Imports take two registries of the resource manager.');
    }
    const { repository } = from;
    return offerImport(target, { source: { resourceId: source }, repository, digest, into }, { signal });
  };
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
