import type { Clock } from '@suite/foundation';
import type { ReachFacts } from './api-server.ts';
import { type ExistingCluster, readExisting } from './existing.ts';
import type { NameFacts } from './names.ts';
import type { SubnetFacts } from './network.ts';
import type { PolicyFacts } from './policy.ts';
import type {
  Answer,
  OfferedMinor,
  PreflightReader,
  Reach,
  ResourceProvider,
  Upgrades,
  Usage,
  VmSize,
} from './ports.ts';
import { featureKey } from './providers.ts';
import type { Rights } from './rights.ts';
import type { Subject } from './subject.ts';

/** All that was found out, and what was not. Undefined where there was nothing to ask. */
export interface Facts {
  readonly cluster: ClusterFacts | undefined;
  readonly providers: ReadonlyMap<string, Answer<ResourceProvider>>;
  readonly features: ReadonlyMap<string, Answer<string>>;
  readonly names: readonly NameFacts[];
  readonly policies: readonly PolicyFacts[];
  readonly subnets: readonly SubnetFacts[];
  readonly rights: Answer<Rights & { readonly objectId: string }>;
}

export interface ClusterFacts {
  /** Undefined when there is none yet. */
  readonly existing: Answer<ExistingCluster | undefined>;
  readonly sizes: Answer<readonly VmSize[]>;
  readonly usages: Answer<readonly Usage[]>;
  readonly minors: Answer<readonly OfferedMinor[]>;
  readonly upgrades: Answer<Upgrades | undefined>;
  readonly reach: ReachFacts | undefined;
}

/** Questions that are under way. */
export interface Flight {
  /** What was answered by now or is within the grace; the rest is not known. */
  land(): Promise<Facts>;
}

export interface GatherOptions {
  readonly reader: PreflightReader;
  readonly reach: Reach;
  readonly clock: Clock;
  /** How long an answer may keep the plan waiting once Terraform is done, in milliseconds. */
  readonly graceMs: number;
}

const groupApi = '2023-07-01';
const clusterApi = '2025-10-01';
const subnetApi = '2025-01-01';
// Of Microsoft.ContainerRegistry, Microsoft.KeyVault, Microsoft.Storage; the ones that azurerm 5.2.0 uses itself.
const ownApis = { registry: '2025-11-01', vault: '2026-02-01', storage: '2025-08-01' } as const;

/** Asks everything at once. Nothing is written, and no answer is waited for longer than `land` allows. */
export function gather(subject: Subject, { reader, reach, clock, graceMs }: GatherOptions): Flight {
  let isLate: () => void = () => undefined;
  const late = new Promise<void>(resolve => {
    isLate = resolve;
  });
  const tooLate = {
    known: false,
    why: `Azure had not answered when the plan had been made for ${graceMs / 1000} s.`,
    remedy: 'Plan again.',
  } as const;
  const within = <T>(work: Promise<Answer<T>>): Promise<Answer<T>> => Promise.race([work, late.then(() => tooLate)]);
  const facts = ask(subject, reader, reach, within);
  // A plan that fails before it lands has told what is wrong.
  facts.catch(() => undefined);
  return {
    land: async () => {
      const done = new AbortController();
      clock.sleep(graceMs, done.signal).then(isLate, () => undefined);
      try {
        return await facts;
      } finally {
        done.abort();
      }
    },
  };
}

type Within = <T>(work: Promise<Answer<T>>) => Promise<Answer<T>>;

