import { type Clock, duration, mapInParallel, sentenceList, UserError } from '@suite/foundation';
import {
  type Cluster,
  type FailedWebhook,
  identityOf,
  KubernetesFailure,
  type KubernetesObject,
  refOf,
  titleOf,
} from '@suite/kubernetes';
import { NotReady } from './not-ready.ts';
import { describeWaits, type ReadyCluster, waitUntilReady } from './ready.ts';
import type { RenderedRelease } from './render.ts';
import { describeSilence, type FindServer, type WebhookServer } from './served-webhooks.ts';

export interface Trial {
  readonly cluster: Pick<Cluster, 'apply' | 'discovery'>;
  /** Name of the release whose objects they are. */
  readonly release: string;
  readonly isForced: (object: KubernetesObject) => boolean;
  readonly findServer: FindServer;
}

/** An object that nothing is known of yet, because a webhook of a release of this apply does not answer. */
export interface Untried {
  readonly object: KubernetesObject;
  readonly webhook: FailedWebhook;
  readonly server: WebhookServer;
}

/**
 * A dry run of what differs, by the API server, as Helm will apply it: admission, conflicts of owners and fields that
 * cannot change are known before anything is done. (Helm's own dry run asks for none of the objects.) Gives those that no webhook answers
 * for that the release itself serves, or one before it: the very apply may be what makes it answer.
 */
export async function tryObjects(
  objects: readonly KubernetesObject[],
  { cluster, release, isForced, findServer }: Trial,
): Promise<readonly Untried[]> {
  const discovery = await cluster.discovery();
  // Objects of a kind that this very release brings have to wait for it.
  const tried = objects.filter(({ apiVersion, kind }) => discovery.find(apiVersion, kind) !== undefined);
  /** By kind: each question may last as long as the API server waits for an answer. */
  const silent = new Map<string, Omit<Untried, 'object'>>();
  const untried = await mapInParallel(tried, 8, async (object): Promise<Untried | undefined> => {
    const kind = `${object.apiVersion}/${object.kind}`;
    const known = silent.get(kind);
    if (known !== undefined) return { object, ...known };
    try {
      await cluster.apply(object, { manager: 'helm', force: isForced(object), dryRun: true });
      return undefined;
    } catch (error) {
      const webhook = error instanceof KubernetesFailure ? error.webhook : undefined;
      const server = webhook === undefined ? undefined : findServer(webhook);
      if (webhook === undefined || server === undefined) throw error;
      // What answers wrongly and is ready will go on so; only its own upgrade may mend it.
      if (webhook.isReached && server.release !== release) throw error;
      if (server.workloads.some(workload => identityOf(refOf(workload.object)) === identityOf(refOf(object)))) {
        throw new UserError(
          {
            message: `${titleOf(refOf(object))} cannot be put right: ${describeSilence(webhook)}, guards it, and is what it would answer for.`,
            remedy:
              'Delete the configuration that names this webhook by hand, a `ValidatingWebhookConfiguration` or `MutatingWebhookConfiguration`. The next apply makes it anew.',
          },
          { cause: error },
        );
      }
      silent.set(kind, { webhook, server });
      return { object, webhook, server };
    }
  });
  return untried.flatMap(one => one ?? []);
}

export interface AnswerWait extends Trial {
  readonly cluster: ReadyCluster & Trial['cluster'] & Pick<Cluster, 'forget'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly limitMs: number;
  readonly onWait: (what: string) => void;
}

const pauseMs = 2_000;

/**
 * Tries objects of a release until every webhook about them has answered. Throws NotReady when the time is over, and as soon as pods
 * that answer for one visibly do not run.
 */
export async function untilAnswered(
  rendered: RenderedRelease,
  objects: readonly KubernetesObject[],
  wait: AnswerWait,
): Promise<void> {
  const { cluster, clock, signal, limitMs, onWait } = wait;
  const until = clock.now() + limitMs;
  let haveRolledOut = false;
  cluster.forget();
  for (;;) {
    const untried = await tryObjects(objects, wait);
    const [first] = untried;
    if (first === undefined) return;
    const { webhook, server, object } = first;
    const servers = server.workloads.map(workload => titleOf(refOf(workload.object)));
    if (clock.now() >= until) {
      throw new NotReady(
        `${titleOf(refOf(object))} could not be applied in ${duration(limitMs)}: ${describeSilence(webhook)}.`,
        undefined,
        {
          remedy: `${server.release} serves it${servers.length === 0 ? '' : ` with ${sentenceList(servers)}`}: look at its pods and their logs, and whether the API server reaches them.`,
        },
      );
    }
    if (server.release === rendered.release.name && !haveRolledOut) {
      const release = { ...rendered.release, readiness: [{ kind: 'rollouts' } as const] };
      await waitUntilReady({ ...rendered, release, objects: server.workloads }, wait);
      haveRolledOut = true;
    } else {
      onWait(describeWaits(new Map([[`the webhook ${webhook.name}`, webhook.reason]])));
      await clock.sleep(pauseMs, signal);
    }
  }
}
