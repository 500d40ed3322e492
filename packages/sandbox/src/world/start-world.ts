import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Clock, systemClock } from '@suite/foundation';
import { createAccessControl } from '../azure/access.ts';
import { createArmContext } from '../azure/arm/context.ts';
import { locationsOf } from '../azure/arm/locations.ts';
import { armHost, createArmService } from '../azure/arm/service.ts';
import type { StorageAccounts } from '../azure/blob-store.ts';
import { blobSuffix, createBlobService } from '../azure/blobs.ts';
import { createDirectory } from '../azure/directory.ts';
import { createEntra, entraHost } from '../azure/entra.ts';
import { createGraphService, graphHost } from '../azure/graph/service.ts';
import { createGraphState } from '../azure/graph/state.ts';
import { createTokenMint } from '../azure/tokens.ts';
import { createVaultService, vaultSuffix } from '../azure/vaults.ts';
import type { Charts } from '../charts/catalog.ts';
import { createChartHosts } from '../charts/chart-hosts.ts';
import { cutAfter } from '../faults/cut.ts';
import { createFaults, type Faults, isFinal, type StartedOperation } from '../faults/faults.ts';
import { apiHost, createApi, identityOf } from '../github/api.ts';
import { artifactHost } from '../github/artifact-archives.ts';
import { codeloadHost } from '../github/codeload.ts';
import { createGitHub, createGitHubState, type GitHub } from '../github/github.ts';
import { githubLimits, type LimitSettings } from '../github/limits.ts';
import { createOidc, issuer, tokenHost } from '../github/oidc.ts';
import { createSigstore, type Sigstore } from '../github/sigstore.ts';
import type { Job } from '../github/subject.ts';
import { createTokens } from '../github/tokens.ts';
import type { Durations } from '../kubernetes/cluster.ts';
import { apiServerSuffix, createKubernetes, type Kubernetes } from '../kubernetes/kubernetes.ts';
import { createCertificateAuthority } from '../network/certificate-authority.ts';
import { type CloudName, cloudEdge } from '../network/cloud.ts';
import { bearer, findRoute, type Route, type WorldRequest, type WorldResponse } from '../network/http.ts';
import { startProxy } from '../network/proxy.ts';
import { createRegistries, type Registries } from '../registry/back-door.ts';
import { createContents } from '../registry/content.ts';
import { createRegistryImages } from '../registry/images.ts';
import { createRegistryService, registrySuffix } from '../registry/service.ts';
import { type Azure, createAzure } from './azure.ts';
import { jobEnvironment, networkEnvironment } from './job-environment.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createOutside } from './outside.ts';

export interface WorldOptions {
  /** Where the certificate authority's PEM file is written; made when missing. */
  readonly directory: string;
  /** Entra tenant of everything that names none. */
  readonly tenant?: string;
  /**
   * Azure's cloud that the world is in; `public` by default. In another one its own hosts answer, and those of the public cloud do not;
   * the back doors go on speaking in names of the public one.
   */
  readonly cloud?: CloudName;
  /** Subscriptions of that tenant that exist from the start. */
  readonly subscriptions?: readonly string[];
  readonly clock?: Clock;
  /** Milliseconds that a long-running operation takes: 400 for clusters, 300 for pools, 200 for the rest by default. */
  readonly operationMs?: number | ((operation: StartedOperation) => number);
  /** Seconds between polls that Azure asks for; 0 by default. */
  readonly retryAfter?: number;
  /** Life of GitHub's tokens in seconds (300) and of Entra's (3600). */
  readonly oidcSeconds?: number;
  readonly tokenSeconds?: number;
  /** Folder with archives (.tgz) of real charts, which are served in the place of the sandbox's small ones. */
  readonly charts?: string;
  /** How long things take in clusters; a few hundred milliseconds each by default. */
  readonly kubernetesDurations?: Partial<Durations>;
  /** More players, before the world's own. */
  readonly routes?: readonly Route[];
}

/** Settings of a running world that a test may change at any moment. */
export interface WorldSettings {
  operationMs: number | ((operation: StartedOperation) => number);
  oidcSeconds: number;
  tokenSeconds: number;
  /** How far GitHub's clock is ahead of that of the machines; 0 at first. */
  githubAheadMs: number;
  /** Requests that GitHub lets through. */
  readonly githubLimits: LimitSettings;
  /** Whether callers sit in the private network: closed registries and private API servers answer them. False at first. */
  isInPrivateNetwork: boolean;
}

