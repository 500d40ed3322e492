import { demandCluster } from '@suite/platform-file';
import {
  type Cargo,
  type CommitNote,
  type DeliverPorts,
  deliver,
  editsFor,
  readFolder,
  revertTo,
} from './deliver/index.ts';
import type { Request } from './inputs.ts';
import { repositoryUrl, rootName } from './objects.ts';
import type { Connected, Services } from './ports.ts';
import { deliveredOf, type Prepared } from './prepare.ts';
import type { ProofPorts, SyncPlan, SyncPorts } from './sync/index.ts';
import type { Target } from './target.ts';

/** What is synced, waited for and proven; `revision` is undefined where any will do. */
export function syncPlanOf(
  request: Request,
  target: Target,
  { context, serverUrl }: Pick<Services, 'context' | 'serverUrl'>,
  { images, charts }: Cargo,
  revision: string | undefined,
): SyncPlan {
  const { applications, chosen } = target;
  const planned = chosen.map(({ application, images: own, charts: versioned }) => ({
    name: application,
    images: images.filter(({ name }) => own.includes(name)),
    charts: charts.filter(({ name }) => versioned.includes(name)),
  }));
  const { runId, runAttempt, job, step, repository, runUrl } = context;
  return {
    argoNamespace: applications.argoNamespace,
    applications: applications.hasRoot
      ? [
          {
            name: rootName(applications),
            images: planned.flatMap(one => one.images),
            charts: [...new Set(planned.flatMap(one => one.charts))],
          },
        ]
      : planned,
    repository: repositoryUrl(applications, serverUrl),
    branch: applications.branch,
    revision,
    mark: {
      // Another step of the same run is about something else, and must not take an operation that is over for its own.
      id: [runId || 'local', runAttempt, job, step].filter(part => part !== '').join('/'),
      by: `gha:${repository || 'local'}`,
      run: runUrl ?? 'outside of a workflow',
      bundle: 'bundle' in request ? request.bundle : undefined,
    },
    argoUrl: argoUrlOf(target),
    timeoutMs: request.timeoutMs,
  };
}

/** Where people open the Argo CD that deploys. Undefined where the platform has no way in to it, and of a hub, which is another team's. */
export function argoUrlOf({
  view: { dns, releases },
  applications: { hub },
  server,
}: Pick<Target, 'applications' | 'server'> & { readonly view: Pick<Target['view'], 'dns' | 'releases'> }):
  | string
  | undefined {
  if (server !== undefined) return server.address.replace(/\/+$/, '');
  const { argoCd, gateway, routes } = releases;
  const isRouted = argoCd !== undefined && gateway !== undefined && routes?.argoCd === true;
  return hub === undefined && isRouted && dns !== undefined ? `https://argocd.${dns.name}` : undefined;
}

/** The ports of syncs, proofs and rollbacks over one cluster. */
export function portsOf(target: Target, services: Services, connected: Connected): SyncPorts & ProofPorts {
  const { clock, log, signal, random } = services;
  const cluster = demandCluster(target.view, connected);
  const { gitops, platformDigests } = connected;
  return {
    argo: cluster.argo,
    workloads: cluster,
    clock,
    log,
    signal,
    random,
    contains: async (newer, older) => {
      const relation = await gitops.compare(older, newer);
      return relation === 'identical' || relation === 'ahead';
    },
    platformDigests,
    chartsAt: createChartsAt(target, services, connected),
  };
}

/** A proof looks again and again, and what a commit says stays. */
function createChartsAt(
  { applications, chosen }: Target,
  services: Services,
  connected: Connected,
): ProofPorts['chartsAt'] {
  const { at } = deliverPorts(services, connected);
  const trees = new Map<string, ReturnType<typeof at>>();
  return async (application, charts, commit) => {
    const apps = chosen.filter(app => applications.hasRoot || app.application === application);
    const tree = trees.get(commit) ?? at(commit);
    trees.set(commit, tree);
    const { places } = await editsFor(await tree, deliveredOf(apps), { images: [], charts });
    return places.map(({ item, before, file, line }) => ({ name: item, version: before, place: `${file}:${line}` }));
  };
}

function noteOf(request: Request, { view }: Target, { context }: Pick<Services, 'context'>): CommitNote {
  return {
    environment: view.scope,
    bundle: 'bundle' in request ? request.bundle : undefined,
    run: context.runUrl ?? 'outside of a workflow',
  };
}

/** Commits digests and versions on the head that was planned with, or finds them there. Rejects with MovedOn on any other head. */
export function deliverCargo(
  request: Request,
  target: Target,
  services: Services,
  connected: Connected,
  { delivered, cargo, commit }: Prepared,
) {
  const { branch } = target.applications;
  return deliver(
    { branch, apps: delivered, cargo, note: noteOf(request, target, services), planned: commit },
    deliverPorts(services, connected),
  );
}

/** Takes the places of delivery back to earlier images and charts. Gives the commit. */
export async function revertCargo(
  request: Request,
  target: Target,
  services: Services,
  connected: Connected,
  { delivered, cargo }: Pick<Prepared, 'delivered' | 'cargo'>,
  to: string,
): Promise<string> {
  const note = noteOf(request, target, services);
  const { branch } = target.applications;
  const { commit } = await revertTo({ branch, apps: delivered, cargo, to, note }, deliverPorts(services, connected));
  return commit;
}

function deliverPorts({ clock, log, random }: Services, { gitops, folder }: Connected): DeliverPorts {
  return {
    gitops,
    at: async commit => {
      const place = `${folder}/at-${commit}`;
      await gitops.bring(commit, place);
      return readFolder(place);
    },
    clock,
    random,
    log: line => log.info(line),
  };
}
