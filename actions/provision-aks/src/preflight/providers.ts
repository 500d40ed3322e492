import type { Check } from '@suite/change-report';
import { finding, openQuestions, orPassed, type Topic } from './finding.ts';
import type { Planned } from './planned.ts';
import { creates } from './planned.ts';
import type { Answer, ResourceProvider } from './ports.ts';

/** A resource provider that a scope needs, and for which of Terraform's types. */
export interface ProviderNeed {
  readonly namespace: string;
  readonly types: readonly string[];
  /** A type of it that not every location has. */
  readonly located?: { readonly type: string; readonly what: string; readonly setting: string };
}

/** A feature flag that something in the platform file takes. */
export interface FeatureNeed {
  readonly namespace: string;
  readonly name: string;
  /** Who takes it, as a clause: `pool user encrypts at the host`. */
  readonly because: string;
  readonly setting: string;
  /** What to write to do without. */
  readonly otherwise: string;
}

const registered: Topic = { id: 'providers', name: 'Resource providers are registered' };
const offered: Topic = { id: 'locations', name: 'The location has every service' };
const flags: Topic = { id: 'features', name: 'Features are registered' };

/** Terraform registers none: that takes a right on the whole subscription, which bootstrap has. */
export function judgeProviders(
  needs: readonly ProviderNeed[],
  subscription: string,
  answers: ReadonlyMap<string, Answer<ResourceProvider>>,
  planned: Planned,
): readonly Check[] {
  const open = openQuestions(registered, [...answers.values()]);
  const checks = needs.flatMap(({ namespace, types }): Check[] => {
    const answer = answers.get(namespace);
    if (answer === undefined || !answer.known || answer.value.state.toLowerCase() === 'registered') return [];
    const { state } = answer.value;
    const needed = types.some(type => creates(planned, type));
    return [
      finding(
        registered,
        needed ? 'blocked' : 'warning',
        `The resource provider ${namespace} is not registered in the subscription ${subscription} (${state === '' ? 'no state' : state}).`,
        {
          remedy: `Register it: \`az provider register --namespace ${namespace} --subscription ${subscription} --wait\`.`,
        },
        namespace,
      ),
    ];
  });
  return orPassed(registered, [...checks, ...open], 'All that this scope needs are.');
}

export function judgeLocations(
  needs: readonly ProviderNeed[],
  location: string,
  answers: ReadonlyMap<string, Answer<ResourceProvider>>,
  planned: Planned,
): readonly Check[] {
  const located = needs.flatMap(({ namespace, types, located }) =>
    located === undefined ? [] : [{ namespace, types, ...located }],
  );
  if (located.length === 0) return [];
  const asked = located.flatMap(({ namespace }) => answers.get(namespace) ?? []);
  const checks = located.flatMap(({ namespace, type, types, what, setting }): Check[] => {
    const answer = answers.get(namespace);
    if (answer === undefined || !answer.known) return [];
    const places = answer.value.locations[type.toLowerCase()] ?? [];
    if (places.includes(location)) return [];
    const status = types.some(one => creates(planned, one)) ? 'blocked' : 'warning';
    const remedy = `\`az provider show --namespace ${namespace} --query "resourceTypes[?resourceType=='${type}'].locations"\` lists where it is; choose another location, or do without it.`;
    return [finding(offered, status, `${location} has no ${what}.`, { remedy, setting }, type)];
  });
  return orPassed(offered, [...checks, ...openQuestions(offered, asked)], `${location} does.`);
}

export function judgeFeatures(
  needs: readonly FeatureNeed[],
  subscription: string,
  answers: ReadonlyMap<string, Answer<string>>,
  planned: Planned,
): readonly Check[] {
  if (needs.length === 0) return [];
  const makesPools =
    creates(planned, 'azurerm_kubernetes_cluster') || creates(planned, 'azurerm_kubernetes_cluster_node_pool');
  const checks = needs.flatMap(({ namespace, name, because, setting, otherwise }): Check[] => {
    const answer = answers.get(featureKey({ namespace, name }));
    if (answer === undefined) return [];
    if (!answer.known) return openQuestions(flags, [answer], { setting });
    if (answer.value.toLowerCase() === 'registered') return [];
    const remedy = `Register it: \`az feature register --namespace ${namespace} --name ${name} --subscription ${subscription}\`, wait until \`az feature show\` says Registered, then \`az provider register --namespace ${namespace} --subscription ${subscription}\`; or ${otherwise}.`;
    const message = `The feature ${name} of ${namespace} is not registered in the subscription ${subscription}, and ${because}.`;
    return [finding(flags, makesPools ? 'blocked' : 'warning', message, { remedy, setting }, name)];
  });
  return orPassed(flags, checks, 'All that this scope needs are.');
}

export function featureKey({ namespace, name }: Pick<FeatureNeed, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}