async function ask(subject: Subject, reader: PreflightReader, reach: Reach, within: Within): Promise<Facts> {
  const { subscription, location, groupId, tags } = subject;
  const group = within(reader.resource(groupId, groupApi));
  const namespaces = [...new Set(subject.providers.map(({ namespace }) => namespace))];
  const [cluster, providers, features, names, policies, subnets, rights] = await Promise.all([
    askCluster(subject, reader, reach, within),
    Promise.all(namespaces.map(async name => [name, await within(reader.provider(name))] as const)),
    Promise.all(subject.features.map(async need => [featureKey(need), await within(reader.feature(need))] as const)),
    Promise.all(
      subject.names.map(async (need): Promise<NameFacts> => {
        const nothing: Answer<undefined> = { known: true, value: undefined };
        const [name, own, deleted] = await Promise.all([
          within(reader.name(need.service, need.name)),
          within(reader.resource(need.id, ownApis[need.service])),
          need.service === 'vault' ? within(reader.deletedVault(location, need.name)) : nothing,
        ]);
        return { need, name, own: own.known ? { known: true, value: own.value !== undefined } : own, deleted };
      }),
    ),
    Promise.all(
      subject.types.map(async (need): Promise<PolicyFacts> => {
        const found = await group;
        // Policies of a group that is still to be made are those of its subscription.
        const scope = found.known && found.value !== undefined ? groupId : `/subscriptions/${subscription}`;
        const answer = await within(reader.restrictions(scope, { type: need.type, location, tags }));
        return { need, answer };
      }),
    ),
    Promise.all(subject.subnets.map(async need => ({ need, body: await within(reader.resource(need.id, subnetApi)) }))),
    within(askRights(subject, reader)),
  ]);
  return { cluster, providers: new Map(providers), features: new Map(features), names, policies, subnets, rights };
}

async function askCluster(
  { cluster, location }: Subject,
  reader: PreflightReader,
  reach: Reach,
  within: Within,
): Promise<ClusterFacts | undefined> {
  if (cluster === undefined) return undefined;
  const sizes = [...new Set(cluster.pools.map(({ size }) => size))];
  const found = within(reader.resource(cluster.id, clusterApi));
  const existing = found.then(body => (body.known ? { known: true as const, value: readExisting(body.value) } : body));
  const host = existing.then(answer => (cluster.private && answer.known ? answer.value?.privateHost : undefined));
  const [own, offered, usages, minors, upgrades, api] = await Promise.all([
    existing,
    within(reader.sizes(location, sizes)),
    within(reader.usages(location)),
    within(reader.minors(location)),
    existing.then(answer =>
      answer.known && answer.value === undefined
        ? ({ known: true, value: undefined } as const)
        : within(reader.upgrades(cluster.id)),
    ),
    host.then(async name => {
      if (name === undefined) return undefined;
      const answer = await within<string | undefined>(reach(name).then(value => ({ known: true, value })));
      return { host: name, answer };
    }),
  ]);
  return { existing: own, sizes: offered, usages, minors, upgrades, reach: api };
}

async function askRights(
  { applyIdentity, subscription, otherGroups }: Subject,
  reader: PreflightReader,
): Promise<Facts['rights']> {
  const principal = await reader.principal(applyIdentity.clientId);
  if (!principal.known) return principal;
  const objectId = principal.value;
  if (objectId === undefined) {
    return {
      known: false,
      why: `The ${applyIdentity.name} (client id ${applyIdentity.clientId}) is no user-assigned identity of the subscription ${subscription}, so its rights cannot be looked up.`,
      remedy: 'The apply asks for them itself, before it changes anything.',
    };
  }
  const others = [...new Set(Object.values(otherGroups))].filter(other => other !== subscription);
  const [own, ...rest] = await Promise.all([subscription, ...others].map(one => askRightsIn(one, objectId, reader)));
  if (own === undefined || !own.known) return own ?? { known: false, why: 'Nothing was asked.' };
  // Where the plan identity sees nothing, only the rights there are open.
  const all = [own.value, ...rest.flatMap(answer => (answer.known ? [answer.value] : []))];
  return {
    known: true,
    value: {
      objectId,
      subscriptions: all.flatMap(({ subscriptions }) => subscriptions),
      grants: all.flatMap(({ grants }) => grants),
      denials: all.flatMap(({ denials }) => denials),
    },
  };
}

async function askRightsIn(subscription: string, objectId: string, reader: PreflightReader): Promise<Answer<Rights>> {
  const [grants, denials] = await Promise.all([reader.grants(objectId, subscription), reader.denials(subscription)]);
  if (!grants.known) return grants;
  if (!denials.known) return denials;
  return { known: true, value: { subscriptions: [subscription], grants: grants.value, denials: denials.value } };
}
