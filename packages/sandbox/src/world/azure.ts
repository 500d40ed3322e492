import { createHash, randomUUID } from 'node:crypto';
import { type AccessControl, customRole, type Denial } from '../azure/access.ts';
import { type Body, properties } from '../azure/arm/body.ts';
import type { ActivityRecord, PolicyDenial, RegistrationState, SizeRestriction } from '../azure/arm/conditions.ts';
import { groupId, groupOf, subscriptionOf } from '../azure/arm/ids.ts';
import { makeEtag, type Resource } from '../azure/arm/store.ts';
import { type ArmContext, show } from '../azure/arm/type.ts';
import { behaviourOf } from '../azure/arm/types/index.ts';
import type { KubernetesVersions } from '../azure/arm/types/kubernetes-versions.ts';
import { leaseState } from '../azure/blob-lease.ts';
import { addContainer, type Container, putBlob, type StorageAccounts } from '../azure/blob-store.ts';
import type { Directory, FederatedCredential, Principal } from '../azure/directory.ts';
import type { ApplicationView, GraphState } from '../azure/graph/state.ts';
import type { RoleDefinition } from '../azure/roles.ts';
import { issuer } from '../github/oidc.ts';

export interface ApplicationSeed {
  readonly name: string;
  readonly clientId?: string;
  readonly objectId?: string;
  readonly tenant?: string;
  /** Subjects of GitHub's tokens that are trusted, for the usual audience. */
  readonly githubSubjects?: readonly string[];
  readonly credentials?: readonly FederatedCredential[];
}

export interface ManagedIdentitySeed {
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly name: string;
  readonly location: string;
  readonly clientId: string;
  /** Subjects of GitHub's tokens that are trusted, for the usual audience. */
  readonly githubSubjects: readonly string[];
}

export interface StorageAccountSeed {
  readonly subscription: string;
  readonly resourceGroup: string;
  /** 3 to 24 lower-case letters and digits; unique in the world. */
  readonly name: string;
  readonly location?: string;
  readonly containers?: readonly string[];
}

/** A blob as a test looks at it. */
export interface BlobView {
  readonly name: string;
  readonly content: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly lease: { readonly state: 'available' | 'leased' | 'expired' | 'broken'; readonly id?: string };
}

/** A resource as its GET shows it. */
export type ResourceView = Readonly<Body> & { readonly id: string; readonly name: string; readonly type: string };

