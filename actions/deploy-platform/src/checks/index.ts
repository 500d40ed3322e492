import type { Check } from '@suite/change-report';
import { checkPodSecurity } from './admission.ts';
import { checkApiVersions } from './api-versions.ts';
import { checkBackupHooks } from './backup-hooks.ts';
import { checkCapacity } from './capacity.ts';
import { checkChoices } from './choices.ts';
import { checkDisruption } from './disruption.ts';
import { checkImages } from './images.ts';
import type { CheckInput } from './input.ts';
import { checkInterfaces } from './interfaces.ts';
import { checkMonitors } from './monitors.ts';
import { checkNotebooks } from './notebooks.ts';
import { checkOwners } from './owners.ts';
import { checkPlacement } from './placement.ts';
import { checkProbes } from './probes.ts';
import { checkQuotas } from './quotas.ts';
import { checkReleaseSecret } from './release-secret.ts';
import { checkRequests } from './requests.ts';
import { checkShutdown } from './shutdown.ts';
import { checkSupport } from './support.ts';
import { checkUnknownValues } from './unknown-values.ts';
import { checkWebhooks } from './webhooks.ts';
import { checkWorkloadIdentity } from './workload-identity.ts';

export type { CheckedRelease, CheckInput } from './input.ts';
export type { Machine } from './machines.ts';

const checks: readonly ((input: CheckInput) => Check[])[] = [
  checkOwners,
  checkApiVersions,
  checkPlacement,
  checkNotebooks,
  checkPodSecurity,
  checkWorkloadIdentity,
  checkUnknownValues,
  checkWebhooks,
  checkReleaseSecret,
  checkMonitors,
  checkCapacity,
  checkChoices,
  checkRequests,
  checkProbes,
  checkShutdown,
  checkDisruption,
  checkImages,
  checkInterfaces,
  checkQuotas,
  checkBackupHooks,
  checkSupport,
];

/** Everything that can be known to be wrong with rendered releases before any is applied. What is right is not mentioned. */
export function checkReleases(input: CheckInput): Check[] {
  return checks.flatMap(check => check(input));
}
