import { json, type WorldRequest, type WorldResponse } from '../../network/http.ts';
import { type Authorizer, refusalOf, type User } from '../access/attributes.ts';
import type { Cluster } from '../cluster.ts';
import refused from '../data/refused.json' with { type: 'json' };
import type { ResourceType } from '../resources/resource-type.ts';
import { answerError, KubeError, refusals } from '../status.ts';
import type { ApiCall } from './call.ts';
import { discover } from './discovery.ts';
import { openApi } from './openapi.ts';
import { listObjects, readObject, watchObjects } from './reads.ts';
import { type ResourceRequest, readRequest } from './request-info.ts';
import { review } from './reviews.ts';
import { proxy } from './service-proxy.ts';
import { finalize, logs, scale } from './subresources.ts';
import { deleteMany, deleteOne, patchObject, postObject, putObject } from './writes.ts';

export interface ApiOptions {
  readonly cluster: Cluster;
  readonly authorize: Authorizer;
  /** Whether somebody besides the cluster's own roles decides. */
  readonly hasOtherJudges: () => boolean;
}

/** The API server of a small cluster: one request of a known user, from question to answer. */
export function createApi(options: ApiOptions): (request: WorldRequest, user: User) => Promise<WorldResponse> {
  return async (request, user) => {
    try {
      return await answer(options, request, user);
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      return answerError(error);
    }
  };
}

async function answer(options: ApiOptions, request: WorldRequest, user: User): Promise<WorldResponse> {
  const { cluster, authorize } = options;
  const info = readRequest(request.method, request.path, request.query);
  const decision = authorize(user, info.attributes);
  if (info.kind === 'path') {
    if (!decision.allowed) throw refusals.forbiddenPath(refusalOf(user, info.attributes, decision));
    return answerPath(cluster, request);
  }
  if (!decision.allowed) {
    throw refusals.forbidden(info, info.name ?? '', refusalOf(user, info.attributes, decision));
  }
  const type = cluster.types.find(info.group, info.version, info.plural);
  if (type === undefined) return answerUnknown(info, cluster);
  if (type.isReview) {
    const call: ApiCall = { cluster, request, info, type, user, authorize };
    if (info.verb !== 'create') throw refusals.noMethod();
    return review(call, options.hasOtherJudges());
  }
  return perform({ cluster, request, info, type, user, authorize });
}

async function perform(call: ApiCall): Promise<WorldResponse> {
  const { info, type } = call;
  const needsNamespace = type.namespaced && info.namespace === undefined;
  if (needsNamespace && !['list', 'watch', 'deletecollection'].includes(info.verb)) return pageNotFound();
  if (!type.namespaced && info.namespace !== undefined && type.plural !== 'namespaces') return pageNotFound();
  if (info.subresource !== undefined) return performSubresource(call, info.subresource);
  switch (info.verb) {
    case 'get':
      return readObject(call);
    case 'list':
      return listObjects(call);
    case 'watch':
      return watchObjects(call);
    case 'create':
      if (info.name !== undefined) throw refusals.noMethod();
      return postObject(call);
    case 'update':
      if (info.name === undefined) throw refusals.noMethod();
      return putObject(call);
    case 'patch':
      if (info.name === undefined) throw refusals.noMethod();
      return patchObject(call);
    case 'delete':
      return deleteOne(call);
    default:
      return deleteMany(call);
  }
}

async function performSubresource(call: ApiCall, subresource: string): Promise<WorldResponse> {
  const { type, info } = call;
  if (!type.subresources.includes(subresource)) {
    if (isRealSubresource(type, subresource)) throw refusals.notPlayed(`${subresource} of ${type.plural}`);
    return pageNotFound();
  }
  switch (subresource) {
    case 'scale':
      return scale(call);
    case 'log':
      return logs(call);
    case 'proxy':
      return proxy(call);
    case 'finalize':
      return finalize(call);
    default:
      if (info.verb === 'get') return readObject(call);
      if (info.verb === 'update') return putObject(call);
      if (info.verb === 'patch') return patchObject(call);
      throw refusals.noMethod();
  }
}

/** What pods and the like have on a real server, and not here. */
function isRealSubresource({ plural }: ResourceType, subresource: string): boolean {
  const real: Readonly<Record<string, readonly string[]>> = {
    pods: ['attach', 'binding', 'ephemeralcontainers', 'eviction', 'exec', 'portforward', 'resize'],
    serviceaccounts: ['token'],
    nodes: ['proxy'],
  };
  return real[plural]?.includes(subresource) ?? false;
}

function answerUnknown({ group, version, plural }: ResourceRequest, { types }: Cluster): WorldResponse {
  const isReal = (refused as readonly (readonly string[])[]).some(
    ([ofGroup, ofVersion, name]) => ofGroup === group && ofVersion === version && name === plural,
  );
  if (isReal) throw refusals.notPlayed(group === '' ? `${plural} of ${version}` : `${plural} of ${group}/${version}`);
  if (types.all().some(type => type.group === group && type.version === version)) throw refusals.noResource();
  return pageNotFound();
}

function pageNotFound(): WorldResponse {
  return { status: 404, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: '404 page not found\n' };
}

const checks = new Set(['/healthz', '/livez', '/readyz']);

function answerPath(cluster: Cluster, request: WorldRequest): WorldResponse {
  const { path } = request;
  if (checks.has(path)) return { status: 200, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: 'ok' };
  if (path === '/version') return json(200, versionOf(cluster.version()));
  if (path === '/openapi/v2') throw refusals.notPlayed('/openapi/v2; /openapi/v3 is there');
  return openApi(cluster.types, request) ?? discover(cluster.types, request) ?? pageNotFound();
}

function versionOf(version: string): object {
  const [major = '1', minor = ''] = version.split('.');
  return {
    major,
    minor,
    gitVersion: `v${version}`,
    gitCommit: '0000000000000000000000000000000000000000',
    gitTreeState: 'clean',
    buildDate: '2026-01-01T00:00:00Z',
    goVersion: 'go1.24.0',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}
