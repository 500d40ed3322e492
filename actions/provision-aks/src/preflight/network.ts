import type { Check } from '@suite/change-report';
import { asArray, asObject, asString, type JsonObject } from '@suite/foundation';
import { bitsOf, roomOf } from './addresses.ts';
import { finding, openQuestions, orPassed, type Topic } from './finding.ts';
import type { Answer } from './ports.ts';

/** A subnet of an existing network, and what it is for. */
export interface SubnetNeed {
  /** `compute` */
  readonly zone: string;
  readonly id: string;
  /** Nodes that it has to hold, surge included. */
  readonly nodes?: number;
  /** Service that it has to be delegated to. */
  readonly delegation?: string;
  /** It takes exactly a /24. */
  readonly exactly24?: boolean;
  readonly egress?: 'nat-gateway' | 'load-balancer' | 'user-defined';
}

export interface SubnetFacts {
  readonly need: SubnetNeed;
  /** Undefined when there is no such subnet. */
  readonly body: Answer<unknown>;
}

const topic: Topic = { id: 'network', name: 'The existing network fits' };

/** A network that somebody else made has to be as we need it: we change nothing in it. */
export function judgeNetwork(facts: readonly SubnetFacts[]): readonly Check[] {
  if (facts.length === 0) return [];
  const checks = facts.flatMap(({ need, body }) => {
    if (!body.known) return [];
    const setting = `existing.network.subnets.${need.zone}`;
    return problemsOf(need, body.value).map(({ part, message, remedy }) =>
      finding(topic, 'blocked', message, { remedy, setting }, `${need.zone}/${part}`),
    );
  });
  const open = openQuestions(
    topic,
    facts.map(({ body }) => body),
    { setting: 'existing.network.subnets' },
  );
  return orPassed(topic, [...checks, ...open], 'Its subnets are there and as they have to be.');
}

interface SubnetProblem {
  readonly part: string;
  readonly message: string;
  readonly remedy: string;
}

function problemsOf(need: SubnetNeed, body: unknown): SubnetProblem[] {
  const { zone, id } = need;
  if (body === undefined) {
    const remedy = 'Correct the id, or have it made.';
    return [{ part: 'exists', message: `The subnet of zone \`${zone}\` does not exist: ${id}.`, remedy }];
  }
  const properties = asObject(asObject(body)['properties']);
  const prefixes = [properties['addressPrefix'], ...asArray(properties['addressPrefixes'])]
    .flatMap(prefix => asString(prefix) ?? [])
    .filter((prefix, index, all) => all.indexOf(prefix) === index);
  return [
    ...sizeProblems(need, prefixes),
    ...delegationProblems(need, properties),
    ...egressProblems(need, properties),
  ];
}

function sizeProblems({ zone, nodes, exactly24 }: SubnetNeed, prefixes: readonly string[]): SubnetProblem[] {
  const range = prefixes.join(', ');
  if (exactly24 === true && !prefixes.some(prefix => bitsOf(prefix) === 24)) {
    const message = `The subnet of zone \`${zone}\` is ${range}; Application Gateway for Containers needs exactly a /24.`;
    return [{ part: 'size', message, remedy: 'Name a subnet that is a /24.' }];
  }
  const room = prefixes.reduce((sum, prefix) => sum + (roomOf(prefix) ?? 0), 0);
  if (nodes === undefined || prefixes.length === 0 || nodes <= room) return [];
  const message = `The subnet of zone \`${zone}\` (${range}) has room for ${room} nodes, and the pools take up to ${nodes} while they are upgraded.`;
  return [{ part: 'size', message, remedy: 'Name a larger subnet, or make `max` or `surge` of the pools smaller.' }];
}

function delegationProblems({ zone, id, delegation }: SubnetNeed, properties: JsonObject): SubnetProblem[] {
  if (delegation === undefined) return [];
  const services = asArray(properties['delegations']).flatMap(
    one => asString(asObject(asObject(one)['properties'])['serviceName']) ?? [],
  );
  if (services.some(service => service.toLowerCase() === delegation.toLowerCase())) return [];
  return [
    {
      part: 'delegation',
      message: `The subnet of zone \`${zone}\` is not delegated to ${delegation}.`,
      remedy: `\`az network vnet subnet update --ids ${id} --delegations ${delegation}\``,
    },
  ];
}

function egressProblems({ zone, id, egress }: SubnetNeed, properties: JsonObject): SubnetProblem[] {
  const has = (key: string) => asString(asObject(properties[key])['id']) !== undefined;
  if (egress === 'nat-gateway' && !has('natGateway')) {
    const message = `The subnet of zone \`${zone}\` has no NAT gateway, which \`network.egress\` says nodes go out by.`;
    const remedy = `\`az network vnet subnet update --ids ${id} --nat-gateway <id>\`, or another \`network.egress\`.`;
    return [{ part: 'egress', message, remedy }];
  }
  if (egress === 'user-defined' && !has('routeTable')) {
    const message = `The subnet of zone \`${zone}\` has no route table, which \`network.egress\` says nodes go out by.`;
    const remedy = `\`az network vnet subnet update --ids ${id} --route-table <id>\`, or another \`network.egress\`.`;
    return [{ part: 'egress', message, remedy }];
  }
  return [];
}
