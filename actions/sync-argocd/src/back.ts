import { UserError } from '@suite/foundation';
import { demandCluster } from '@suite/platform-file';
import { readChartText } from './charts.ts';
import { type Cargo, editsFor, type PlacedImage, readFolder } from './deliver/index.ts';
import { loginServerIn, placedImages } from './images.ts';
import type { Request } from './inputs.ts';
import { fieldManager, ownObjects } from './objects.ts';
import type { Connected, Services } from './ports.ts';
import { deliveredOf, readOverrides } from './prepare.ts';
import type { Proven, SyncRecord } from './record.ts';
import { runningOf } from './report.ts';
import { portsOf, revertCargo, syncPlanOf } from './run.ts';
import {
  explainProofs,
  explainRollbacks,
  explainSync,
  proveApplications,
  rollbackApplications,
  syncApplications,
} from './sync/index.ts';
import type { Target } from './target.ts';

export interface Back {
  /** Of the repository of the applications: the commit that runs again. */
  readonly commit: string;
  readonly running: ReturnType<typeof runningOf>;
  /** Names of the applications that went back. */
  readonly names: readonly string[];
  readonly error: UserError | undefined;
}

/** Images and charts of a proof, as delivery needs them. */
export function cargoOf(
  { images: proven, charts: versions }: Pick<Proven, 'images' | 'charts'>,
  { view }: Target,
  { state }: Pick<Connected, 'state'>,
): Cargo {
  const now = placedImages(view, loginServerIn(view, state?.outputs), []);
  const images = Object.entries(proven).flatMap(([name, image]): PlacedImage[] => {
    const [repository = '', digest = ''] = image.split('@');
    const known = now.find(one => one.name === name);
    const others = known === undefined ? [] : [known.repository, ...(known.knownAs ?? [])];
    return [{ name, repository, digest, knownAs: others.filter(other => other !== repository) }];
  });
  return { images, charts: Object.entries(versions).flatMap(([name, text]) => readChartText(name, text) ?? []) };
}

/** Those of the chosen applications that a proof speaks of, with all of their images and charts. */
export function coveredBy(
  { applications, images, charts }: Proven,
  { chosen }: Pick<Target, 'chosen'>,
): Target['chosen'] {
  return chosen.filter(
    app =>
      applications.includes(app.name) &&
      app.images.every(name => Object.hasOwn(images, name)) &&
      app.charts.every(name => Object.hasOwn(charts, name)),
  );
}

/** Whether something else runs, or is about to, than what was proven then. */
export async function differs(proof: Proven, target: Target, connected: Connected): Promise<boolean> {
  const { gitops, folder } = connected;
  const { applications } = target;
  const apps = deliveredOf(coveredBy(proof, target));
  if (apps.length === 0) return false;
  const place = `${folder}/now`;
  await gitops.bring(await gitops.head(applications.branch), place);
  const cargo = cargoOf(proof, target, connected);
  if (applications.delivery === 'git') return (await editsFor(readFolder(place), apps, cargo)).files.length > 0;
  const overrides = await readOverrides(readFolder(place), apps, cargo.images);
  const live = await demandCluster(target.view, connected).home.list({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    namespace: applications.argoNamespace,
  });
  const said = (app: string) => {
    const name = applications.apps.find(one => one.name === app)?.application;
    return JSON.stringify(live.find(({ metadata }) => metadata.name === name)?.['spec'] ?? {});
  };
  return [...overrides].some(([app, { kustomizeImages = [], helmParameters = [] }]) =>
    [...kustomizeImages, ...helmParameters.map(({ value }) => value)].some(value => !said(app).includes(value)),
  );
}

/**
 * Goes back to what was proven: digests and versions of charts, by a commit or as overrides, then a sync of that, and the proof. Where they
 * are the same and nobody but runs sync, by Argo CD's history.
 */
export async function goBackTo(
  proof: Proven,
  request: Request,
  target: Target,
  services: Services,
  connected: Connected,
): Promise<Back> {
  const apps = coveredBy(proof, target);
  const { applications } = target;
  await begin(proof, apps, target, connected);
  const within: Target = { ...target, chosen: applications.hasRoot ? target.chosen : apps };
  const cargo = cargoOf(proof, target, connected);
  const ports = portsOf(target, services, connected);
  const names = apps.map(({ name }) => name);
  const planAt = (revision: string | undefined) => {
    const plan = syncPlanOf(request, within, services, cargo, revision);
    return { ...plan, mark: { ...plan.mark, id: `${plan.mark.id}.rollback` }, endsOwn: true };
  };
  const isOther = await differs(proof, target, connected);
  if (!isOther && !applications.isAutomatic && applications.delivery === 'git') {
    const head = await connected.gitops.head(applications.branch);
    const plan = syncPlanOf(request, within, services, cargo, head);
    const results = await rollbackApplications({ ...plan, verified: proof.commit }, { ...ports, revert: undefined });
    return { commit: proof.commit, running: {}, names, error: explainRollbacks(results) };
  }
  const commit =
    applications.delivery === 'git'
      ? await revertCargo(request, within, services, connected, { delivered: deliveredOf(apps), cargo }, proof.commit)
      : await overrideImages(within, services, connected, cargo.images);
  const plan = planAt(commit);
  const failure = explainSync(await syncApplications(plan, ports));
  if (failure !== undefined) {
    return {
      commit,
      running: {},
      names,
      error: failure instanceof UserError ? failure : new UserError({ message: failure.message }),
    };
  }
  const proofs = await proveApplications(plan, ports);
  return { commit, running: runningOf(proofs), names, error: explainProofs(proofs) };
}

/** Whoever is killed from here on, or fails, goes on to that proof the next time: what Git says then tells nobody where it was to lead. */
async function begin({ at }: Proven, apps: Target['chosen'], { view }: Target, connected: Connected): Promise<void> {
  const { records } = demandCluster(view, connected);
  const wayBack = { at, applications: apps.map(({ name }) => name) };
  await records.write({ ...(await records.read()), wayBack });
}

/** The place of the proof that a way back of these very applications leads to; -1 where none has begun. */
export function begunTo({ proven, wayBack }: SyncRecord, { chosen }: Pick<Target, 'chosen'>): number {
  if (wayBack === undefined) return -1;
  const { at, applications } = wayBack;
  const isSame = applications.length === chosen.length && chosen.every(({ name }) => applications.includes(name));
  return isSame ? proven.findIndex(one => one.at === at) : -1;
}

/** Applies the Applications with earlier overrides. Gives the head of their branch. */
async function overrideImages(
  target: Target,
  { serverUrl }: Pick<Services, 'serverUrl'>,
  connected: Connected,
  images: readonly PlacedImage[],
): Promise<string> {
  const { view, applications, chosen } = target;
  const { gitops, state, folder } = connected;
  const head = await gitops.head(applications.branch);
  const place = `${folder}/back`;
  await gitops.bring(head, place);
  const overrides = await readOverrides(readFolder(place), deliveredOf(chosen), images);
  const cluster = demandCluster(target.view, connected);
  const own = ownObjects({ view, applications, serverUrl, outputs: state?.outputs, overrides });
  const names = new Set(chosen.map(({ application }) => application));
  for (const object of own.argo) {
    if (object.kind !== 'Application' || !names.has(object.metadata.name)) continue;
    await cluster.home.apply(object, { manager: fieldManager, force: true });
  }
  return head;
}
