import { sentenceList } from '@suite/foundation';
import type { Application, Destination, Source } from './application.ts';
import { matchesGlob } from './glob.ts';
import type { AppProject, DestinationRule, KindRule } from './project.ts';
import { normalizeAddress } from './repository.ts';

/** Something that a project does not let an application do, and the rule that says so. */
export interface Forbidden {
  /** Reads on after "does not allow": `the repository https://…`. */
  readonly what: string;
  /** `spec.sourceRepos` */
  readonly rule: string;
  /** What the rule allows or denies, as written; `nothing` where it is empty. */
  readonly says: string;
}

/** `spec.sourceRepos allows https://…`; lists that only deny say so. */
export function ruleText({ rule, says }: Pick<Forbidden, 'rule' | 'says'>): string {
  return rule.endsWith('Blacklist') || says.startsWith('!')
    ? `${rule} denies ${says.replace(/^!/, '')}`
    : `${rule} allows ${says}`;
}

/** A kind of object that an application would make. */
export interface ProjectResource {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly isNamespaced: boolean;
  /** Where it goes, where it names a namespace itself. */
  readonly namespace?: string | undefined;
}

/**
 * What a project forbids of an application, as Argo CD decides it (app_project_types.go: IsSourcePermitted, isDestinationMatched,
 * IsGroupKindNamePermitted, IsAppNamespacePermitted). What depends on how Argo CD names a cluster that is not its own counts as allowed.
 */
export function forbiddenBy(
  project: AppProject,
  application: Pick<Application, 'namespace' | 'sources' | 'destination'>,
  argoNamespace: string,
  resources: readonly ProjectResource[] = [],
): readonly Forbidden[] {
  const { destination } = application;
  const namespaces = new Set([
    destination.namespace,
    ...resources.flatMap(({ isNamespaced, namespace }) => (isNamespaced && namespace !== undefined ? [namespace] : [])),
  ]);
  return [
    ...forbiddenHome(project, application.namespace, argoNamespace),
    ...application.sources.flatMap(source => forbiddenSource(project, source)),
    ...[...namespaces].flatMap(namespace => forbiddenDestination(project, { ...destination, namespace })),
    ...resources.flatMap(resource => forbiddenResource(project, resource)),
  ];
}

function forbiddenHome({ sourceNamespaces }: AppProject, namespace: string, argoNamespace: string): Forbidden[] {
  if (namespace === '' || namespace === argoNamespace) return [];
  const isAllowed = sourceNamespaces.some(rule => {
    const expression = /^\/(.*)\/$/s.exec(rule)?.[1];
    return (expression !== undefined && isMatch(expression, namespace)) || matchesGlob(rule, namespace);
  });
  if (isAllowed) return [];
  return [
    {
      what: `Applications in the namespace ${namespace}`,
      rule: 'spec.sourceNamespaces',
      says: listed(sourceNamespaces),
    },
  ];
}

/** Argo CD's expressions are those of .NET (dlclark/regexp2), of which JavaScript reads all that names of namespaces need. */
function isMatch(expression: string, text: string): boolean {
  try {
    return new RegExp(expression).test(text);
  } catch {
    return false;
  }
}

function forbiddenSource({ sourceRepositories }: AppProject, { repository }: Source): Forbidden[] {
  const address = normalizeAddress(repository);
  const matches = (rule: string) => matchesGlob(normalizeAddress(rule), address, '/');
  const what = `the repository ${repository}`;
  const denied = sourceRepositories.find(rule => rule.startsWith('!') && matches(rule.slice(1)));
  if (denied !== undefined) return [{ what, rule: 'spec.sourceRepos', says: denied }];
  // A rule that denies something else allows this (globMatch with negation).
  if (sourceRepositories.some(rule => rule.startsWith('!') || matches(rule))) return [];
  return [{ what, rule: 'spec.sourceRepos', says: listed(sourceRepositories) }];
}

/** The cluster that Argo CD itself runs in has both names (common.go, util/db/cluster.go). */
const ownServer = 'https://kubernetes.default.svc';
const ownName = 'in-cluster';

function forbiddenDestination({ destinations }: AppProject, destination: Destination): Forbidden[] {
  const isOwn = destination.server === ownServer || destination.name === ownName;
  const server = isOwn ? ownServer : destination.server;
  const name = isOwn ? ownName : destination.name;
  const { namespace } = destination;
  const matches = (rule: string, text: string | undefined) =>
    text !== undefined && (rule.startsWith('!') ? !matchesGlob(rule.slice(1), text) : matchesGlob(rule, text));
  const isDeny = (rule: string) => rule.startsWith('!');
  const what = `the namespace ${namespace} of the cluster ${destination.name ?? destination.server ?? '(none)'}`;
  const forbid = (says: string): Forbidden[] => [{ what, rule: 'spec.destinations', says }];
  let isAllowed = false;
  for (const rule of destinations) {
    const [ofName, ofServer] = [matches(rule.name, name), matches(rule.server, server)];
    const ofNamespace = matches(rule.namespace, namespace);
    // The name or address that is not written in the application is Argo CD's to know.
    const isUnknown = (name === undefined && rule.name !== '') || (server === undefined && rule.server !== '');
    if ((ofServer || ofName || isUnknown) && ofNamespace) isAllowed = true;
    else if (!isUnknown && ((!ofName && isDeny(rule.name)) || (!ofServer && isDeny(rule.server) && ofNamespace))) {
      return forbid(shownDestination(rule));
    } else if (!ofNamespace && isDeny(rule.namespace) && ofServer) return forbid(shownDestination(rule));
  }
  return isAllowed ? [] : forbid(listed(destinations.map(shownDestination)));
}

function shownDestination({ server, name, namespace }: DestinationRule): string {
  return `${namespace} of ${name === '' ? server : name}`;
}

function forbiddenResource(project: AppProject, { group, kind, name, isNamespaced }: ProjectResource): Forbidden[] {
  const matches = (rule: KindRule) =>
    matchesGlob(rule.kind, kind) &&
    matchesGlob(rule.group, group) &&
    (isNamespaced || rule.name === '' || matchesGlob(rule.name, name));
  const [allowed, denied] = isNamespaced
    ? [project.namespacedAllowed, project.namespacedDenied]
    : [project.clusterAllowed, project.clusterDenied];
  const prefix = isNamespaced ? 'spec.namespaceResource' : 'spec.clusterResource';
  const what = `${kind}${group === '' ? '' : ` of ${group}`}${isNamespaced ? '' : ` (${name})`}`;
  const rule = denied.find(matches);
  if (rule !== undefined) return [{ what, rule: `${prefix}Blacklist`, says: shownKind(rule) }];
  if (allowed === undefined || allowed.some(matches)) return [];
  return [{ what, rule: `${prefix}Whitelist`, says: listed(allowed.map(shownKind)) }];
}

function shownKind({ group, kind, name }: KindRule): string {
  return `${group === '' ? '' : `${group}/`}${kind}${name === '' ? '' : ` ${name}`}`;
}

function listed(rules: readonly string[]): string {
  return rules.length === 0 ? 'nothing' : sentenceList(rules);
}
