import {
  type Application,
  type AppProject,
  type Cause,
  forbiddenBy,
  judgeWindows,
  repositoryKey,
  ruleText,
  type SyncWindow,
} from '@suite/argocd';
import { nearest, sentenceList, shortList } from '@suite/foundation';
import type { SyncPlan } from './plan.ts';
import type { ApplicationRef, SyncPorts } from './ports.ts';
import { pinsFor } from './start.ts';

export interface Refusal {
  readonly ref: ApplicationRef;
  readonly cause: Cause;
}

export interface Checked {
  readonly applications: readonly { readonly ref: ApplicationRef; readonly application: Application }[];
  readonly refusals: readonly Refusal[];
}

type CheckPorts = Pick<SyncPorts, 'argo' | 'clock' | 'contains'>;

/**
 * What can be known before anything is delivered or synced: that each Application is there, that its project allows it, that no window
 * holds it shut, and that Argo CD would not at once undo it.
 */
export async function checkAll(refs: readonly ApplicationRef[], plan: SyncPlan, ports: CheckPorts): Promise<Checked> {
  const found = await findAll(refs, ports, 'kept');
  const projects = new Map<string, Promise<AppProject | undefined>>();
  const projectOf = (name: string) => {
    const project = projects.get(name) ?? ports.argo.project(name);
    projects.set(name, project);
    return project;
  };
  const refusals: Refusal[] = [...found.refusals];
  for (const { ref, application } of found.applications) {
    const cause =
      judgeProject(application, await projectOf(application.project), plan, ports.clock.now()) ??
      (await judgeRevision(application, plan, ports));
    if (cause !== undefined) refusals.push({ ref, cause });
  }
  return { applications: found.applications, refusals };
}

/** `what` is wanted of each. */
export async function findAll(
  refs: readonly ApplicationRef[],
  { argo }: Pick<SyncPorts, 'argo'>,
  what?: 'all' | 'kept',
): Promise<Checked> {
  const lists = new Map<string, ReadonlyMap<string, Application>>();
  for (const namespace of new Set(refs.map(({ namespace: place }) => place))) {
    lists.set(namespace, new Map((await argo.list(namespace, what)).map(one => [one.name, one])));
  }
  const applications: Checked['applications'][number][] = [];
  const refusals: Refusal[] = [];
  for (const ref of refs) {
    const all = lists.get(ref.namespace);
    const application = all?.get(ref.name);
    if (application !== undefined) applications.push({ ref, application });
    else refusals.push({ ref, cause: missing(ref, [...(all?.keys() ?? [])], argo.where) });
  }
  return { applications, refusals };
}

function missing({ namespace, name }: ApplicationRef, names: readonly string[], where: string): Cause {
  const near = nearest(name, names);
  return {
    kind: 'missing',
    message: `Argo CD ${where} has no Application ${name} in the namespace ${namespace}`,
    remedy:
      near !== undefined
        ? `Did you mean ${near}?`
        : names.length === 0
          ? 'There are none at all: its objects have to be applied first.'
          : `There ${names.length === 1 ? 'is' : 'are'} ${shortList(names.toSorted(), 5)}.`,
  };
}

function judgeProject(
  application: Application,
  project: AppProject | undefined,
  { argoNamespace }: SyncPlan,
  now: number,
): Cause | undefined {
  if (project === undefined) {
    return {
      kind: 'project',
      message: `its project ${application.project} is not there`,
      remedy: 'Name one that is, or apply the AppProject first.',
    };
  }
  const [first] = forbiddenBy(project, application, argoNamespace);
  if (first !== undefined) {
    return {
      kind: 'project',
      message: `its project ${project.name} does not allow ${first.what}: ${ruleText(first)}`,
      remedy: `Add it to ${first.rule} of the AppProject, or change the Application.`,
    };
  }
  const verdict = judgeWindows(project.windows, application, now);
  if (verdict.isOpen) return undefined;
  if ('unreadable' in verdict) {
    return {
      kind: 'window',
      message: `Argo CD refuses every sync, because a sync window of the project ${project.name} cannot be read: ${verdict.why}`,
      remedy: 'Correct or remove the window in the AppProject.',
    };
  }
  const until = verdict.until === undefined ? 'for a year at least' : `until ${new Date(verdict.until).toISOString()}`;
  return {
    kind: 'window',
    message: `the project ${project.name} is closed by a sync window ${until}: ${sentenceList(verdict.windows.map(shownWindow))}`,
    remedy: 'Run this again then, or let the window allow manual syncs (manualSync).',
  };
}

function shownWindow({ kind, schedule, duration, timeZone, description }: SyncWindow): string {
  const zone = timeZone === '' ? 'UTC' : timeZone;
  return `${kind} at "${schedule}" (${zone}) for ${duration}${description === '' ? '' : `, ${description}`}`;
}

async function judgeRevision(
  application: Application,
  plan: SyncPlan,
  { contains }: CheckPorts,
): Promise<Cause | undefined> {
  if (application.isHydrated) {
    return {
      kind: 'unsupported',
      message: 'it has a source hydrator (spec.sourceHydrator), whose commits are not those of the GitOps repository',
      remedy: 'sync-argocd does not sync such Applications.',
    };
  }
  const { revision, branch } = plan;
  if (revision === undefined) return undefined;
  const wanted = repositoryKey(plan.repository);
  const own = application.sources.filter(({ repository, chart }) => !chart && repositoryKey(repository) === wanted);
  const pins = pinsFor(application, plan);
  if (own.length > 0 && pins.every(pin => pin === undefined)) {
    return {
      kind: 'fight',
      message: `it is held at ${sentenceList(own.map(({ target }) => target))}, so that the commit ${revision.slice(0, 12)} of ${branch} would not reach it`,
      remedy: `Let its targetRevision be ${branch}.`,
    };
  }
  if (own.length === 0 || !application.policy.isAutomated || (await contains(branch, revision))) return undefined;
  return {
    kind: 'fight',
    message: `it syncs by itself to ${branch}, which does not contain the commit ${revision.slice(0, 12)}: Argo CD would at once undo it`,
    remedy: `Bring the commit to ${branch}, or set \`sync: manual\`.`,
  };
}
