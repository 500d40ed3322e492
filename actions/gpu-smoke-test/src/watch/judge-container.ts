import { duration } from '@suite/foundation';
import type { Finding } from '../verdict.ts';
import { pullPatience } from './budgets.ts';
import type { Facts } from './facts.ts';
import { egressRemedy } from './judge-node.ts';
import { creationTroubles, type Progress } from './phases.ts';

/** Why a pod that has its node does not come to run. */
export function judgeContainer(progress: Progress, { pod, events, nodes }: Facts, now: number): Finding | undefined {
  if (pod === undefined) return undefined;
  if (pod.reason === 'UnexpectedAdmissionError') {
    return {
      check: 'Device plugin',
      level: 'bad',
      verdict: { kind: 'failed', cause: 'plugin' },
      evidence: `The kubelet could not give the pod its GPU: ${pod.message ?? pod.reason}`,
      remedy: 'Look at the log of the device plugin on this node, and restart it.',
      link: 'https://github.com/NVIDIA/k8s-device-plugin/issues/1223',
    };
  }
  if (pod.reason?.startsWith('OutOf')) {
    return {
      check: 'Place',
      level: 'bad',
      verdict: { kind: 'inconclusive', cause: 'busy' },
      evidence: `Somebody took the GPU at the same moment: ${pod.reason}: ${pod.message ?? ''}`.trim(),
      remedy: 'Run the test again.',
    };
  }
  const { unpullableSince } = progress;
  if (unpullableSince !== undefined && (now - unpullableSince >= pullPatience || isFinal(pod.waiting))) {
    const egress = nodes
      .find(({ name }) => name === pod.node)
      ?.problems.find(({ type }) => type === 'EgressBlocked')?.message;
    return unpullable(pod.waiting, { events, egress }, now - unpullableSince);
  }
  const { ended, waiting } = pod;
  if (ended !== undefined && /^(?:StartError|ContainerCannotRun)$/.test(ended.reason)) return unstarted(ended);
  if (ended?.reason === 'OOMKilled') {
    return {
      check: 'Memory of the test',
      level: 'bad',
      verdict: { kind: 'inconclusive', cause: 'unknown' },
      evidence: 'The work was ended for want of memory (512 MiB), which it does not need by itself.',
      remedy: 'Use the default image, or one that needs no more.',
    };
  }
  if (waiting !== undefined && creationTroubles.has(waiting.reason)) return unstarted(waiting);
  const sandbox =
    pod.node === undefined ? undefined : events.findLast(({ reason }) => reason === 'FailedCreatePodSandBox');
  // Networks fail so as well, for a while, and come right: only what names the GPU's runtime is final.
  return sandbox === undefined || runtimeCause(sandbox.message) === undefined ? undefined : unstarted(sandbox);
}

type Said = { readonly reason: string; readonly message: string };

/** No patience helps with a name that cannot be. */
function isFinal(waiting: Said | undefined): boolean {
  return waiting?.reason === 'InvalidImageName' || waiting?.reason === 'ErrImageNeverPull';
}

/** `egress`: what the node itself says of its way out, where that is blocked. */
function unpullable(
  waiting: Said | undefined,
  { events, egress }: Pick<Facts, 'events'> & { readonly egress: string | undefined },
  since: number,
): Finding {
  const why =
    events.findLast(({ reason, message }) => reason === 'Failed' && /^Failed to pull/.test(message))?.message ??
    waiting?.message ??
    '';
  return {
    check: 'Image',
    level: 'bad',
    verdict: { kind: 'blocked', cause: 'registry' },
    evidence: `The node cannot pull the image for ${duration(since)}: ${why}${egress === undefined ? '' : ` The node reports EgressBlocked: ${egress}`}`,
    remedy:
      egress === undefined
        ? remedyOf(why)
        : `${egressRemedy} Or import the image into the registry of the environment.`,
  };
}

function remedyOf(why: string): string {
  return /not found|manifest unknown/i.test(why)
    ? 'The registry does not have it: import it, and give `image` with its digest.'
    : /unauthorized|denied|forbidden|\b40[13]\b/i.test(why)
      ? 'The nodes may not pull it: give the identity of the kubelet AcrPull over the registry.'
      : 'Let the nodes reach the registry, or import the image into the registry of the environment and give `image`.';
}

/**
 * Whether words of a container runtime are about the driver or about what hands it to containers (nvidia-container-cli, CDI).
 * Undefined where they are about neither.
 */
function runtimeCause(text: string): 'driver' | 'toolkit' | undefined {
  const isDriver =
    /driver not loaded|driver\/library version mismatch|unsatisfied condition: (?:cuda|driver)|driver version is insufficient|detected .*driver|couldn't communicate with the NVIDIA driver/i;
  if (isDriver.test(text)) return 'driver';
  return /nvml|nvidia|\bcdi\b/i.test(text) ? 'toolkit' : undefined;
}

function unstarted({ reason, message }: Said): Finding {
  const cause = runtimeCause(message);
  const evidence = `The container cannot be started: ${reason}: ${message}`;
  if (cause === undefined) {
    return {
      check: 'Container',
      level: 'bad',
      verdict: { kind: 'blocked', cause: 'configuration' },
      evidence,
      remedy: 'The image needs python3 on its PATH, and has to run as a user without rights.',
    };
  }
  return {
    check: cause === 'driver' ? 'Driver' : 'Container toolkit',
    level: 'bad',
    verdict: { kind: 'failed', cause },
    evidence,
    remedy:
      cause === 'driver'
        ? 'Driver and libraries of the node do not fit one another: upgrade the node image of the pool, or take the node out; never install a second driver beside the one of AKS.'
        : 'Look at the configuration of containerd on the node: its NVIDIA runtime, and the CDI specification of the toolkit.',
    link:
      cause === 'driver'
        ? 'https://github.com/Azure/AKS/issues/5869'
        : 'https://github.com/NVIDIA/gpu-operator/issues/1741',
  };
}