/** Azure by the back door: no network, no rights, no operations. For seeding, for tests, and for changes behind backs. */
export interface Azure {
  /** The tenant that is meant when none is named. */
  readonly tenant: string;
  addTenant(tenant: string): void;
  addSubscription(subscription: string, tenant?: string): void;
  addApplication(seed: ApplicationSeed): Principal;
  /** A user-assigned identity with its federated credentials, as resources. */
  addManagedIdentity(seed: ManagedIdentitySeed): Principal;
  addFederatedCredential(clientId: string, credential: FederatedCredential): void;
  /** Trusts GitHub's tokens with this subject. */
  trustGithub(clientId: string, subject: string): void;
  /** Consents to `Application.ReadWrite.OwnedBy` of Microsoft Graph. */
  allowApplications(clientId: string): void;
  /** Applications made through Microsoft Graph. */
  applications(): readonly ApplicationView[];
  principals(): readonly Principal[];
  /** `role` is a role's name; throws when there is none. The assignment is a resource like any other. */
  assignRole(assignment: {
    readonly principal: Principal | string;
    readonly role: string;
    readonly scope: string;
    /** As Azure writes it, version 2.0. */
    readonly condition?: string;
  }): void;
  defineRole(role: Parameters<typeof customRole>[0]): RoleDefinition;
  addResourceGroup(subscription: string, name: string, location?: string): ResourceView;
  addStorageAccount(seed: StorageAccountSeed): ResourceView;
  addContainer(account: string, container: string): void;
  /** Containers of an account by name, for listing. */
  containers(account: string): readonly string[];
  writeBlob(
    account: string,
    container: string,
    name: string,
    content: string | Buffer,
    metadata?: Readonly<Record<string, string>>,
  ): void;
  readBlob(account: string, container: string, name: string): BlobView | undefined;
  blobs(account: string, container: string): readonly BlobView[];
  deleteBlob(account: string, container: string, name: string): void;
  /** Ends a lease without its holder, as a person with the portal does. */
  breakLease(account: string, container: string, name: string): void;
  /** The resource as it stands now: what is due has ended. */
  resource(id: string): ResourceView | undefined;
  /** All resources in the order of their creation, of one type if one is named. Groups are `Microsoft.Resources/resourceGroups`. */
  resources(type?: string): readonly ResourceView[];
  /** Creates or replaces at once, completed with what Azure fills in. The group is made when it is missing. */
  putResource(id: string, body: Body): ResourceView;
  /** Changes a resource behind everybody's back; `change` edits the stored body in place. */
  mutate(id: string, change: (body: Body) => void): void;
  /** Removes a resource and all under it at once. False when there is none. */
  remove(id: string): boolean;
  /** Limits the cores of a VM family (`standardDDSv5Family`), of all (`cores`) or of spot machines (`lowPriorityCores`) in a region. */
  setQuota(quota: { subscription: string; location: string; family: string; cores: number }): void;
  /** Keeps a subscription from a VM size in a region, or in the zones named. */
  restrictSize(restriction: Omit<SizeRestriction, 'reason'> & { readonly reason?: SizeRestriction['reason'] }): void;
  /** The state of a namespace (`Microsoft.Insights`); all are registered at first. */
  setProvider(subscription: string, namespace: string, state: RegistrationState): void;
  /** The state of a feature; `Microsoft.Compute/EncryptionAtHost` is registered at first, others do not exist. */
  setFeature(subscription: string, feature: `${string}/${string}`, state: RegistrationState): void;
  /** Takes a kind of resource (`Microsoft.ServiceNetworking/trafficControllers`) away from a region. */
  withdrawType(location: string, type: string): void;
  /** A name that somebody elsewhere in the world has: of a registry, a vault or a storage account, by its type. */
  takeName(type: string, name: string): void;
  /** Assigns a policy with effect deny. */
  denyByPolicy(denial: PolicyDenial): void;
  /** What the activity log tells from now on; changes by the back door leave no trace of their own. */
  recordActivity(record: ActivityRecord): void;
  /** Takes rights from principals over a scope, whatever their roles give. */
  deny(denial: Omit<Denial, 'name'>): void;
  /** What AKS offers from now on, everywhere: by minor. What runs goes on. */
  offerKubernetes(versions: KubernetesVersions): void;
  kubernetesVersions(): KubernetesVersions;
}

export interface AzureParts {
  readonly tenant: string;
  readonly arm: ArmContext;
  readonly access: AccessControl;
  readonly accounts: StorageAccounts;
  readonly directory: Directory;
  readonly subscriptions: Map<string, string>;
  readonly quotas: Map<string, number>;
  readonly graph: GraphState;
  /** Whom GitHub's tokens have to be for. */
  readonly audience: string;
}

const defaultLocation = 'westeurope';

