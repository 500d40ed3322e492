import { asObject, asString, printable, shorten } from '@suite/foundation';
import { type Cluster, KubernetesFailure, type KubernetesObject } from '@suite/kubernetes';
import { type PodTrouble, troubleOf } from '@suite/kubernetes/workloads';
import { NotReady } from './not-ready.ts';
import type { RenderedRelease } from './render.ts';

/** What is said beside a failure: what the cluster itself shows of it. */
export interface Diagnosis {
  /** Warnings of the namespace, newest first: `Pod argocd/redis: FailedScheduling: 0/3 nodes …`. */
  readonly events: readonly string[];
  /** The last lines that the container in trouble has printed, if there is one. */
  readonly log: readonly string[];
}

const mostEvents = 5;
const logLines = 15;

/** Clocks of the runner and of the cluster may differ by this much. */
const skewMs = 60_000;

/**
 * Looks at events and logs of what a release has done since then (milliseconds since 1970). Says nothing rather than failing, and
 * nothing beside a failure that says its cause itself.
 */
export async function diagnose(
  { release }: RenderedRelease,
  error: unknown,
  cluster: Pick<Cluster, 'list' | 'logs'>,
  sinceMs: number,
): Promise<Diagnosis> {
  const trouble = error instanceof NotReady ? error.trouble : undefined;
  // The API server has said why; of an image that cannot be pulled the pod itself says all there is.
  if (error instanceof KubernetesFailure || isAboutImage(trouble?.pod)) return { events: [], log: [] };
  const namespace = trouble?.namespace ?? release.namespace;
  const [events, log] = await Promise.all([
    recentWarnings(namespace, trouble?.pod.pod, sinceMs - skewMs, cluster).catch(() => []),
    logOf(namespace, trouble?.pod, cluster).catch(() => []),
  ]);
  return { events, log };
}

function isAboutImage(trouble: PodTrouble | undefined): boolean {
  return trouble !== undefined && /Image/.test(trouble.reason);
}

/** Of one pod, where one is named. */
async function recentWarnings(
  namespace: string,
  pod: string | undefined,
  sinceMs: number,
  cluster: Pick<Cluster, 'list'>,
): Promise<string[]> {
  const events = await cluster.list({ apiVersion: 'v1', kind: 'Event', namespace, fields: 'type=Warning' });
  const seen = new Set<string>();
  return events
    .filter(event => pod === undefined || asObject(event['involvedObject'])['name'] === pod)
    .filter(event => Date.parse(timeOf(event)) >= sinceMs)
    .sort((one, other) => timeOf(other).localeCompare(timeOf(one)))
    .flatMap(event => {
      const about = asObject(event['involvedObject']);
      const text = (value: unknown) => asString(value) ?? '';
      const line = printable(
        shorten(
          `${text(about['kind'])} ${namespace}/${text(about['name'])}: ${text(event['reason'])}: ${text(event['message'])}`.replaceAll(
            '\n',
            ' ',
          ),
          300,
        ),
      );
      if (seen.has(line)) return [];
      seen.add(line);
      return [line];
    })
    .slice(0, mostEvents);
}

function timeOf(event: KubernetesObject): string {
  return (
    asString(event['lastTimestamp']) ??
    asString(event['eventTime']) ??
    asString(event.metadata['creationTimestamp']) ??
    ''
  );
}

async function logOf(
  namespace: string,
  named: PodTrouble | undefined,
  cluster: Pick<Cluster, 'list' | 'logs'>,
): Promise<readonly string[]> {
  const pods = named === undefined ? await cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace }) : [];
  const pod = named ?? pods.flatMap(one => troubleOf(one) ?? []).find(({ container }) => container !== undefined);
  // A container whose image was never pulled has printed nothing.
  if (pod?.container === undefined || isAboutImage(pod)) return [];
  const ref = { namespace, pod: pod.pod, container: pod.container };
  const text = (await cluster.logs({ ...ref, previous: true }, logLines)) ?? (await cluster.logs(ref, logLines)) ?? '';
  return text
    .split('\n')
    .filter(line => line.trim() !== '')
    .slice(-logLines)
    .map(line => printable(shorten(line, 300)));
}
