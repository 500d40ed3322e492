import type { Check } from '@suite/change-report';
import { asObject, asString, mapInParallel, UserError, uuidv5 } from '@suite/foundation';
import { type Cluster, isForbidden, type KubernetesObject } from '@suite/kubernetes';
import type { EnvironmentScope, ServiceAccount, Workload } from '@suite/platform-file';
import { workloadsOf } from './checks/pod-templates.ts';
import type { Resources } from './ports.ts';
import type { TerraformOutputs } from './release.ts';
import type { RenderedRelease } from './render.ts';

export interface IdentityInput {
  readonly view: EnvironmentScope;
  readonly rendered: readonly RenderedRelease[];
  readonly outputs: TerraformOutputs;
  readonly cluster: Pick<Cluster, 'get' | 'list'>;
  readonly resources: Resources;
}

/** One link of the chain from a pod to a right in Azure. */
type Link = { readonly is: 'fine' } | { readonly is: 'broken' | 'unknown'; readonly why: string };
const fine: Link = { is: 'fine' };

/**
 * Whether what runs as the platform's identities can sign in to Azure and do its work there: service account, pods, trust of Entra in
 * the cluster, and role. Each of them can be changed without the others, and then everything runs and nothing works.
 */
export function verifyIdentities(input: IdentityInput): Promise<Check[]> {
  const { view, rendered } = input;
  const users = (Object.entries(view.workloads) as [Workload, ServiceAccount][]).flatMap(([workload, account]) => {
    const release = rendered.find(({ objects }) =>
      objects.some(
        ({ object }) =>
          object.kind === 'ServiceAccount' &&
          object.metadata.name === account.name &&
          object.metadata.namespace === account.namespace,
      ),
    );
    return release === undefined || !signsIn(release, account) ? [] : [{ workload, account, release }];
  });
  return mapInParallel(users, 4, async ({ workload, account, release }) => {
    const links = await Promise.all([
      serviceAccountOf(workload, account, input),
      podsOf(account, release, input),
      trustOf(workload, account, input),
      roleOf(workload, input),
    ]);
    const told = links.flatMap(link => (link.is === 'fine' ? [] : [link]));
    const isBroken = told.some(({ is }) => is === 'broken');
    const about = {
      id: `identity/${workload}`,
      name: `${workload} can sign in to Azure`,
      setting: release.release.setting,
    };
    if (told.length === 0) {
      return {
        ...about,
        status: 'passed' as const,
        message: 'Service account, pods, federated credential and role agree.',
      };
    }
    return {
      ...about,
      status: isBroken ? ('failed' as const) : ('unknown' as const),
      message: told.map(({ why }) => why).join(' '),
      ...(isBroken
        ? { remedy: 'Apply the infrastructure and then the platform again: both write what they own.' }
        : {}),
    };
  });
}

/** Whether the release gives pods of the account a token: MLflow without Azure has the account and needs none. */
function signsIn({ objects }: RenderedRelease, account: ServiceAccount): boolean {
  return workloadsOf(objects.map(({ object }) => object)).some(
    ({ spec, labels }) => spec['serviceAccountName'] === account.name && labels[useLabel] === 'true',
  );
}

const clientIdAnnotation = 'azure.workload.identity/client-id';
const useLabel = 'azure.workload.identity/use';

async function serviceAccountOf(
  workload: Workload,
  { namespace, name }: ServiceAccount,
  { cluster, outputs }: IdentityInput,
): Promise<Link> {
  const wanted = asString(asObject(asObject(outputs?.['workload_identities'])[workload])['client_id']);
  if (wanted === undefined) return unknown('The state of the infrastructure does not name the identity.');
  return asking(async () => {
    const found = await cluster.get({ apiVersion: 'v1', kind: 'ServiceAccount', namespace, name });
    if (found === undefined) return broken(`There is no service account ${namespace}/${name}.`);
    const said = found.metadata.annotations?.[clientIdAnnotation];
    if (said?.toLowerCase() === wanted.toLowerCase()) return fine;
    return broken(`The service account ${namespace}/${name} names ${said ?? 'no identity'} instead of ${wanted}.`);
  });
}

async function podsOf(
  account: ServiceAccount,
  { objects }: RenderedRelease,
  { cluster }: IdentityInput,
): Promise<Link> {
  const wanted = workloadsOf(objects.map(({ object }) => object)).filter(
    ({ spec, object }) =>
      spec['serviceAccountName'] === account.name && object.metadata.namespace === account.namespace,
  );
  return asking(async () => {
    const pods = (await cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace: account.namespace })).filter(
      pod => asObject(pod['spec'])['serviceAccountName'] === account.name && !hasEnded(pod),
    );
    if (pods.length === 0)
      return wanted.length === 0 ? fine : unknown('No pod runs, so nothing shows that pods get a token.');
    const without = pods.find(pod => pod.metadata.labels?.[useLabel] !== 'true');
    if (without === undefined) return fine;
    return broken(`The pod ${account.namespace}/${without.metadata.name} lacks the label that asks for a token.`);
  });
}

