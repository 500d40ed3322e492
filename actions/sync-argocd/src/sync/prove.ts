import { type Application, membersOf, resourceTitle } from '@suite/argocd';
import { mapInParallel, UserError } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import { isSelected } from '@suite/kubernetes/workloads';
import { causeOf } from './explain.ts';
import { childrenOf, setsOf } from './follow.ts';
import type { PlannedApplication, PlannedImage, ProofResult, SyncPlan } from './plan.ts';
import { type ApplicationRef, keyOf, type ProofPorts } from './ports.ts';
import { sayRegularly } from './progress.ts';
import { type DigestsOf, imagesOf, type JudgedWorkload, judgeWorkload, readImage, unusedImages } from './proof.ts';
import { proveCharts } from './prove-charts.ts';
import { lasting, passing, type Unproven } from './unproven.ts';

/** A moment is given to what is about to be right: pods that end, a container that starts. */
const patienceMs = 60_000;
const pauseMs = 2000;
const atOnce = 8;

/** Kinds that make pods and that we can look into, with the API version they are read in. */
const provenKinds: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  ReplicaSet: 'apps/v1',
  Job: 'batch/v1',
  CronJob: 'batch/v1',
  Pod: 'v1',
};
/** Kinds of others that make pods as well. */
const foreignKinds: ReadonlySet<string> = new Set([
  'argoproj.io/Rollout',
  'serving.knative.dev/Service',
  'apps.kruise.io/CloneSet',
  'apps.kruise.io/StatefulSet',
  'apps.kruise.io/DaemonSet',
  'argoproj.io/Workflow',
]);

/**
 * Proves that every container of every workload that the plan's applications and their children manage runs the digest it should, and that
 * they are synced with the charts that they should have.
 * Looks again for up to a minute. Rejects for defects only: what is not proven is in the results (see `explainProofs`).
 */
export async function proveApplications(plan: SyncPlan, ports: ProofPorts): Promise<readonly ProofResult[]> {
  const { clock, log, signal } = ports;
  const began = clock.now();
  const reporter = sayRegularly('proof', ports);
  const registry = createDigests(ports);
  const done = new Map<string, ProofResult>();
  try {
    for (;;) {
      const left = plan.applications.filter(one => !done.get(keyOf(refOf(one, plan)))?.isProven);
      const looks = createLooks(ports);
      const results = await mapInParallel(left, atOnce, one => proveOne(one, plan, ports, looks, registry, began));
      for (const result of results) done.set(keyOf(result), result);
      const unproven = [...done.values()].filter(({ isProven }) => !isProven);
      const mayPass = unproven.some(({ isLasting }) => !isLasting);
      if (unproven.length === 0 || !mayPass || clock.now() - began >= patienceMs || signal.aborted) break;
      reporter.say(`${unproven[0]?.name}: ${unproven[0]?.problems[0]}`);
      await clock.sleep(pauseMs, signal).catch(() => undefined);
    }
  } finally {
    reporter.end();
  }
  for (const { name, isProven, workloads, notes } of done.values()) {
    if (isProven) log.info(`${name}: ${workloads.length === 0 ? 'no workload to prove' : 'runs what it should'}`);
    for (const note of notes) log.info(`${name}: ${note}`);
  }
  return [...done.values()];
}

async function proveOne(
  planned: PlannedApplication,
  plan: SyncPlan,
  ports: ProofPorts,
  looks: Looks,
  registry: Digests,
  began: number,
): Promise<ProofResult> {
  const ref = refOf(planned, plan);
  const judged: JudgedWorkload[] = [];
  const problems: Unproven[] = [];
  const notes: string[] = [];
  const named: string[] = [];
  const unseen = new Set<string>();
  let charts: Readonly<Record<string, string>> = {};
  try {
    const family = await familyOf(ref, looks);
    if (family.length === 0) problems.push(lasting(`no such Application in ${ref.namespace}`));
    else {
      const proven = await proveCharts(planned, family, plan, ports);
      problems.push(...proven.problems);
      charts = proven.running;
    }
    const targets = family.flatMap(podMakersOf);
    for (const { kind, group, title } of targets) {
      if (provenKinds[kind] !== undefined && !foreignKinds.has(`${group}/${kind}`)) continue;
      unseen.add(kind);
      notes.push(`${title} is not looked at: sync-argocd does not know how ${kind} runs pods`);
    }
    const found = await mapInParallel(
      targets.filter(({ group, kind }) => !foreignKinds.has(`${group}/${kind}`)),
      atOnce,
      async target => ({ target, ...(await looks.at(target)) }),
    );
    for (const { object } of found) if (object !== undefined) named.push(...imagesOf(object));
    const unread = await registry.ask(referencesOf(named, planned.images), planned.images);
    problems.push(...unread.map(lasting));
    for (const { target, object, pods } of found) {
      if (object === undefined) problems.push(passing(`${target.title} is not there`));
      else judged.push(judgeWorkload(target.title, object, pods, planned.images, registry.known));
    }
    if (family.length > 0) problems.push(...unusedImages(planned.images, named, [...unseen]).map(passing));
  } catch (error) {
    problems.push(passing(causeOf(error).message));
  }
  const all = [...problems, ...judged.flatMap(one => one.problems.map(passing))];
  return {
    ...ref,
    isProven: all.length === 0,
    isLasting: all.length > 0 && all.every(one => one.isLasting),
    seconds: (ports.clock.now() - began) / 1000,
    running: Object.assign({ ...charts }, ...judged.map(({ running }) => running)),
    workloads: judged.map(({ proof }) => proof),
    problems: all.map(({ message }) => message),
    notes: [...new Set([...notes, ...judged.flatMap(one => one.notes)])],
  };
}

