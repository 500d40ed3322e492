import type { Cluster } from '../../cluster.ts';
import { at, type Fields, type KubeObject, objects, text } from '../../objects.ts';
import type { Source } from './application.ts';
import { build, isKustomization } from './kustomize.ts';
import { parseManifests, SourceError } from './manifests.ts';

export interface Rendered {
  readonly revision: string;
  readonly type: 'Directory' | 'Kustomize' | '';
  readonly objects: readonly KubeObject[];
}

/** What a source holds at a revision. Throws a SourceError. */
export function renderSource(cluster: Cluster, argoNamespace: string, source: Source, revision: string): Rendered {
  if (source.chart !== undefined) throw notPlayed(`the chart ${source.chart}`);
  const { repoURL } = source;
  const remote = cluster.outside.repository(repoURL);
  if (remote === undefined || (remote.isPrivate && !hasCredentials(cluster, argoNamespace, repoURL))) {
    throw new SourceError('failed to list refs: authentication required: Repository not found.');
  }
  const commit = isCommit(revision) ? revision : remote.resolve(revision === '' ? 'HEAD' : revision);
  if (commit === undefined) throw new SourceError(`unable to resolve '${revision}' to a commit SHA`);
  const files = remote.files(commit);
  if (files === undefined) {
    const fetch = `git fetch origin ${commit} --tags --force --prune`;
    const why = `\`${fetch}\` failed exit status 128: fatal: remote error: upload-pack: not our ref ${commit}`;
    throw new SourceError(
      `failed to initialize repository resources: rpc error: code = Internal desc = Failed to checkout revision ${commit}: ${why}`,
    );
  }
  // A source that others only refer to.
  if (source.path === '' && source.ref !== undefined) return { revision: commit, type: '', objects: [] };
  const folder = normalize(source.path);
  if (folder !== '' && ![...files.keys()].some(path => path.startsWith(`${folder}/`))) {
    throw new SourceError(`${source.path}: app path does not exist`);
  }
  const names = namesIn(files, folder);
  const refused = ['helm', 'plugin'].find(field => source.raw[field] !== undefined);
  if (refused !== undefined || names.includes('Chart.yaml')) throw notPlayed(refused ?? `the Helm chart in ${folder}`);
  if (names.some(isKustomization)) {
    return { revision: commit, type: 'Kustomize', objects: flat(build(files, folder, at(source.raw, 'kustomize'))) };
  }
  return { revision: commit, type: 'Directory', objects: flat(directory(files, folder, at(source.raw, 'directory'))) };
}

function notPlayed(what: string): SourceError {
  return new SourceError(`The sandbox's Argo CD does not play ${what}.`);
}

function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

function normalize(path: string): string {
  return path
    .split('/')
    .filter(part => part !== '' && part !== '.')
    .join('/');
}

/** Names of the files that stand in a folder itself. */
function namesIn(files: ReadonlyMap<string, string>, folder: string): readonly string[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  return [...files.keys()]
    .filter(path => path.startsWith(prefix) && !path.slice(prefix.length).includes('/'))
    .map(path => path.slice(prefix.length));
}

/** Secrets that hold credentials are of one repository, or of all whose URLs begin alike. */
function hasCredentials(cluster: Cluster, argoNamespace: string, url: string): boolean {
  return cluster.store.list('secrets', argoNamespace).some(({ metadata, ...secret }) => {
    const type = metadata.labels?.['argocd.argoproj.io/secret-type'];
    const value = (key: string) => Buffer.from(text(at(secret, 'data')[key]) ?? '', 'base64').toString('utf8');
    const [own, theirs] = [plainUrl(value('url')), plainUrl(url)];
    const isMeant = type === 'repository' ? own === theirs : type === 'repo-creds' && theirs.startsWith(own);
    return (
      isMeant && ['password', 'githubAppPrivateKey', 'sshPrivateKey', 'bearerToken'].some(key => value(key) !== '')
    );
  });
}

export function plainUrl(url: string): string {
  return url
    .toLowerCase()
    .replace(/\/$/, '')
    .replace(/\.git$/, '');
}

function directory(files: ReadonlyMap<string, string>, folder: string, options: Readonly<Fields>): readonly Fields[] {
  const unknown = Object.keys(options).find(
    key => key !== 'recurse' && options[key] !== '' && !isEmptyObject(options[key]),
  );
  if (unknown !== undefined) throw notPlayed(`directory.${unknown}`);
  const prefix = folder === '' ? '' : `${folder}/`;
  const wanted = [...files].filter(([path]) => {
    const rest = path.startsWith(prefix) ? path.slice(prefix.length) : '/';
    return /\.(ya?ml|json|jsonnet)$/.test(path) && (options['recurse'] === true ? rest !== '/' : !rest.includes('/'));
  });
  return wanted.flatMap(([path, content]) => {
    if (path.endsWith('.jsonnet')) throw notPlayed(`Jsonnet, which ${path} is`);
    return parseManifests(path, content);
  });
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Lists give their items. */
function flat(found: readonly Fields[]): readonly KubeObject[] {
  return found.flatMap(object =>
    String(object['kind']).endsWith('List') && Array.isArray(object['items'])
      ? flat(objects(object['items']))
      : [{ ...object, metadata: { ...at(object, 'metadata') } } as unknown as KubeObject],
  );
}
