import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  forbiddenBy,
  judgeWindows,
  readApplication as readArgoApplication,
  readProject,
  ruleText,
} from '@suite/argocd';
import { baseOf, type Check, type GitOpsBase } from '@suite/change-report';
import { asArray, asObject, asString, sentenceList, UserError } from '@suite/foundation';
import { KubernetesFailure, type KubernetesObject } from '@suite/kubernetes';
import { chartChecks, placedCharts } from './charts.ts';
import {
  type Cargo,
  type DeliveredApp,
  type Edits,
  editsFor,
  overridesFor,
  type PlacedImage,
  type Read,
  readFolder,
} from './deliver/index.ts';
import { deliveryDigest } from './delivery-digest.ts';
import { loginServerIn, placedImages } from './images.ts';
import type { NamedImage } from './inputs.ts';
import { type Override, type OwnObjects, onlyOf, ownCluster, ownerLabel, ownObjects, serverOf } from './objects.ts';
import { type OwnPlan, planOwn } from './own-plan.ts';
import {
  type ApplicationsPlan,
  nothingLive,
  observeApplications,
  planApplications,
  resourcesOf,
} from './plan/index.ts';
import type { Connected, Services } from './ports.ts';
import { noRecord, type SyncRecord } from './record.ts';
import {
  type Capabilities,
  type Checkout,
  type ClusterFacts,
  createRenderer,
  type Destination,
  type Rendering,
} from './render/index.ts';
import { rootProjectChecks } from './root-projects.ts';
import { sinceBundle } from './since-bundle.ts';
import type { Target } from './target.ts';

/** Everything that is known before anything is changed. */
export interface Prepared {
  /** Of the repository of the applications: the commit that was planned with. */
  readonly commit: string;
  readonly cargo: Cargo;
  readonly delivered: readonly DeliveredApp[];
  readonly edits: Edits;
  readonly own: OwnObjects;
  readonly ownPlan: OwnPlan;
  readonly plan: ApplicationsPlan;
  readonly record: SyncRecord;
  readonly checks: readonly Check[];
  /** HMAC of what a sync delivers: objects of our own, and what the applications' folders hold then. */
  readonly digest: string;
}

export interface Circumstances {
  readonly images: readonly NamedImage[];
  /** Where the bundle found the repositories of applications; undefined without one. */
  readonly bases?: readonly GitOpsBase[] | undefined;
  /** Outputs of Terraform that an apply of the infrastructure changes before. */
  readonly changing: ReadonlySet<string>;
  /** The cluster has to be readable. */
  readonly isApply: boolean;
}

const argo = 'argoproj.io/v1alpha1';

