import { asArray, asNumber, asObject, asString, sentenceList } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import { rolloutOf } from '@suite/kubernetes/workloads';
import type { PlannedImage, WorkloadProof } from './plan.ts';

/** An image as a container names it. */
export interface NamedImage {
  /** `host/repository`, or what stands for it. */
  readonly repository: string;
  readonly digest: string | undefined;
}

/** `host/repository:tag@sha256:…` in its parts. */
export function readImage(image: string): NamedImage {
  const [named = '', digest] = image.split('@');
  // A colon before the last slash is a port's.
  return { repository: named.replace(/:[^/:]*$/, ''), digest };
}

/**
 * The digest in a container status's `imageID`: `host/repository@sha256:…` of containerd and CRI-O, with `docker-pullable://` in front of
 * it in older clusters. Undefined for an id of the runtime's own (`sha256:…`, the configuration's digest), which no registry knows.
 */
export function readImageId(imageId: string): string | undefined {
  return /@(sha256:[0-9a-f]{64})$/.exec(imageId)?.[1];
}

/** Digests under which an image may run: undefined where the registry could not be asked. */
export type DigestsOf = (reference: string) => readonly string[] | undefined;

export interface JudgedWorkload {
  readonly proof: WorkloadProof;
  readonly problems: readonly string[];
  readonly notes: readonly string[];
  /** What its containers name: `host/repository` → digest. */
  readonly running: Readonly<Record<string, string>>;
}

/** Every image that a workload names, to be asked about before it is judged. */
export function imagesOf(workload: KubernetesObject): readonly string[] {
  return containersOf(templateOf(workload)).map(({ image }) => image);
}

/**
 * Whether a workload runs what it should: rolled out, and each container of each pod, init containers too, at one of the digests of
 * the image that is expected of it. Images that nobody expects have to run as they are named; one named by tag cannot be proven.
 */
export function judgeWorkload(
  title: string,
  workload: KubernetesObject,
  pods: readonly KubernetesObject[],
  expected: readonly PlannedImage[],
  digestsOf: DigestsOf,
): JudgedWorkload {
  const problems: string[] = [];
  const notes: string[] = [];
  const running: Record<string, string> = {};
  const rollout = rolloutOf(workload);
  // A Job may fail for reasons of its own; its image is what counts here.
  if (rollout.is === 'waiting' && workload.kind !== 'Job') problems.push(`${title} waits for ${rollout.for}`);
  if (rollout.is === 'failed' && workload.kind !== 'Job') problems.push(`${title} failed: ${rollout.why}`);
  const live = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const wanted = podsWanted(workload);
  if (wanted === 0)
    notes.push(`${title} runs no pod: ${workload.kind === 'CronJob' ? 'its next run will' : 'none is wanted'}`);
  else if (live.length < wanted) problems.push(`${title} has ${live.length} of ${wanted} pods`);

  const containers = containersOf(templateOf(workload)).map(({ name, image, isInit }) => {
    const what = `${title}, ${isInit ? 'init container' : 'container'} ${name}`;
    const named = readImage(image);
    const planned = expected.find(({ repository }) => repository === named.repository);
    const digest = planned?.digest ?? named.digest;
    const isOther = planned !== undefined && named.digest !== planned.digest;
    if (isOther) {
      problems.push(`${what} names ${image} instead of ${planned.digest}`);
    }
    if (named.digest !== undefined) running[named.repository] = named.digest;
    const allowed = digest === undefined ? undefined : digestsOf(`${named.repository}@${digest}`);
    const seen = new Set<string>();
    for (const pod of live) {
      const ran = ranIn(pod, name);
      if (ran.is === 'unstarted') {
        problems.push(`${what} has not started in pod ${pod.metadata.name}`);
        continue;
      }
      seen.add(ran.id);
      // Pods that run what is named wrongly are said by that.
      if (isOther || digest === undefined || ran.id === digest || allowed?.includes(ran.id)) continue;
      if (allowed === undefined) notes.push(`${what} runs ${ran.id}; whether that is of ${digest} could not be asked`);
      else
        problems.push(
          `${what} runs ${ran.id} in pod ${pod.metadata.name}, which is none of ${named.repository}@${digest}`,
        );
    }
    if (digest === undefined) notes.push(`${what} names its image by tag (${image}), which proves nothing`);
    return { container: name, isInit, image, running: [...seen].sort() };
  });
  return {
    proof: { workload: title, pods: live.length, containers },
    problems,
    notes: [...new Set(notes)],
    running,
  };
}

/** Images that should run and that no container names. */
export function unusedImages(
  expected: readonly PlannedImage[],
  named: readonly string[],
  unseenKinds: readonly string[],
): readonly string[] {
  const used = new Set(named.map(image => readImage(image).repository));
  const hint = unseenKinds.length === 0 ? '' : ` (${sentenceList(unseenKinds)} cannot be looked at)`;
  return expected
    .filter(({ repository }) => !used.has(repository))
    .map(({ name, repository }) => `no container runs the image ${name} (${repository})${hint}`);
}

/** Pods that there should be at least; a DaemonSet's controller says how many nodes it has. */
function podsWanted(workload: KubernetesObject): number {
  const [spec, status] = [asObject(workload['spec']), asObject(workload['status'])];
  switch (workload.kind) {
    case 'DaemonSet':
      return asNumber(status['desiredNumberScheduled']) ?? 0;
    case 'Job':
    case 'CronJob':
      // Pods of jobs that are over may have been taken away.
      return 0;
    case 'Pod':
      return 1;
    default:
      return asNumber(spec['replicas']) ?? 1;
  }
}

function templateOf(workload: KubernetesObject): ReturnType<typeof asObject> {
  const spec = asObject(workload['spec']);
  if (workload.kind === 'Pod') return spec;
  const holder = workload.kind === 'CronJob' ? asObject(asObject(spec['jobTemplate'])['spec']) : spec;
  return asObject(asObject(holder['template'])['spec']);
}

function containersOf(template: ReturnType<typeof asObject>) {
  const read = (list: unknown, isInit: boolean) =>
    asArray(list)
      .map(asObject)
      .map(({ name, image }) => ({ name: asString(name) ?? '', image: asString(image) ?? '', isInit }));
  return [...read(template['initContainers'], true), ...read(template['containers'], false)];
}

/** What a container of a pod runs, or ran. Where the runtime names no digest, its own id stands for it. */
function ranIn(
  pod: KubernetesObject,
  container: string,
): { readonly is: 'ran'; readonly id: string } | { readonly is: 'unstarted' } {
  const status = asObject(pod['status']);
  const own = [...asArray(status['initContainerStatuses']), ...asArray(status['containerStatuses'])]
    .map(asObject)
    .find(({ name }) => name === container);
  const id = asString(own?.['imageID']) ?? '';
  return id === '' ? { is: 'unstarted' } : { is: 'ran', id: readImageId(id) ?? id };
}