export function createAzure(parts: AzureParts): Azure {
  const { tenant, arm, access, accounts, directory, subscriptions, quotas, graph, audience } = parts;

  const view = (resource: Resource): ResourceView => {
    const shown = show(resource, behaviourOf(resource.type), arm);
    return structuredClone({ ...shown, id: resource.id, name: resource.name, type: resource.type });
  };
  const find = (id: string): Resource | undefined => {
    arm.operations.settle();
    return arm.store.get(id);
  };
  const demand = (id: string): Resource => {
    const resource = find(id);
    if (resource === undefined) throw new Error(`The sandbox's Azure holds no ${id}.`);
    return resource;
  };
  const container = (account: string, name: string): Container => {
    const found = accounts.get(account)?.containers.get(name);
    if (found === undefined) throw new Error(`The sandbox's Azure has no container ${name} in an account ${account}.`);
    return found;
  };
  const application = (clientId: string): Principal => {
    const found = directory.all().find(principal => principal.clientId === clientId.toLowerCase());
    if (found === undefined) throw new Error(`The sandbox's Entra knows no client id ${clientId}.`);
    return found;
  };
  const addResourceGroup: Azure['addResourceGroup'] = (subscription, name, location = defaultLocation) => {
    const id = groupId(subscription, name);
    return view(arm.store.get(id) ?? arm.create(id, { location }));
  };
  const addFederatedCredential: Azure['addFederatedCredential'] = (clientId, credential) =>
    void application(clientId).credentials.set(credential.name.toLowerCase(), credential);
  const trustGithub: Azure['trustGithub'] = (clientId, subject) => {
    const name = `github-${createHash('sha256').update(subject).digest('hex').slice(0, 12)}`;
    addFederatedCredential(clientId, { name, issuer, subject, audiences: [audience] });
  };
  const putResource: Azure['putResource'] = (id, body) => {
    const [subscription, group] = [subscriptionOf(id), groupOf(id)];
    if (subscription !== undefined && group !== undefined) addResourceGroup(subscription, group);
    return view(arm.create(id, body));
  };
  const mutate: Azure['mutate'] = (id, change) => {
    const resource = demand(id);
    const body = structuredClone({ ...resource.body, properties: { ...properties(resource.body) } }) as Body;
    change(body);
    resource.body = body;
    resource.etag = makeEtag();
  };
  /** The same identity under a client id that somebody wrote down before it was made. */
  const identifiedAs = (clientId: string, id: string): Principal => {
    const made = directory.byResourceId(id);
    if (made === undefined) throw new Error(`${id} has no principal.`);
    mutate(id, body => {
      body['properties'] = { ...properties(body), clientId };
    });
    directory.remove(made);
    return directory.add({ ...made, clientId });
  };
  const blobView = (blob: NonNullable<ReturnType<Container['blobs']['get']>>): BlobView => {
    const state = leaseState(blob.lease, arm.clock.now());
    const { name, content, metadata, etag, lease } = blob;
    return {
      name,
      content,
      metadata,
      etag,
      lease: state === 'available' || !lease ? { state } : { state, id: lease.id },
    };
  };

  return {
    tenant,
    addTenant: directory.addTenant,
    addSubscription: (subscription, owner = tenant) =>
      void subscriptions.set(subscription.toLowerCase(), owner.toLowerCase()),
    addApplication: ({ githubSubjects = [], credentials = [], ...seed }) => {
      const principal = directory.add({ ...seed, tenant: seed.tenant ?? tenant });
      for (const subject of githubSubjects) trustGithub(principal.clientId, subject);
      for (const credential of credentials) addFederatedCredential(principal.clientId, credential);
      return principal;
    },
    addManagedIdentity: ({ subscription, resourceGroup, name, location, clientId, githubSubjects }) => {
      const id = `${groupId(subscription, resourceGroup)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
      putResource(id, { location });
      const principal = identifiedAs(clientId, id);
      githubSubjects.forEach((subject, at) => {
        putResource(`${id}/federatedIdentityCredentials/github-${at}`, {
          properties: { issuer, subject, audiences: [audience] },
        });
      });
      return principal;
    },
    addFederatedCredential,
    trustGithub,
    allowApplications: clientId => void graph.writers.add(application(clientId).objectId),
    applications: () => structuredClone(graph.applications),
    principals: directory.all,
    assignRole: ({ principal, role, scope, condition }) => {
      const definition = access.roleByName(role);
      if (definition === undefined) throw new Error(`The sandbox's Azure has no role named ${role}.`);
      const objectId = typeof principal === 'string' ? principal : principal.objectId;
      const root = /^\/subscriptions\/[^/]+/i.exec(scope)?.[0] ?? '';
      arm.create(`${scope.replace(/\/$/, '')}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`, {
        properties: {
          principalId: objectId,
          principalType: 'ServicePrincipal',
          roleDefinitionId: `${root}/providers/Microsoft.Authorization/roleDefinitions/${definition.name}`,
          ...(condition === undefined ? {} : { condition, conditionVersion: '2.0' }),
        },
      });
    },
    defineRole: role => {
      const definition = customRole(role);
      access.define(definition);
      return definition;
    },
    addResourceGroup,
    addStorageAccount: ({ subscription, resourceGroup, name, location = defaultLocation, containers = [] }) => {
      addResourceGroup(subscription, resourceGroup, location);
      const id = `${groupId(subscription, resourceGroup)}/providers/Microsoft.Storage/storageAccounts/${name}`;
      const account = putResource(id, {
        location,
        sku: { name: 'Standard_ZRS' },
        properties: { allowSharedKeyAccess: false },
      });
      for (const one of containers) arm.create(`${id}/blobServices/default/containers/${one}`, {});
      return account;
    },
    addContainer: (account, name) => {
      const found = accounts.get(account);
      if (found === undefined) throw new Error(`The sandbox's Azure has no storage account ${account}.`);
      addContainer(found, name, arm.clock.now());
    },
    containers: account => [...(accounts.get(account)?.containers.keys() ?? [])],
    writeBlob: (account, name, blob, content, metadata = {}) =>
      void putBlob(
        container(account, name),
        { name: blob, content: Buffer.from(content as string), metadata },
        arm.clock.now(),
      ),
    readBlob: (account, name, blob) => {
      const found = accounts.get(account)?.containers.get(name)?.blobs.get(blob);
      return found === undefined ? undefined : blobView(found);
    },
    blobs: (account, name) => [...container(account, name).blobs.values()].map(blobView),
    deleteBlob: (account, name, blob) => void container(account, name).blobs.delete(blob),
    breakLease: (account, name, blob) => {
      const { blobs } = container(account, name);
      const found = blobs.get(blob);
      if (found?.lease !== undefined) blobs.set(blob, { ...found, lease: { ...found.lease, ended: 'broken' } });
    },
    resource: id => {
      const found = find(id);
      return found === undefined ? undefined : view(found);
    },
    resources: type => {
      arm.operations.settle();
      const all = arm.store.all();
      return all.filter(one => type === undefined || one.type.toLowerCase() === type.toLowerCase()).map(view);
    },
    putResource,
    mutate,
    remove: id => {
      const resource = find(id);
      if (resource !== undefined) arm.remove(resource);
      return resource !== undefined;
    },
    restrictSize: restriction =>
      void arm.conditions.restrictions.push({ reason: 'NotAvailableForSubscription', ...restriction }),
    setProvider: (subscription, namespace, state) =>
      void arm.conditions.providers.set(`${subscription}/${namespace}`.toLowerCase(), state),
    setFeature: (subscription, feature, state) =>
      void arm.conditions.features.set(`${subscription}/${feature}`.toLowerCase(), state),
    withdrawType: (location, type) => void arm.conditions.missingTypes.add(`${location}/${type}`.toLowerCase()),
    takeName: (type, name) => void arm.conditions.takenNames.add(`${type}/${name}`.toLowerCase()),
    recordActivity: record => void arm.conditions.activity.push(record),
    denyByPolicy: denial => void arm.conditions.denials.push(denial),
    deny: denial => access.deny({ ...denial, name: randomUUID() }),
    offerKubernetes: versions => {
      arm.conditions.versions = versions;
    },
    kubernetesVersions: () => arm.conditions.versions,
    setQuota: ({ subscription, location, family, cores }) =>
      void quotas.set(`${subscription}/${location}/${family}`.toLowerCase(), cores),
  };
}