/** Renders and compares what Argo CD would deploy. Writes nothing anywhere but in the runner's folder. */
export async function prepare(
  target: Target,
  { context, serverUrl, clock, log }: Pick<Services, 'context' | 'serverUrl' | 'clock' | 'log'>,
  connected: Connected,
  { images: overridden, bases, changing, isApply }: Circumstances,
): Promise<Prepared> {
  const { view, applications, chosen } = target;
  const { cluster, state, gitops, helm, kustomize, folder } = connected;
  const outputs =
    state === undefined
      ? undefined
      : Object.fromEntries(Object.entries(state.outputs).filter(([name]) => !changing.has(name)));
  const images = placedImages(view, loginServerIn(view, outputs), overridden);
  const cargo = { images, charts: placedCharts(view) };
  const delivered = deliveredOf(chosen);

  const [commit, seen, ofCharts] = await Promise.all([
    gitops.head(applications.branch),
    look(cluster, applications, isApply),
    chartChecks(target, helm),
  ]);
  log.info(`${gitops.repository} at ${commit.slice(0, 12)} of ${applications.branch}`);
  const base = join(folder, 'base');
  const branch = {
    base: baseOf(bases, applications),
    head: commit,
    paths: [...(applications.hasRoot ? [applications.path] : []), ...chosen.map(({ path }) => path)],
    runs: `${serverUrl}/${context.repository}/actions/runs/`,
    serverUrl,
  };
  const [since] = await Promise.all([sinceBundle(branch, gitops), gitops.bring(commit, base)]);
  const read = readFolder(base);
  const edits = applications.delivery === 'git' ? await editsFor(read, delivered, cargo) : { files: [], places: [] };
  // Those that are not chosen keep theirs.
  const overrides =
    applications.delivery === 'application'
      ? await readOverrides(read, deliveredOf(applications.apps), images)
      : new Map<string, Override>();
  const head = await withEdits(base, edits, join(folder, 'head'));
  const isArgoAlone = cluster?.isArgoAlone ?? false;
  const isPart = chosen.length < applications.apps.length;
  const all = ownObjects({ view, applications, serverUrl, outputs, overrides, endpoint: cluster?.endpoint });
  const own = isPart ? onlyOf(all, chosen) : all;

  const checkout = (at: string): Checkout => ({
    folder: at,
    repository: repositoryOf(own),
    commit,
    names: [applications.branch],
  });
  const server = serverOf({ applications, endpoint: cluster?.endpoint });
  const facts = factsOf(own.cluster, view.cluster.name, server);
  const renderer = createRenderer({
    helm,
    kustomize,
    capabilities: await capabilitiesOf(view.cluster.version, cluster),
    temp: join(folder, 'render'),
    atOnce: 4,
  });
  const names = new Set(chosen.map(({ application }) => application));
  const mine = ({ metadata: { name, labels } }: KubernetesObject) =>
    labels?.[ownerLabel] === applications.project && (!isPart || names.has(name));
  const before = seen.applications.filter(mine);
  const earlier = await lastSynced(target, seen, commit, connected, base);
  const render = (roots: readonly KubernetesObject[], at: string): Promise<Rendering> =>
    renderer.render({ roots, checkouts: [checkout(at)], clusters: [facts] });
  const began = clock.now();
  const [rendered, wanted] = await Promise.all([
    cluster === undefined ? undefined : render(before, earlier),
    render(
      own.argo.filter(({ kind }) => kind === 'Application'),
      head,
    ),
  ]);
  const isHere = (destination: Destination) =>
    destination.name === view.cluster.name ||
    (destination.server !== '' && destination.server === server) ||
    (server === ownCluster && destination.name === 'in-cluster');
  const live =
    cluster === undefined || !seen.isKnown
      ? nothingLive
      : await observeApplications(
          { base: rendered, head: wanted, isHere, argoNamespace: applications.argoNamespace },
          cluster,
          cluster.home,
        );
  log.info(`Rendered and compared in ${((clock.now() - began) / 1000).toFixed(1)} s`);
  // Where there is no state yet, nothing secret is known either.
  const key = state?.lineage || `${view.platform}/${view.scope}/${view.region}`;
  const projects = own.argo.filter(({ kind }) => kind === 'AppProject');
  const plan = planApplications({
    base: rendered,
    head: wanted,
    live,
    isHere,
    projects,
    forbidden: (one, project) =>
      forbiddenBy(
        readProject(project),
        readArgoApplication(one.application.object),
        applications.argoNamespace,
        resourcesOf(one),
      ).map(one => `It does not allow ${one.what}: ${ruleText(one)}.`),
    closed: ({ object, project }) => {
      const found = live.projects.get(project);
      if (found === undefined) return undefined;
      const verdict = judgeWindows(readProject(found).windows, readArgoApplication(object), clock.now());
      if (verdict.isOpen) return undefined;
      if ('unreadable' in verdict) return verdict.why;
      return verdict.until === undefined ? 'for a year at least' : `until ${new Date(verdict.until).toISOString()}`;
    },
    prunes: true,
    key,
  });
  const ownPlan = planOwn({
    own,
    owner: applications.project,
    live,
    namespaces: seen.namespaces,
    record: seen.record,
    allow: view.allow,
    isPart,
    isArgoAlone,
  });
  const allProjects = new Map([...live.projects, ...projects.map(one => [one.metadata.name, one] as const)]);
  return {
    commit,
    cargo,
    delivered,
    edits,
    own,
    ownPlan,
    plan,
    record: seen.record,
    checks: [
      ...seen.checks,
      ...since,
      ...laterChecks(changing),
      ...foundNowhere(target),
      ...ofCharts,
      ...(isArgoAlone ? aroundArgo(target, own, before) : []),
      ...(await rootProjectChecks(target, wanted, allProjects, readFolder(head))),
      // Whether the cluster is known is said above.
      ...plan.checks.filter(({ id }) => seen.isKnown || id !== 'application/cluster'),
      ...ownPlan.checks,
    ],
    digest: await deliveryDigest({ key, own, repository: repositoryOf(own), rendering: wanted, folder: head }),
  };
}