function hasEnded(pod: KubernetesObject): boolean {
  return ['Succeeded', 'Failed'].includes(String(asObject(pod['status'])['phase']));
}

const managedIdentity = '2024-11-30';
const authorization = '2022-04-01';

async function trustOf(
  workload: Workload,
  { namespace, name }: ServiceAccount,
  { view, resources, outputs }: IdentityInput,
): Promise<Link> {
  const id = `${groupOf(view)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-${workload}-${view.cluster.name}/federatedIdentityCredentials/kubernetes`;
  return asking(async () => {
    const found = await resources.find(id, managedIdentity);
    if (found === undefined) return broken(`Entra trusts nobody as \`id-${workload}-${view.cluster.name}\`.`);
    const { subject, issuer } = asObject(asObject(found)['properties']);
    const wanted = `system:serviceaccount:${namespace}:${name}`;
    if (subject !== wanted) return broken(`Entra trusts ${String(subject)} instead of ${wanted}.`);
    const own = asString(outputs?.['oidc_issuer_url']);
    if (own !== undefined && issuer !== own)
      return broken(`Entra trusts the cluster ${String(issuer)} instead of ${own}.`);
    return fine;
  });
}

async function roleOf(workload: Workload, { view, resources, outputs }: IdentityInput): Promise<Link> {
  const grant = grantOf(workload, view);
  if (grant === undefined) return fine;
  const { scope, purpose, role, title } = grant;
  const assignment = uuidv5(urls, `${groupOf(view)}/${view.cluster.name}/${workload}/${purpose}`.toLowerCase());
  return asking(async () => {
    const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${assignment}`;
    const found = await resources.find(id, authorization);
    const what = `the role ${title} on ${scope.split('/').at(-1)}`;
    if (found === undefined) return broken(`It has not ${what}.`);
    const { principalId, roleDefinitionId } = asObject(asObject(found)['properties']);
    const owner = asString(asObject(asObject(outputs?.['workload_identities'])[workload])['object_id']);
    if (owner !== undefined && !isSame(principalId, owner)) return broken(`Somebody else has ${what}.`);
    return isSame(String(roleDefinitionId).split('/').at(-1), role)
      ? fine
      : broken(`It has another role than ${title}.`);
  });
}

interface Grant {
  readonly scope: string;
  /** The name of the assignment is made of it (terraform/environment/grants.tf). */
  readonly purpose: string;
  readonly role: string;
  readonly title: string;
}

/** Ids of built-in roles (Microsoft Learn, "Azure built-in roles"). */
const roles = {
  blobs: { role: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe', title: 'Storage Blob Data Contributor' },
  secrets: { role: '4633458b-17de-408a-b874-0445c86b69e6', title: 'Key Vault Secrets User' },
  zone: { role: 'befefa01-2a29-4197-83a8-272ff33ce314', title: 'DNS Zone Contributor' },
  gateway: { role: 'fbc52c3f-28ad-4303-a892-8a056630b8f1', title: 'AppGw for Containers Configuration Manager' },
} as const;

/** The role that the work of each hangs on; undefined where there is nothing to work on. */
function grantOf(workload: Workload, view: EnvironmentScope): Grant | undefined {
  const group = groupOf(view);
  switch (workload) {
    case 'loki':
    case 'mlflow': {
      if (view.storage === undefined) return undefined;
      const account = `${group}/providers/Microsoft.Storage/storageAccounts/${view.storage.name}`;
      const scope = `${account}/blobServices/default/containers/${view.storage.containers[workload]}`;
      return { scope, purpose: 'blobs', ...roles.blobs };
    }
    case 'cert-manager': {
      if (view.dns === undefined) return undefined;
      const scope = view.dns.existing ? view.dns.id : `${group}/providers/Microsoft.Network/dnsZones/${view.dns.name}`;
      return { scope, purpose: 'zone', ...roles.zone };
    }
    case 'alb-controller':
      return { scope: group, purpose: 'gateway', ...roles.gateway };
    case 'external-secrets':
    case 'secrets-ai-tools':
    case 'secrets-argocd':
    case 'secrets-monitoring': {
      const scope = view.vault.existing
        ? view.vault.id
        : `${group}/providers/Microsoft.KeyVault/vaults/${view.vault.name}`;
      return { scope, purpose: 'secrets', ...roles.secrets };
    }
  }
}

function groupOf({ subscription, resourceGroup }: EnvironmentScope): string {
  return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
}

/** The namespace of URLs (RFC 9562), which Terraform's `uuidv5("url", …)` takes. */
const urls = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');

/** What may not be looked at is not known to be wrong. */
async function asking(look: () => Promise<Link>): Promise<Link> {
  try {
    return await look();
  } catch (error) {
    if (isForbidden(error) || error instanceof UserError) {
      return unknown(`Nobody could look: ${(error as UserError).problems[0]?.message.split('\n')[0] ?? ''}`);
    }
    throw error;
  }
}

const broken = (why: string): Link => ({ is: 'broken', why });
const unknown = (why: string): Link => ({ is: 'unknown', why });

function isSame(left: unknown, right: string): boolean {
  return typeof left === 'string' && left.toLowerCase() === right.toLowerCase();
}
