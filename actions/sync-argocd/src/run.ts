import { demandCluster } from '@suite/platform-file';
import {
  type CommitNote,
  type DeliverPorts,
  deliver,
  type PlacedImage,
  readFolder,
  revertTo,
} from './deliver/index.ts';
import type { Request } from './inputs.ts';
import { repositoryUrl, rootName } from './objects.ts';
import type { Connected, Services } from './ports.ts';
import type { Prepared } from './prepare.ts';
import type { ProofPorts, SyncPlan, SyncPorts } from './sync/index.ts';
import type { Target } from './target.ts';

/** What is synced, waited for and proven; `revision` is undefined where any will do. */
export function syncPlanOf(
  request: Request,
  target: Target,
  { context, serverUrl }: Pick<Services, 'context' | 'serverUrl'>,
  images: readonly PlacedImage[],
  revision: string | undefined,
): SyncPlan {
  const { applications, chosen } = target;
  const byName = new Map(images.map(image => [image.name, image]));
  const planned = chosen.map(({ application, images: own }) => ({
    name: application,
    images: own.flatMap(image => byName.get(image) ?? []),
  }));
  const { runId, runAttempt, repository, runUrl } = context;
  return {
    argoNamespace: applications.argoNamespace,
    applications: applications.hasRoot
      ? [{ name: rootName(applications), images: planned.flatMap(one => one.images) }]
      : planned,
    applicationSets: [],
    repository: repositoryUrl(applications, serverUrl),
    branch: applications.branch,
    revision,
    mark: {
      id: `${runId || 'local'}/${runAttempt}`,
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
export function portsOf(
  target: Target,
  { clock, log, signal, random }: Services,
  connected: Connected,
): SyncPorts & ProofPorts {
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
  };
}

function noteOf(request: Request, { view }: Target, { context }: Pick<Services, 'context'>): CommitNote {
  return {
    environment: view.scope,
    bundle: 'bundle' in request ? request.bundle : undefined,
    run: context.runUrl ?? 'outside of a workflow',
  };
}

/** Commits the digests on the head that was planned with, or finds them there. Rejects with MovedOn on any other head. */
export function deliverImages(
  request: Request,
  target: Target,
  services: Services,
  connected: Connected,
  { delivered, images, commit }: Prepared,
) {
  const { branch } = target.applications;
  return deliver(
    { branch, apps: delivered, images, note: noteOf(request, target, services), planned: commit },
    deliverPorts(services, connected),
  );
}

/** Takes the places of delivery back to earlier images. Gives the commit. */
export async function revertImages(
  request: Request,
  target: Target,
  services: Services,
  connected: Connected,
  { delivered, images }: Pick<Prepared, 'delivered' | 'images'>,
  to: string,
): Promise<string> {
  const note = noteOf(request, target, services);
  const { branch } = target.applications;
  const { commit } = await revertTo({ branch, apps: delivered, images, to, note }, deliverPorts(services, connected));
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