/** Without automation, what was synced last is what runs: commits of others since then come with this sync, too. */
async function lastSynced(
  { applications }: Target,
  { record }: Seen,
  commit: string,
  { gitops, folder }: Connected,
  base: string,
): Promise<string> {
  const last = record.proven[0]?.commit;
  if (applications.isAutomatic || last === undefined || last === commit) return base;
  const place = join(folder, 'last');
  await gitops.bring(last, place);
  return place;
}

function laterChecks(changing: ReadonlySet<string>): Check[] {
  if (changing.size === 0) return [];
  return [
    {
      id: 'application/outputs',
      name: 'What the infrastructure gives to applications is known',
      status: 'later',
      message: `The infrastructure changes ${sentenceList([...changing].slice(0, 5))}: what the Secret of the cluster carries is known after it was applied.`,
    },
  ];
}

interface Seen {
  readonly isKnown: boolean;
  readonly applications: readonly KubernetesObject[];
  readonly namespaces: ReadonlyMap<string, KubernetesObject>;
  readonly record: SyncRecord;
  readonly checks: readonly Check[];
}

async function look(
  cluster: Connected['cluster'],
  { argoNamespace, hub }: Target['applications'],
  isApply: boolean,
): Promise<Seen> {
  const nothing = { isKnown: false, applications: [], namespaces: new Map(), record: noRecord };
  if (cluster === undefined) {
    return {
      ...nothing,
      checks: [
        {
          id: 'application/cluster',
          name: 'What runs in the cluster is known',
          status: 'later',
          message: 'There is no cluster yet: everything is new. The sync compares again once the cluster is there.',
        },
      ],
    };
  }
  try {
    const [applications, namespaces, record] = await Promise.all([
      cluster.home.list({ apiVersion: argo, kind: 'Application', namespace: argoNamespace }),
      cluster.list({ apiVersion: 'v1', kind: 'Namespace' }),
      cluster.records.read(),
    ]);
    const byName = new Map(namespaces.map(object => [object.metadata.name, object]));
    return { isKnown: true, applications, namespaces: byName, record, checks: [] };
  } catch (error) {
    // A plan shows what it can. Whoever applies or verifies cannot do without.
    if (isApply || !(error instanceof KubernetesFailure) || error.kind !== 'forbidden') throw error;
    return {
      ...nothing,
      checks: [
        {
          id: 'application/rights',
          name: 'The plan may read what runs',
          status: 'unknown',
          message: `The plan identity may not read the cluster yet, so everything is shown as new: ${error.problems[0]?.message ?? 'forbidden'}`,
          remedy: `Right for a cluster that nothing was applied to. Its first apply makes the role \`aks-platform-plan-reader\` for the plan identity.${hub === undefined ? '' : ` In ${hub.name}, whose Argo CD deploys, whoever owns that gives it a role.`}`,
        },
      ],
    };
  }
}

/** What delivery needs to know of applications. */
export function deliveredOf(apps: Target['chosen']): readonly DeliveredApp[] {
  return apps.map(({ name, path, images, charts, values }) => ({ name, path, images, charts, values }));
}