function refOf({ name, namespace }: PlannedApplication, { argoNamespace }: SyncPlan): ApplicationRef {
  return { name, namespace: namespace ?? argoNamespace };
}

/** An application and what it brings, at any depth. */
async function familyOf(ref: ApplicationRef, looks: Looks): Promise<readonly Application[]> {
  const family = new Map<string, Application>();
  for (let next: readonly ApplicationRef[] = [ref]; next.length > 0; ) {
    const found = (await Promise.all(next.map(looks.application))).flatMap(one => one ?? []);
    for (const one of found) family.set(keyOf(one), one);
    const ofSets = await Promise.all(found.flatMap(setsOf).map(looks.membersOf));
    next = [...found.flatMap(childrenOf), ...ofSets.flat()].filter(child => !family.has(keyOf(child)));
  }
  return [...family.values()];
}

interface PodMaker {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly title: string;
}

function podMakersOf({ status, destination }: Application): readonly PodMaker[] {
  return status.resources
    .filter(({ isHook, needsPruning, group, kind }) => {
      const version = provenKinds[kind] ?? '';
      const isOwn = version !== '' && (version.includes('/') ? version.startsWith(`${group}/`) : group === '');
      return !isHook && !needsPruning && (isOwn || foreignKinds.has(`${group}/${kind}`));
    })
    .map(({ group, kind, name, namespace = destination.namespace }) => ({
      group,
      kind,
      namespace,
      name,
      title: resourceTitle({ kind, namespace, name }),
    }));
}

interface Looks {
  application(ref: ApplicationRef): Promise<Application | undefined>;
  /** The Applications of an ApplicationSet. */
  membersOf(set: ApplicationRef): Promise<readonly ApplicationRef[]>;
  at(
    maker: PodMaker,
  ): Promise<{ readonly object: KubernetesObject | undefined; readonly pods: readonly KubernetesObject[] }>;
}

/** One look at the cluster: each kind of each namespace is listed once. */
function createLooks({ argo, workloads }: ProofPorts): Looks {
  const applications = new Map<string, Promise<ReadonlyMap<string, Application>>>();
  const lists = new Map<string, Promise<readonly KubernetesObject[]>>();
  const list = (kind: string, namespace: string) => {
    const key = `${kind} ${namespace}`;
    const listed = lists.get(key) ?? workloads.list({ apiVersion: provenKinds[kind] ?? 'v1', kind, namespace });
    lists.set(key, listed);
    return listed;
  };
  const applicationsIn = (namespace: string) => {
    const listed =
      applications.get(namespace) ?? argo.list(namespace).then(all => new Map(all.map(one => [keyOf(one), one])));
    applications.set(namespace, listed);
    return listed;
  };
  return {
    application: async ref => (await applicationsIn(ref.namespace)).get(keyOf(ref)),
    membersOf: async set => membersOf(set, [...(await applicationsIn(set.namespace)).values()]),
    at: async ({ kind, namespace, name }) => {
      const object = (await list(kind, namespace)).find(({ metadata }) => metadata.name === name);
      if (object === undefined) return { object, pods: [] };
      if (kind === 'Pod') return { object, pods: [object] };
      if (kind === 'CronJob') return { object, pods: [] };
      return { object, pods: (await list('Pod', namespace)).filter(pod => isSelected(pod, object)) };
    },
  };
}

function referencesOf(named: readonly string[], expected: readonly PlannedImage[]): readonly string[] {
  const own = named.flatMap(image => {
    const { repository, digest } = readImage(image);
    return digest === undefined || expected.some(one => one.repository === repository)
      ? []
      : [`${repository}@${digest}`];
  });
  return [...new Set([...expected.map(({ repository, digest }) => `${repository}@${digest}`), ...own])];
}

interface Digests {
  readonly known: DigestsOf;
  /** Asks about all that is not known yet. Gives a sentence for each expected image that its registry does not have. */
  ask(references: readonly string[], expected: readonly PlannedImage[]): Promise<readonly string[]>;
}

function createDigests({ platformDigests }: ProofPorts): Digests {
  const answers = new Map<string, Promise<readonly string[] | UserError>>();
  const settled = new Map<string, readonly string[]>();
  return {
    known: reference => settled.get(reference),
    ask: async (references, expected) => {
      const problems: string[] = [];
      await mapInParallel(references, atOnce, async reference => {
        const answer =
          answers.get(reference) ??
          platformDigests(reference).catch(error => {
            if (error instanceof UserError) return error;
            throw error;
          });
        answers.set(reference, answer);
        const digests = await answer;
        if (!(digests instanceof UserError)) settled.set(reference, digests);
        else if (expected.some(({ repository, digest }) => `${repository}@${digest}` === reference)) {
          // Registries of others may want a sign-in that this run does not have.
          problems.push(`the image ${reference} could not be read: ${digests.problems[0]?.message ?? digests.message}`);
        }
      });
      return problems;
    },
  };
}
