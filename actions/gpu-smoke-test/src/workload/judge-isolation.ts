import { sentenceList } from '@suite/foundation';
import type { Finding } from '../verdict.ts';
import type { WorkloadOutcome } from './result.ts';

/** A container that asked for no GPU and sees one can take it from whoever asked. */
export function judgeIsolation({ ok, deviceFiles }: Extract<WorkloadOutcome, { kind: 'isolation' }>): Finding {
  const check = 'Pods without a GPU';
  if (ok && deviceFiles.length === 0) {
    return { check, level: 'fine', evidence: 'A container that asked for no GPU has no device file of one.' };
  }
  const seen = deviceFiles.length === 0 ? 'says that it sees a GPU' : `has ${sentenceList(deviceFiles)}`;
  return {
    check,
    level: 'bad',
    verdict: { kind: 'failed', cause: 'isolation' },
    evidence: `A container that asked for no GPU ${seen}.`,
    remedy:
      'Let the NVIDIA runtime take no orders from a pod’s environment: `accept-nvidia-visible-devices-envvar-when-unprivileged = false` in its configuration, and the device plugin with `deviceListStrategy: volume-mounts` or CDI.',
    link: 'https://github.com/elastisys/compliantkubernetes-apps/issues/2473',
  };
}
