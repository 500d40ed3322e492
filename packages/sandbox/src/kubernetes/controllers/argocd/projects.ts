import type { Cluster } from '../../cluster.ts';
import { at, type Fields, type KubeObject, list, objects, stringMap, strings, text } from '../../objects.ts';
import {
  type AppCondition,
  type Destination,
  destinationOf,
  hasManySources,
  projectKey,
  projectNameOf,
  sourcesOf,
} from './application.ts';
import { plainUrl } from './git-sources.ts';
import { matchesOrNot } from './glob.ts';

export const inCluster = 'https://kubernetes.default.svc';

export interface Target {
  readonly server: string;
  readonly name: string;
  /** Where it deploys to. */
  readonly cluster: Cluster;
}

interface Declared extends Omit<Target, 'cluster'> {
  /** As the Secret has it, JSON. */
  readonly config: string;
}

/** The project of an application, and what it forbids of its spec (argo-cd, util/argo/argo.go, ValidatePermissions). */
export function judgeSpec(
  cluster: Cluster,
  argoNamespace: string,
  application: KubeObject,
): {
  readonly project: KubeObject | undefined;
  readonly target: Target | undefined;
  readonly conditions: readonly AppCondition[];
} {
  const name = projectNameOf(application);
  const project = cluster.store.get(projectKey, argoNamespace, name);
  const invalid = (message: string): AppCondition => ({ type: 'InvalidSpecError', message });
  if (project === undefined) {
    const conditions = [invalid(`Application referencing project ${name} which does not exist`)];
    return { project, target: undefined, conditions };
  }
  const destination = destinationOf(application);
  const target = targetOf(cluster, argoNamespace, destination);
  const sources = sourcesOf(application);
  const blank = sources.find(
    ({ repoURL, path, chart, ref }) => repoURL === '' || (path === '' && chart === undefined && ref === undefined),
  );
  if (blank !== undefined) {
    const conditions = [
      invalid(
        hasManySources(application)
          ? `spec.source.repoURL and either source.path, source.chart, or source.ref are required for source ${JSON.stringify(blank.raw)}`
          : 'spec.source.repoURL and either spec.source.path or spec.source.chart are required',
      ),
    ];
    return { project, target: undefined, conditions };
  }
  const conditions = sources
    .filter(({ repoURL }) => !isSourcePermitted(project, repoURL))
    .map(({ repoURL }) => invalid(`application repo ${repoURL} is not permitted in project '${name}'`));
  if (typeof target === 'string') return { project, target: undefined, conditions: [...conditions, invalid(target)] };
  if (!isDestinationPermitted(project, target, destination.namespace)) {
    const where = destination.name === undefined || destination.name === '' ? target.server : target.name;
    conditions.push(
      invalid(
        `application destination server '${where}' and namespace '${destination.namespace}' do not match any of the allowed destinations in project '${name}'`,
      ),
    );
  }
  return { project, target, conditions };
}

/** The cluster that a destination names; a text says why there is none. */
function targetOf(cluster: Cluster, argoNamespace: string, { server = '', name = '' }: Destination): Target | string {
  if (server !== '' && name !== '')
    return `application destination can't have both name and server defined: ${name} ${server}`;
  const known = clusters(cluster, argoNamespace);
  if (server !== '') {
    const found = known.find(one => one.server === server);
    if (found === undefined) {
      const why = `rpc error: code = NotFound desc = cluster ${JSON.stringify(server)} not found`;
      return `error getting cluster by server ${JSON.stringify(server)}: ${why}`;
    }
    return reach(cluster, found);
  }
  if (name === '') return 'Destination server missing from app spec';
  const found = known.filter(one => one.name === name);
  const [first, second] = found;
  if (first === undefined) return `there are no clusters with this name: ${name}`;
  if (second !== undefined) {
    return `there are ${found.length} clusters with the same name: [${found.map(one => one.server).join(' ')}]`;
  }
  return reach(cluster, first);
}

