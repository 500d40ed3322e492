import type { JsonObject } from '@suite/foundation';
import type { EnvironmentScope, Workload } from '@suite/platform-file';
import type { TerraformOutputs } from '../release.ts';
import { clientIdOf, type Draft } from './values.ts';

/** On pods and service accounts: that the webhook of workload identity gives them a token (Azure Workload Identity, "Pod labels"). */
export const useIdentity = { 'azure.workload.identity/use': 'true' } as const;

const annotation = 'azure.workload.identity/client-id';

/** Annotations of a service account that signs in as the identity of a workload; `at` is where they stand in the values. */
export function signedInAs(
  { workloads }: Pick<EnvironmentScope, 'workloads'>,
  outputs: TerraformOutputs,
  workload: Workload,
  at: readonly string[],
): { readonly annotations: JsonObject; readonly unknown: Draft['unknown'] } {
  if (workloads[workload] === undefined) return { annotations: {}, unknown: [] };
  const clientId = clientIdOf(outputs, workload);
  return clientId === undefined
    ? { annotations: {}, unknown: [[...at, annotation]] }
    : { annotations: { [annotation]: clientId }, unknown: [] };
}

/** `serviceAccount` of a chart, for a workload that signs in to Azure; nothing for one that does not. */
export function serviceAccountOf(
  view: Pick<EnvironmentScope, 'workloads'>,
  outputs: TerraformOutputs,
  workload: Workload,
): Draft {
  const account = view.workloads[workload];
  if (account === undefined) return { values: {}, unknown: [] };
  const { annotations, unknown } = signedInAs(view, outputs, workload, ['serviceAccount', 'annotations']);
  return {
    values: {
      serviceAccount: {
        name: account.name,
        labels: useIdentity,
        ...(unknown.length === 0 ? { annotations } : {}),
      },
    },
    unknown,
  };
}
