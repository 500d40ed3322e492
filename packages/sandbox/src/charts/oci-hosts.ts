import { bearer, type Handler, json, type Route, type WorldRequest, type WorldResponse } from '../network/http.ts';
import { blobItself } from '../registry/blobs.ts';
import type { RegistryContent } from '../registry/content.ts';
import { answerError, RegistryError, refusals } from '../registry/errors.ts';
import { listTags, manifestItself } from '../registry/manifests.ts';

/** A public registry, as far as somebody sees it who has no account there. */
interface PublicRegistry {
  readonly host: string;
  /** Where tokens are given to everybody, below its own name or at another host; none are wanted without it. */
  readonly tokenPath?: string;
  readonly tokenHost?: string;
  /** Blobs are sent for to another host, which a company's proxy has to let through as well. */
  readonly dataHost: string;
}

/**
 * mcr.microsoft.com and registry.k8s.io want a token from nobody, the others from everybody. Data hosts: Azure/containerregistry
 * "client-firewall-rules" for MCR, quay/quay-docs#149 for Quay, GitHub's own for ghcr.io, Docker's "allow list" for Docker Hub; those
 * of registry.k8s.io and of Amazon change with the region, and one stands for all.
 */
const registries: readonly PublicRegistry[] = [
  { host: 'ghcr.io', tokenPath: '/token', dataHost: 'pkg-containers.githubusercontent.com' },
  { host: 'quay.io', tokenPath: '/v2/auth', dataHost: 'cdn01.quay.io' },
  { host: 'mcr.microsoft.com', dataHost: 'westeurope.data.mcr.microsoft.com' },
  {
    host: 'registry-1.docker.io',
    tokenPath: '/token',
    tokenHost: 'auth.docker.io',
    dataHost: 'production.cloudflare.docker.com',
  },
  { host: 'registry.k8s.io', dataHost: 'europe-west4-docker.pkg.dev' },
  { host: 'nvcr.io', tokenPath: '/proxy_auth', dataHost: 'layers.nvcr.io' },
  { host: 'ecr-public.aws.com', tokenPath: '/token/', dataHost: 'd5l0dvt14r5h8.cloudfront.net' },
];

/** The host that answers for a public registry, which Docker Hub's name is not; undefined for none. */
export function publicRegistryOf(name: string): string | undefined {
  const wanted = name === 'docker.io' ? 'registry-1.docker.io' : name;
  return registries.find(({ host }) => host === wanted)?.host;
}

/** Plays the public OCI registries that charts and images are pulled from: read-only OCI distribution 1.1. */
export function ociHosts(contentOf: (host: string) => RegistryContent): Route[] {
  return registries.flatMap(registry => [
    { host: registry.host, handler: answering(request => answer(registry, request, contentOf)) },
    { host: registry.dataHost, handler: answering(request => sendBlob(registry, request, contentOf)) },
    ...(registry.tokenHost === undefined
      ? []
      : [{ host: registry.tokenHost, handler: answering(async request => giveToken(registry, request)) }]),
  ]);
}

function answering(handler: Handler): Handler {
  return async request => {
    try {
      return await handler(request);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      return answerError(error);
    }
  };
}

async function answer(
  registry: PublicRegistry,
  request: WorldRequest,
  contentOf: (host: string) => RegistryContent,
): Promise<WorldResponse> {
  const { method, path } = request;
  if (path === registry.tokenPath && registry.tokenHost === undefined) return giveToken(registry, request);
  const [, name = '', kind = '', reference = ''] =
    /^\/v2\/(.+)\/(manifests|blobs|tags|referrers)\/([^/]+)$/.exec(decodeURIComponent(path)) ?? [];
  const isPing = path === '/v2/' || path === '/v2';
  if ((!isPing && name === '') || (method !== 'GET' && method !== 'HEAD')) {
    throw refusals.unsupported(`${method} ${path} of ${registry.host}`);
  }
  demandToken(registry, request, name);
  if (isPing) return json(200, {});
  // As ghcr.io says it, which has no referrers API (NVIDIA/aicr#1957): signatures are found by the fall-back tag.
  if (kind === 'referrers') throw refusals.manifestUnknown(name, reference);
  const call = { request, content: contentOf(registry.host), name, access: [] };
  if (kind === 'manifests') return manifestItself(call, reference);
  if (kind === 'tags') return listTags(call);
  if (method === 'HEAD') return blobItself(call, reference);
  const target = `https://${registry.dataHost}/${name}/blobs/${reference}`;
  return { status: 307, headers: { Location: target } };
}

function giveToken({ host, tokenPath }: PublicRegistry, { method, path, query }: WorldRequest): WorldResponse {
  if (path !== tokenPath || method !== 'GET') throw refusals.unsupported(`${method} ${path} of ${host}`);
  return json(200, { token: tokenFor(query.getAll('scope')), expires_in: 300 });
}

/** The data hosts know no tokens: what was signed for is sent. */
function sendBlob(
  { host }: PublicRegistry,
  request: WorldRequest,
  contentOf: (host: string) => RegistryContent,
): WorldResponse {
  const [, name = '', digest = ''] = /^\/(.+)\/blobs\/([^/]+)$/.exec(decodeURIComponent(request.path)) ?? [];
  return blobItself({ request, content: contentOf(host), name, access: [] }, digest);
}

function demandToken({ host, tokenPath, tokenHost = host }: PublicRegistry, request: WorldRequest, name: string): void {
  if (tokenPath === undefined) return;
  const scope = name === '' ? undefined : `repository:${name}:pull`;
  const token = bearer(request);
  if (token !== undefined && (scope === undefined || token === tokenFor([scope]))) return;
  const parts = [
    `realm="https://${tokenHost}${tokenPath}"`,
    `service="${host}"`,
    ...(scope === undefined ? [] : [`scope="${scope}"`]),
  ];
  throw new RegistryError(401, 'UNAUTHORIZED', 'authentication required', {
    headers: { 'WWW-Authenticate': `Bearer ${parts.join(',')}` },
  });
}

/** Everybody gets it; it only shows that somebody asked, and for what. */
function tokenFor(scopes: readonly string[]): string {
  return Buffer.from(`anonymous ${scopes.join(' ')}`).toString('base64url');
}