/** Its own cluster, or another one that it signs in to as its pods do (argo-cd, declarative-setup.md, "AKS"). */
function reach(cluster: Cluster, { server, name, config }: Declared): Target | string {
  if (server === inCluster) return { server, name, cluster };
  const { execProviderConfig, tlsClientConfig } = readConfig(config);
  const { command, args, env } = at({ execProviderConfig }, 'execProviderConfig');
  const isAzure = command === 'argocd-k8s-auth' && list(args)[0] === 'azure';
  const isWorkload = at({ env }, 'env')['AAD_LOGIN_METHOD'] === 'workloadidentity';
  if (!isAzure || !isWorkload || !text(at({ tlsClientConfig }, 'tlsClientConfig')['caData'])) {
    return `The sandbox's Argo CD signs in to ${server} as workload identity only, and trusts it by its authority.`;
  }
  const found = cluster.neighbour(server);
  if (found === undefined) return `error getting cluster by name ${JSON.stringify(name)}: dial ${server}: no such host`;
  return { server, name, cluster: found };
}

function readConfig(config: string): Readonly<Fields> {
  try {
    return at({ config: JSON.parse(config) }, 'config');
  } catch {
    return {};
  }
}

function clusters(cluster: Cluster, argoNamespace: string): readonly Declared[] {
  const declared = cluster.store
    .list('secrets', argoNamespace)
    .filter(({ metadata }) => metadata.labels?.['argocd.argoproj.io/secret-type'] === 'cluster')
    .map(secret => {
      const read = (key: string) => Buffer.from(text(at(secret, 'data')[key]) ?? '', 'base64').toString('utf8');
      return { server: read('server').replace(/\/$/, ''), name: read('name'), config: read('config') };
    });
  const hasOwn = declared.some(({ server }) => server === inCluster);
  return hasOwn ? declared : [...declared, { server: inCluster, name: 'in-cluster', config: '{}' }];
}

function isSourcePermitted(project: KubeObject, repoURL: string): boolean {
  const patterns = strings(at(project, 'spec')['sourceRepos']);
  const matches = (pattern: string) => {
    const isDenial = pattern.startsWith('!');
    return matchesOrNot(
      `${isDenial ? '!' : ''}${plainUrl(isDenial ? pattern.slice(1) : pattern)}`,
      plainUrl(repoURL),
      '/',
    );
  };
  return patterns.some(matches) && !patterns.some(pattern => pattern.startsWith('!') && !matches(pattern));
}

export function isDestinationPermitted(
  project: KubeObject,
  { server, name }: Pick<Target, 'server' | 'name'>,
  namespace: string,
): boolean {
  let isPermitted = false;
  for (const item of objects(at(project, 'spec')['destinations']).map(stringMap)) {
    const [byServer, byName] = [matchesOrNot(item['server'] ?? '', server), matchesOrNot(item['name'] ?? '', name)];
    const inNamespace = matchesOrNot(item['namespace'] ?? '', namespace);
    const isDenial = (value: string | undefined) => value?.startsWith('!') ?? false;
    if ((byServer || byName) && inNamespace) isPermitted = true;
    else if ((!byName && isDenial(item['name'])) || (!byServer && isDenial(item['server']) && inNamespace))
      return false;
    else if (!inNamespace && isDenial(item['namespace']) && byServer) return false;
  }
  return isPermitted;
}

/** Whether a project lets its applications have a kind (argo-cd, types.go, IsGroupKindPermitted). */
export function isKindPermitted(project: KubeObject, group: string, kind: string, isNamespaced: boolean): boolean {
  const spec = at(project, 'spec');
  const has = (list: string) =>
    objects(spec[list]).some(
      one => matchesOrNot(text(one['kind']) ?? '', kind) && matchesOrNot(text(one['group']) ?? '', group),
    );
  if (!isNamespaced) return has('clusterResourceWhitelist') && !has('clusterResourceBlacklist');
  const isListed = spec['namespaceResourceWhitelist'] === undefined || has('namespaceResourceWhitelist');
  return isListed && !has('namespaceResourceBlacklist');
}
