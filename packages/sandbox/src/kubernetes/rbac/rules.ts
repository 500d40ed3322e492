import { canonicalJson } from '@suite/foundation';
import type { Attributes } from '../access/attributes.ts';
import { type Fields, objects, strings } from '../objects.ts';

/** One rule of a role. */
export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

export function rulesOf(role: Readonly<Fields> | undefined): readonly Rule[] {
  return objects(role?.['rules']).map(rule => ({
    verbs: strings(rule['verbs']),
    apiGroups: strings(rule['apiGroups']),
    resources: strings(rule['resources']),
    resourceNames: strings(rule['resourceNames']),
    nonResourceURLs: strings(rule['nonResourceURLs']),
  }));
}

const holds = (all: readonly string[], one: string) => all.includes('*') || all.includes(one);

/** Whether a rule gives what is asked for (k8s.io/component-helpers, `auth/rbac/validation`). */
export function allows(rule: Rule, attributes: Attributes): boolean {
  if (!holds(rule.verbs, attributes.verb)) return false;
  if ('path' in attributes) return rule.nonResourceURLs.some(url => matchesPath(url, attributes.path));
  const { group, resource, subresource, name } = attributes;
  const isNamed = rule.resourceNames.length === 0 || (name !== undefined && rule.resourceNames.includes(name));
  return (
    isNamed && holds(rule.apiGroups, group) && rule.resources.some(one => matchesResource(one, resource, subresource))
  );
}

function matchesResource(pattern: string, resource: string, subresource: string | undefined): boolean {
  if (pattern === '*') return true;
  if (subresource === undefined) return pattern === resource;
  return pattern === `${resource}/${subresource}` || pattern === `*/${subresource}`;
}

function matchesPath(pattern: string, path: string): boolean {
  return pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)));
}

/** Rules that the holder of `held` does not hold, and so cannot give to anybody. */
export function notCovered(held: readonly Rule[], wanted: readonly Rule[]): readonly Rule[] {
  return compacted(wanted.flatMap(piecesOf).filter(piece => !held.some(rule => covers(rule, piece))));
}

/** Grants of one resource as one rule. */
function compacted(pieces: readonly Rule[]): readonly Rule[] {
  const rules = new Map<string, Rule>();
  for (const piece of pieces) {
    const { verbs, ...about } = piece;
    const key = canonicalJson(about);
    const known = rules.get(key);
    rules.set(key, known === undefined ? piece : { ...known, verbs: [...new Set([...known.verbs, ...verbs])] });
  }
  return [...rules.values()];
}

function covers(rule: Rule, piece: Rule): boolean {
  const all = (mine: readonly string[], asked: readonly string[]) => asked.every(one => holds(mine, one));
  if (!all(rule.verbs, piece.verbs)) return false;
  if (piece.nonResourceURLs.length > 0) {
    return piece.nonResourceURLs.every(url => rule.nonResourceURLs.some(mine => matchesPath(mine, url)));
  }
  const isNamed =
    rule.resourceNames.length === 0 ||
    (piece.resourceNames.length > 0 && piece.resourceNames.every(name => rule.resourceNames.includes(name)));
  const hasResources = piece.resources.every(one => {
    const [resource = '', subresource] = one.split('/');
    return rule.resources.some(mine => matchesResource(mine, resource, subresource));
  });
  return isNamed && hasResources && all(rule.apiGroups, piece.apiGroups);
}

/** A rule as single grants: one verb on one resource of one group. */
function piecesOf(rule: Rule): readonly Rule[] {
  return rule.verbs.flatMap(verb => [
    ...rule.nonResourceURLs.map(url => ({ ...none, verbs: [verb], nonResourceURLs: [url] })),
    ...rule.apiGroups.flatMap(group =>
      rule.resources.map(resource => ({
        ...none,
        verbs: [verb],
        apiGroups: [group],
        resources: [resource],
        resourceNames: rule.resourceNames,
      })),
    ),
  ]);
}

const none: Rule = { verbs: [], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [] };

/** As refusals print it: `{APIGroups:["apps"], Resources:["deployments"], Verbs:["get"]}`. */
export function inWords(rule: Rule): string {
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['ResourceNames', rule.resourceNames],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['Verbs', rule.verbs],
  ];
  const shown = parts.filter(([, values]) => values.length > 0);
  return `{${shown.map(([name, values]) => `${name}:[${values.map(one => JSON.stringify(one)).join(' ')}]`).join(', ')}}`;
}
