import { KubernetesFailure } from '@suite/kubernetes';
import type { Finding } from './verdict.ts';

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
    verdict: isSetting(error)
      ? { kind: 'blocked', cause: 'configuration' }
      : { kind: 'inconclusive', cause: 'unknown' },
    ...told(error),
  };
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