export interface World {
  readonly proxyUrl: string;
  readonly caFile: string;
  readonly directory: string;
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly azure: Azure;
  readonly github: GitHub;
  /** What signs attestations for jobs: made when it is first asked for. */
  sigstore(): Promise<Sigstore>;
  readonly registries: Registries;
  readonly charts: Charts;
  readonly kubernetes: Kubernetes;
  readonly settings: WorldSettings;
  /** Proxy and certificate variables only. */
  networkEnvironment(): Record<string, string>;
  /** What a runner gives a step of this job: {@link World.networkEnvironment} and the way to its OIDC tokens. */
  jobEnvironment(job: Job): Record<string, string>;
  /** Adds a player while the world runs; it goes before those that were there. */
  addRoute(route: Route): void;
  /** Ends every connection; no port, socket or timer is left. */
  close(): Promise<void>;
}

export const defaultTenant = '00000000-0000-0000-0000-00000000aaaa';

export async function startWorld(options: WorldOptions): Promise<World> {
  const { clock = systemClock, tenant = defaultTenant, retryAfter = 0 } = options;
  const edge = cloudEdge(options.cloud ?? 'public');
  let sigstore: Promise<Sigstore> | undefined;
  const settings: WorldSettings = {
    operationMs: options.operationMs ?? usualDuration,
    oidcSeconds: options.oidcSeconds ?? 300,
    tokenSeconds: options.tokenSeconds ?? 3600,
    githubAheadMs: 0,
    githubLimits: githubLimits(),
    isInPrivateNetwork: false,
  };
  const ledger = createLedger();
  const faults = createFaults();
  const directory = createDirectory();
  const access = createAccessControl();
  const accounts: StorageAccounts = new Map();
  const subscriptions = new Map<string, string>();
  const quotas = new Map<string, number>();
  const closing = new AbortController();
  const githubState = createGitHubState(clock);
  const githubTokens = createTokens();

  const [authority, mint, oidc] = await Promise.all([
    createCertificateAuthority(),
    createTokenMint(clock),
    createOidc({
      clock,
      expirySeconds: () => settings.oidcSeconds,
      onIssued: ({ subject, audience }) => ledger.addToken({ time: clock.now(), issuer: 'github', subject, audience }),
    }),
  ]);
  const contentOf = createContents();
  const chartHosts = createChartHosts(options.charts);
  const arm = createArmContext({
    clock,
    directory,
    access,
    accounts,
    images: createRegistryImages({ clock, access, mint, contentOf, publicContent: chartHosts.contentOf }),
    faults,
    subscriptions,
    quotas,
    locations: locationsOf[edge.cloud],
    authorityCertificate: authority.certificate,
    retryAfter,
    closing: closing.signal,
    duration: operation =>
      typeof settings.operationMs === 'number' ? settings.operationMs : settings.operationMs(operation),
  });
  const entra = createEntra({
    clock,
    directory,
    mint,
    issuers: new Map([[issuer, oidc.publicKey]]),
    tokenSeconds: () => settings.tokenSeconds,
    onIssued: ({ principal: { clientId, name }, audience, subject }) =>
      ledger.addToken({
        time: clock.now(),
        issuer: 'entra',
        subject,
        audience: edge.outside(audience),
        identity: { clientId, name },
      }),
  });

  const graph = createGraphState();
  const resources = () => {
    arm.operations.settle();
    return arm.store.all();
  };
  const isInside = () => settings.isInPrivateNetwork;
  const registryService = createRegistryService({
    clock,
    mint,
    access,
    resources,
    contentOf,
    tenantOf: one => subscriptions.get(one),
    isInside,
  });

  const kubernetes = createKubernetes({
    clock,
    mint,
    access,
    resources,
    isInside,
    closing: closing.signal,
    outside: createOutside({ github: githubState, resources, contentOf, inside: edge.inside }),
    ...(options.kubernetesDurations === undefined ? {} : { durations: options.kubernetesDurations }),
  });

  const githubApi = createApi({
    state: githubState,
    tokens: githubTokens,
    limits: settings.githubLimits,
    aheadMs: () => settings.githubAheadMs,
    onNotPlayed: request => ledger.addRefusedHost(`${apiHost}: ${request}`),
  });

  const routes: Route[] = [
    ...(options.routes ?? []),
    ...chartHosts.routes,
    { host: new URL(issuer).hostname, handler: oidc.issuerHandler },
    { host: tokenHost, handler: oidc.tokenHandler },
    { host: apiHost, handler: githubApi.handler },
    { host: codeloadHost, handler: githubApi.archives },
    { host: artifactHost, handler: githubApi.artifacts },
    edge.route({ host: entraHost, handler: entra }, 'named'),
    edge.route({ host: armHost, handler: createArmService(arm, mint) }, 'named'),
    edge.route({ host: graphHost, handler: createGraphService({ clock, mint, state: graph }) }, 'named'),
    edge.route(
      {
        host: `*${blobSuffix}`,
        handler: createBlobService({ clock, accounts, mint, access }),
        exists: host => accounts.has(host.slice(0, -blobSuffix.length)),
      },
      'opaque',
    ),
    edge.route(
      {
        host: `*${vaultSuffix}`,
        handler: createVaultService({ clock, mint, access, store: arm.store, tenantOf: one => subscriptions.get(one) }),
      },
      'named',
    ),
    edge.route(
      { host: `*${registrySuffix}`, handler: registryService.handler, exists: registryService.exists },
      'opaque',
    ),
    edge.route({ host: `*${apiServerSuffix}`, handler: kubernetes.handler, exists: kubernetes.exists }, 'opaque'),
  ];

  // Names of a platform's own domain, which lead to whatever its gateway has a route for.
  const routeFor = (host: string): Route | undefined =>
    findRoute(routes, host) ?? (kubernetes.entrance.exists(host) ? { host, ...kubernetes.entrance } : undefined);

  const callerOf = async (request: WorldRequest) => {
    if (request.host === apiHost) {
      const identity = githubApi.callerOf(request);
      return identity === undefined ? undefined : { clientId: identityOf(identity), name: identity.login };
    }
    const host = edge.inside(request.host);
    const isRegistry = host.endsWith(registrySuffix);
    const token = isRegistry
      ? await registryService.callerOf({ ...request, host })
      : await mint.read(bearer(request) ?? '');
    if (token === undefined) return undefined;
    const name = directory.byObjectId(token.objectId)?.name ?? token.clientId;
    return { clientId: token.clientId, name };
  };

  const answer = async (request: WorldRequest): Promise<WorldResponse | 'reset'> => {
    const time = clock.now();
    const caller = await callerOf(request);
    const result = await perform(request);
    const isQuery = request.host === apiHost && (await githubApi.operationOf(request)) === 'query';
    ledger.addRequest(time, request, result === 'reset' ? 'reset' : result.status, caller, isQuery);
    return result;
  };

  const perform = async (request: WorldRequest): Promise<WorldResponse | 'reset'> => {
    let cut: number | undefined;
    for (const fault of faults.strike(request)) {
      if (fault !== 'reset' && 'cutAfter' in fault) cut = fault.cutAfter;
      else if (isFinal(fault)) return fault;
      else if ('delayMs' in fault) await clock.sleep(fault.delayMs, closing.signal).catch(() => undefined);
      else await fault.call(request);
    }
    const route = routeFor(request.host);
    if (route === undefined) throw new Error(`Nobody plays ${request.host} any more.`);
    return cut === undefined ? route.handler(request) : cutAfter(request, cut, route.handler);
  };

  const proxy = await startProxy({
    authority,
    plays: host => routeFor(host) !== undefined,
    answer,
    onRefused: host => ledger.addRefusedHost(host),
  });
  const worldDirectory = path.resolve(options.directory);
  await mkdir(worldDirectory, { recursive: true });
  const caFile = path.join(worldDirectory, 'ca.pem');
  await writeFile(caFile, authority.certificate);

  const github = createGitHub({
    directory: path.join(worldDirectory, 'github'),
    state: githubState,
    tokens: githubTokens,
    oidc,
  });
  const azure = createAzure({
    tenant: tenant.toLowerCase(),
    arm,
    access,
    accounts,
    directory,
    subscriptions,
    quotas,
    graph,
    audience: edge.audience,
  });
  azure.addTenant(tenant);
  for (const subscription of options.subscriptions ?? []) azure.addSubscription(subscription);

  return {
    proxyUrl: proxy.url,
    caFile,
    directory: worldDirectory,
    ledger,
    faults,
    azure,
    github,
    sigstore: () => (sigstore ??= createSigstore()),
    registries: createRegistries(resources, contentOf, chartHosts.contentOf),
    charts: chartHosts.charts,
    kubernetes: kubernetes.backDoor,
    settings,
    networkEnvironment: () => networkEnvironment(proxy.url, caFile),
    jobEnvironment: job => jobEnvironment(job, oidc, proxy.url, caFile),
    addRoute: route => void routes.unshift(route),
    close: async () => {
      closing.abort();
      await proxy.close();
    },
  };
}

/** Long enough to be seen, short enough for a newcomer's patience. */
function usualDuration({ type }: StartedOperation): number {
  if (type === 'Microsoft.ContainerService/managedClusters') return 400;
  return type === 'Microsoft.ContainerService/managedClusters/agentPools' ? 300 : 200;
}
