import { asObject, asString, printable, shorten } from '@suite/foundation';
import type { Cluster, KubernetesObject } from '@suite/kubernetes';
import { NotReady } from './not-ready.ts';
import { troubleOf } from './pods.ts';
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

/** Looks at events and logs. Says nothing rather than failing: the failure itself is what has to be told. */
export async function diagnose(
  { release }: RenderedRelease,
  error: unknown,
  cluster: Pick<Cluster, 'list' | 'logs'>,
): Promise<Diagnosis> {
  const [events, log] = await Promise.all([
    recentWarnings(release.namespace, cluster).catch(() => []),
    logOf(release.namespace, error, cluster).catch(() => []),
  ]);
  return { events, log };
}

async function recentWarnings(namespace: string, cluster: Pick<Cluster, 'list'>): Promise<string[]> {
  const events = await cluster.list({ apiVersion: 'v1', kind: 'Event', namespace, fields: 'type=Warning' });
  const seen = new Set<string>();
  return events
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
  error: unknown,
  cluster: Pick<Cluster, 'list' | 'logs'>,
): Promise<readonly string[]> {
  const named = error instanceof NotReady ? error.trouble : undefined;
  const pods = named === undefined ? await cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace }) : [];
  const pod = named?.pod ?? pods.flatMap(one => troubleOf(one) ?? []).find(({ container }) => container !== undefined);
  // A container whose image was never pulled has printed nothing.
  if (pod?.container === undefined || /Image/.test(pod.reason)) return [];
  const ref = { namespace: named?.namespace ?? namespace, pod: pod.pod, container: pod.container };
  const text = (await cluster.logs({ ...ref, previous: true }, logLines)) ?? (await cluster.logs(ref, logLines)) ?? '';
  return text
    .split('\n')
    .filter(line => line.trim() !== '')
    .slice(-logLines)
    .map(line => printable(shorten(line, 300)));
}
