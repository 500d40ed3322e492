import { UserError } from '@suite/foundation';
import type { PodTrouble } from '@suite/kubernetes/workloads';

/** A release that did not become ready: why, and whose pods to look at. */
export class NotReady extends UserError {
  override readonly name = 'UserError';
  readonly trouble: { readonly namespace: string; readonly pod: PodTrouble } | undefined;

  constructor(message: string, trouble?: NotReady['trouble'], options: { cause?: unknown; remedy?: string } = {}) {
    super({ message, ...(options.remedy === undefined ? {} : { remedy: options.remedy }) }, { cause: options.cause });
    this.trouble = trouble;
  }
}
