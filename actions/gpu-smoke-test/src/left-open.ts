import { mayPass } from '@suite/azure';
import { CancelledError, type UserError } from '@suite/foundation';
import { KubernetesFailure } from '@suite/kubernetes';
import type { Finding, Verdict } from './verdict.ts';

/** Something beside the work that a cluster did not let be looked at, or did not answer. Throws every other error. */
export function unlooked(check: string, error: unknown): Finding {
  if (!(error instanceof KubernetesFailure)) throw error;
  return { check, level: 'unknown', ...told(error) };
}

/** A whole test that came to no end, because the cluster did not let it or did not answer. Throws every other error. */
export function unfinished(error: unknown): Finding {
  if (!(error instanceof KubernetesFailure)) throw error;
  return {
    check: 'Way to the result',
    level: 'bad',
    verdict: isSetting(error) ? configuration : unknown,
    ...told(error),
  };
}

const configuration: Verdict = { kind: 'blocked', cause: 'configuration' };
const unknown: Verdict = { kind: 'inconclusive', cause: 'unknown' };

/**
 * What becomes of a command that could not even look at its pools: nobody answers, which says nothing of GPUs, or there is no cluster,
 * no way to sign in, no right to it, which somebody has to put right.
 */
export function stoppedBy(error: UserError | CancelledError): Verdict {
  if (error instanceof CancelledError) return { kind: 'inconclusive', cause: 'interrupted' };
  const isSet = error instanceof KubernetesFailure ? isSetting(error) : !mayPass(error);
  return isSet ? configuration : unknown;
}

/** A right that is missing, or an object that is refused, stays so until somebody changes a setting; a namespace that goes is gone soon. */
function isSetting({ kind, message }: KubernetesFailure): boolean {
  return /^(?:forbidden|unauthorized|invalid|refused)$/.test(kind) && !/being terminated/.test(message);
}

function told(error: KubernetesFailure): Pick<Finding, 'evidence' | 'remedy'> {
  const [problem] = error.problems;
  return {
    evidence: problem?.message ?? error.message,
    ...(problem?.remedy === undefined ? {} : { remedy: problem.remedy }),
  };
}
