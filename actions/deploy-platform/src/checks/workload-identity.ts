import type { Check, CheckStatus } from '@suite/change-report';
import { asObject, asString } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import type { ServiceAccount } from '@suite/platform-file';
import type { Release } from '../release.ts';
import { code, finding, named, some } from './finding.ts';
import { type CheckInput, madeBy } from './input.ts';
import { allContainers, type Workload, workloadsOf } from './pod-templates.ts';

/** On service accounts: who they are in Entra (Azure Workload Identity, "Service account labels and annotations"). */
const clientIdAnnotation = 'azure.workload.identity/client-id';
/** On pods, exactly `true`: the webhook gives only those a token. */
const useLabel = 'azure.workload.identity/use';

interface Fault {
  readonly what: string;
  readonly status: CheckStatus;
  readonly object: KubernetesObject;
  readonly text: string;
}

const remedies: Readonly<Record<string, string>> = {
  'identity-account': `Set the annotation ${code(clientIdAnnotation)} on the service account to the client id of its identity.`,
  'identity-label': `Set the label ${code(`${useLabel}: "true"`)} on the pods.`,
  'identity-subject': 'Name namespace and service account as the federated credential does.',
  'identity-feature': `Switch ${code('cluster.features.workload-identity')} on.`,
};

const names: Readonly<Record<string, string>> = {
  'identity-account': 'Service accounts say who they are in Entra',
  'identity-label': 'Pods ask for a token of Entra',
  'identity-subject': 'Federated credentials name the service accounts',
  'identity-feature': 'The cluster has workload identity',
};

/** Service account, pods and federated credential have to agree, or the pods run and cannot sign in. */
export function checkWorkloadIdentity(input: CheckInput): Check[] {
  const { releases } = input;
  const accounts = releases.flatMap(checked => madeBy(checked).filter(isServiceAccount));
  return releases.flatMap(checked => {
    const { release } = checked;
    const objects = madeBy(checked);
    const workloads = workloadsOf(objects);
    const faults = [
      ...workloads.flatMap(workload => faultsOfPods(workload, accounts, release, input)),
      ...objects.filter(isServiceAccount).flatMap(account => faultsOfAccount(account, release, input)),
    ];
    const groups = Map.groupBy(faults, ({ what, status }) => `${what}\n${status}`);
    return [...groups.values()].map(group => {
      const { what, status } = group[0] as Fault;
      return finding(release, what, {
        name: names[what] ?? what,
        status,
        message: `${some(group.map(({ object, text }) => `${named(object)} ${text}`))}.`,
        ...(status === 'later' ? {} : { remedy: remedies[what] ?? '' }),
      });
    });
  });
}

function faultsOfPods(
  { object, labels, spec }: Workload,
  accounts: readonly KubernetesObject[],
  release: Release,
  { view }: CheckInput,
): Fault[] {
  const name = asString(spec['serviceAccountName']) || 'default';
  const namespace = object.metadata.namespace;
  const account = accounts.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  const uses = Object.hasOwn(labels, useLabel) && labels[useLabel] === 'true';
  const clientId = account?.metadata.annotations?.[clientIdAnnotation];
  if (!uses) {
    if (clientId === undefined) return [];
    const text = `runs as ${code(name)}, which has an identity, and lacks the label that asks for its token`;
    return [{ what: 'identity-label', status: 'warning', object, text }];
  }
  if (!view.cluster.features.workloadIdentity) {
    const text = 'asks for a token of Entra, and the cluster gives none';
    return [{ what: 'identity-feature', status: 'blocked', object, text }];
  }
  if (clientId !== undefined || bringsClientId(spec)) return [];
  const isLater = account !== undefined && release.unknownValues.length > 0;
  const text = `asks for a token, and its service account ${code(name)} names no identity`;
  return [{ what: 'identity-account', status: isLater ? 'later' : 'warning', object, text }];
}

/** The libraries take it from there too. */
function bringsClientId(spec: Workload['spec']): boolean {
  return allContainers(spec).some(
    ({ env }) => Array.isArray(env) && env.some(one => asObject(one)['name'] === 'AZURE_CLIENT_ID'),
  );
}

function faultsOfAccount(account: KubernetesObject, release: Release, { view, outputs }: CheckInput): Fault[] {
  const { name, namespace, annotations } = account.metadata;
  const clientId = annotations?.[clientIdAnnotation];
  const expected = Object.entries(view.workloads).find(
    ([, { namespace: place, name: who }]) => place === namespace && who === name,
  );
  if (clientId === undefined) {
    if (expected === undefined) return [];
    const text = `is what the identity ${code(expected[0])} was made for, and does not name it`;
    const status = release.unknownValues.length > 0 ? 'later' : 'warning';
    return [{ what: 'identity-account', status, object: account, text }];
  }
  const identities = asObject(outputs?.['workload_identities']);
  // Before the first apply nobody knows any client id.
  if (outputs === undefined || Object.keys(identities).length === 0) return [];
  const owner = Object.entries(identities).find(([, identity]) => isSameId(asObject(identity)['client_id'], clientId));
  if (owner === undefined) {
    const text = 'names a client id that is none of the platform’s; whether Entra trusts it is not known here';
    return [{ what: 'identity-subject', status: 'warning', object: account, text }];
  }
  const trusted: ServiceAccount | undefined = Object.entries(view.workloads).find(
    ([workload]) => workload === owner[0],
  )?.[1];
  if (trusted === undefined || (trusted.namespace === namespace && trusted.name === name)) return [];
  const text = `names the identity ${code(owner[0])}, which trusts ${code(`${trusted.namespace}/${trusted.name}`)} alone`;
  return [{ what: 'identity-subject', status: 'blocked', object: account, text }];
}

function isSameId(left: unknown, right: string): boolean {
  return typeof left === 'string' && left.toLowerCase() === right.trim().toLowerCase();
}

function isServiceAccount({ apiVersion, kind }: KubernetesObject): boolean {
  return apiVersion === 'v1' && kind === 'ServiceAccount';
}
