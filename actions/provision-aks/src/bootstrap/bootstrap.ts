import { writeFile } from 'node:fs/promises';
import { problemSections } from '@suite/change-report';
import { asString, type JsonObject, mapInParallel, type Problem, pathInside, UserError } from '@suite/foundation';
import {
  type CloudName,
  cloudOf,
  type LockedPlace,
  loadLock,
  loadPlatform,
  lockFileOf,
  writeLock,
} from '@suite/platform-file';
import type { BootstrapRequest } from '../inputs.ts';
import {
  type ApplicationStep,
  applyApplication,
  commandsFor,
  type DesiredApplication,
  desiredApplications,
  planApplications,
} from './applications.ts';
import { applyBootstrap } from './apply.ts';
import { describeDesired } from './desired.ts';
import { type Identity, observe } from './observe.ts';
import { listPlaces, type Place } from './places.ts';
import { obstacles, planBootstrap } from './plan.ts';
import type { Azure, Services } from './ports.ts';
import { changesOf, headlineOf, type Result, renderBootstrap } from './report.ts';
import { createSubjects, type SubjectTemplate } from './subjects.ts';

/**
 * Makes what a platform needs in Azure before Terraform can work, and writes platform.lock.yaml beside the platform file.
 * Run again it changes nothing; cut off anywhere, the next run completes it.
 */
export async function bootstrap(request: BootstrapRequest, services: Services): Promise<void> {
  const { log, summary } = services;
  try {
    const result = await work(request, services);
    for (const warning of result.warnings) log.warning(warning);
    for (const line of result.commands) log.info(line);
    await summary.append(renderBootstrap(result));
    services.setOutputs({
      changes: changesOf(result),
      verdict: changesOf(result) === 0 ? 'no-changes' : result.isDryRun ? 'changes' : 'applied',
      'lock-file': result.isDryRun ? undefined : lockFileOf(request.platformFile),
    });
    log.info(headlineOf(result));
  } catch (error) {
    if (error instanceof UserError) await summary.append(problemSections(error.problems));
    throw error;
  }
}

async function work(request: BootstrapRequest, services: Services): Promise<Result> {
  const { context, log, clock } = services;
  const [platform, locked] = await Promise.all([
    loadPlatform(request.platformFile, context.workspace),
    loadLock(request.platformFile, context.workspace),
  ]);
  const { source } = platform;
  const cloud = cloudOf(platform);
  const azure = services.connect(source.tenant, cloud);
  const { manager } = azure;
  const [template, defaultBranch, claims, self] = await readSurroundings(services, azure, cloud);
  const places = await listPlaces(platform, locked?.lock, async account => {
    return (await manager.find(account, '2023-05-01')) !== undefined;
  });
  const desired = describeDesired(places, {
    subjectOf: createSubjects(template, claims),
    defaultBranch,
    redundancy: request.redundancy,
  });
  const observed = await log.group('Look at what is there', () => observe(desired, manager, self));
  const trust = { issuer: asString(claims['iss']) ?? '', audience: azure.audience };
  const steps = planBootstrap(desired, observed, trust);
  const wanted = applicationsOf(request, source.domain, places);
  const seen = await planEntra(wanted, azure);
  const problems = obstacles(steps, desired, observed);
  const base = {
    platform: source.name,
    steps,
    applications: seen.steps,
    run: { id: context.runId, repository: context.repository },
    commands: seen.commands,
  };
  if (request.dryRun) {
    return { ...base, isDryRun: true, lock: undefined, warnings: [...seen.warnings, ...problems.map(say)] };
  }
  if (problems.length > 0 && changesOf(base) > 0) throw new UserError(problems);
  const identities = await log.group('Make what is missing', () =>
    applyBootstrap(steps, observed.identities, { azure, log, clock, newId: services.newId, self, trust }),
  );
  const refused = await applyEntra(seen.steps, azure);
  const text = writeLock(
    locked?.text,
    places.map(place => lockOf(place, identities)),
  );
  const file = lockFileOf(request.platformFile);
  const isDifferent = text !== locked?.text;
  if (isDifferent) await writeFile(file, text);
  return {
    ...base,
    isDryRun: false,
    lock: isDifferent ? { text, path: pathInside(context.workspace, file) } : undefined,
    commands: [...seen.commands, ...refused.commands],
    warnings: [...seen.warnings, ...refused.warnings],
  };
}

function readSurroundings(
  { repository }: Services,
  azure: Azure,
  cloud: CloudName,
): Promise<[SubjectTemplate, string, JsonObject, string]> {
  return Promise.all([
    repository.readSubjects(),
    repository.readDefaultBranch(),
    repository.readOwnClaims(cloud),
    azure.whoAmI(),
  ]);
}

function say({ message, remedy }: Problem): string {
  return remedy === undefined ? message : `${message} ${remedy}`;
}

function applicationsOf(
  { entraApplications }: BootstrapRequest,
  domain: string | undefined,
  places: readonly Place[],
): DesiredApplication[] {
  if (entraApplications === false) return [];
  if (entraApplications === true && domain === undefined) {
    throw new UserError({
      message: 'needs a `domain` in the platform file: applications are called back under it.',
      location: { kind: 'input', name: 'entra-applications' },
      remedy: 'Add `domain:` to the platform file, or leave the input out.',
    });
  }
  return desiredApplications(places);
}

interface Entra {
  readonly warnings: readonly string[];
  readonly commands: readonly string[];
}

const noRight =
  'The bootstrap identity may not make applications in Entra ID (Microsoft Graph, `Application.ReadWrite.OwnedBy`), so nobody can sign in to the platform’s interfaces yet. Everything else was done; the commands for a person are in the summary.';

async function planEntra(
  wanted: readonly DesiredApplication[],
  { graph, manager, isGraphRefusal }: Azure,
): Promise<Entra & { readonly steps: readonly ApplicationStep[] }> {
  try {
    const steps = await planApplications(wanted, graph, manager);
    const waiting = steps.filter(({ waits }) => waits).map(({ wanted: { name } }) => name);
    const later =
      waiting.length === 0
        ? []
        : [
            `${waiting.join(', ')}: trust in the cluster comes once there is one. Run bootstrap again after the first apply.`,
          ];
    return { steps, warnings: later, commands: [] };
  } catch (error) {
    if (!isGraphRefusal(error)) throw error;
    return { steps: [], warnings: [noRight], commands: commandsFor(wanted) };
  }
}

async function applyEntra(
  steps: readonly ApplicationStep[],
  { graph, workloadAudience, isGraphRefusal }: Azure,
): Promise<Entra> {
  const refused = await mapInParallel(
    steps.filter(({ change }) => change !== 'none'),
    4,
    async (step): Promise<DesiredApplication[]> => {
      try {
        await applyApplication(step, graph, workloadAudience);
        return [];
      } catch (error) {
        if (!isGraphRefusal(error)) throw error;
        return [step.wanted];
      }
    },
  );
  const all = refused.flat();
  return all.length === 0 ? { warnings: [], commands: [] } : { warnings: [noRight], commands: commandsFor(all) };
}

function lockOf(place: Place, identities: ReadonlyMap<string, Identity>): LockedPlace {
  const clientId = (id: string) => {
    const found = identities.get(id)?.clientId;
    if (found === undefined) throw new Error(`${id} has no client id.`);
    return found;
  };
  const { scope, region, state } = place;
  return {
    scope,
    region,
    identities: { plan: clientId(place.identities.plan), apply: clientId(place.identities.apply) },
    state: { account: state.account, container: state.container },
  };
}