/** Overrides by application, for those that do not take digests from Git. */
export async function readOverrides(
  read: Read,
  apps: readonly DeliveredApp[],
  images: readonly PlacedImage[],
): Promise<ReadonlyMap<string, Override>> {
  const overrides = new Map<string, Override>();
  for (const { app, kustomizeImages, helmParameters } of await overridesFor(read, apps, images)) {
    overrides.set(app, {
      ...(kustomizeImages.length === 0 ? {} : { kustomizeImages }),
      ...(helmParameters.length === 0 ? {} : { helmParameters }),
    });
  }
  return overrides;
}

/** The folder with its files changed; the same one where none is. */
async function withEdits(base: string, { files }: Edits, head: string): Promise<string> {
  if (files.length === 0) return base;
  // An earlier step of the job may have left its own there.
  await rm(head, { recursive: true, force: true });
  await cp(base, head, { recursive: true, verbatimSymlinks: true });
  for (const { path, after } of files) await writeFile(join(head, path), after);
  return head;
}

function repositoryOf({ argo: objects }: OwnObjects): string {
  const [project] = objects;
  return asString(asArray(asObject(project?.['spec'])['sourceRepos'])[0]) ?? '';
}

function factsOf({ metadata }: KubernetesObject, name: string, server: string): ClusterFacts {
  return { name, server, labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {} };
}

async function capabilitiesOf(wanted: string, cluster: Connected['cluster']): Promise<Capabilities> {
  // A patch, because charts compare versions.
  const asked = `${/^\d+\.\d+/.exec(wanted)?.[0] ?? wanted}.0`;
  if (cluster === undefined) return { kubeVersion: asked, apiVersions: [], isNamespaced: () => undefined };
  const [version, discovery] = await Promise.all([cluster.version(), cluster.discovery()]);
  if (version === '') throw new UserError({ message: `${cluster.host} does not say its version.` });
  return {
    kubeVersion: version,
    apiVersions: discovery.apiVersions,
    isNamespaced: (apiVersion, kind) => discovery.find(apiVersion, kind)?.isNamespaced,
  };
}

/** What nobody makes through an Argo CD server. */
function aroundArgo(
  { applications: { apps, hasRoot } }: Target,
  own: OwnObjects,
  before: readonly KubernetesObject[],
): Check[] {
  const there = new Set(before.map(({ metadata }) => metadata.name));
  const first = new Set(apps.filter(({ application }) => !there.has(application)).map(({ namespace }) => namespace));
  const places = own.namespaces.map(({ metadata }) => metadata.name).filter(name => first.has(name));
  return [
    ...(places.length === 0
      ? []
      : [
          {
            id: 'application/namespaces',
            name: 'Namespaces of applications are there',
            status: 'warning' as const,
            message: `Through an Argo CD server no namespace is made: ${sentenceList(places)} ${places.length === 1 ? 'has' : 'have'} to be there before the first sync.`,
            remedy: 'Make it with a release of your own, or sync once without `server`.',
          },
        ]),
    ...(hasRoot
      ? [
          {
            id: 'application/cluster-secret',
            name: 'Outputs of the infrastructure reach ApplicationSets',
            status: 'warning' as const,
            message:
              'Through an Argo CD server the Secret that names the cluster is not written: cluster generators find what it had before, or nothing.',
            remedy: 'Leave `server` out where ApplicationSets use its annotations.',
          },
        ]
      : []),
  ];
}

/** Images that are promoted and that no application uses. */
function foundNowhere({ applications, view }: Target): Check[] {
  const used = new Set(applications.apps.flatMap(({ images }) => images));
  const unused = view.images.map(({ name }) => name).filter(name => !used.has(name));
  if (unused.length === 0 || applications.apps.length === 0) return [];
  return [
    {
      id: 'application/unused-images',
      name: 'Every image belongs to an application',
      status: 'warning',
      message: `${sentenceList(unused)} ${unused.length === 1 ? 'belongs' : 'belong'} to no application: nothing is delivered for ${unused.length === 1 ? 'it' : 'them'}.`,
      remedy: 'Name it under `images` of an application.',
      setting: 'applications.apps',
    },
  ];
}
