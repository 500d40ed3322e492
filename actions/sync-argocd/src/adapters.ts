import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createToolStore, type Kit, mask } from '@suite/action-kit';
import { folderState } from '@suite/action-kit/post';
import {
  type AzureCredential,
  clouds,
  createClusterAccess,
  createCredential,
  createEnvironmentLease,
  createStateReader,
  isRegistryOf,
  registryTokens,
} from '@suite/azure';
import { writeReport } from '@suite/change-report';
import { asArray, asObject, asString, duration, parseJson, UserError } from '@suite/foundation';
import { createAppAccess, createGitOps, createRequests } from '@suite/github';
import {
  createHelm,
  type PulledChart as HelmChart,
  helmEnvironment,
  locateHelm,
  type RegistryLogins,
} from '@suite/helm';
import { type Cluster, openCluster } from '@suite/kubernetes';
import { type ArgoHub, chartsOfApps } from '@suite/platform-file';
import { createTransfers, helmLogins } from '@suite/registry';
import type { BaseServices } from './base-command.ts';
import type { BaseRequest, GitOpsAccess, Request } from './inputs.ts';
import { ownCluster } from './objects.ts';
import type { Connected, ReachedCluster, Services, SignedIn } from './ports.ts';
import { createClusterRecords } from './record.ts';
import { createKustomize, type HelmRenderer, locateKustomize } from './render/index.ts';
import type { ServerInput } from './server.ts';
import {
  createClusterArgo,
  createServerArgo,
  createServerClient,
  createServerCluster,
  createServerRecords,
  tokenOf,
} from './sync/index.ts';
import type { Target } from './target.ts';

/** Wires the runner, Azure, the API server, GitHub, Helm and Kustomize to what the commands ask for. */
export function createServices(kit: Kit, request: Request): Services {
  const { context, log, clock, summary, signal, setOutputs, env } = kit;
  maskAccess(request.gitops);
  return {
    context,
    log,
    clock,
    summary,
    signal,
    setOutputs,
    serverUrl: env['GITHUB_SERVER_URL'] || 'https://github.com',
    random: Math.random,
    newId: randomUUID,
    host: hostname(),
    signIn: target => signIn(kit, request, target),
    writeReport: (command, report) => writeReport(context.temp, command, report),
  };
}

/** The same for who only reads where branches are. */
export function createBaseServices(kit: Kit, { gitops: access }: BaseRequest): BaseServices {
  const { context, log, setOutputs } = kit;
  maskAccess(access);
  return {
    context,
    log,
    setOutputs,
    open: repository => {
      const { requests, close } = openGitHub(kit, access, repository, 'read');
      return { gitops: createGitOps(requests, repository), close };
    },
  };
}

function maskAccess(access: GitOpsAccess): void {
  if (access.kind === 'token') mask(access.token);
  if (access.kind === 'app') mask(access.key);
}

function signIn(kit: Kit, request: Request, target: Target): SignedIn {
  const { clock } = kit;
  const { view, identity } = target;
  const cloud = clouds[view.cloud];
  const credential = createCredential({
    identity,
    tenant: view.tenant,
    cloud,
    oidc: { requestToken: kit.requestIdToken },
    mask,
    clock,
  });
  const state = { ...view.state, cloud, identity, clock };
  return {
    lease: createEnvironmentLease(credential, state),
    readState: () => createStateReader(credential, state).head(),
    connect: () => connect(kit, request, target, credential),
  };
}

async function connect(kit: Kit, request: Request, target: Target, credential: AzureCredential): Promise<Connected> {
  const { clock, env, log } = kit;
  const { view, identity } = target;
  const folder = join(kit.context.temp, 'sync-argocd', `${view.platform}-${view.scope}-${view.region}`);
  // A process that is killed leaves it to its post stage.
  kit.saveState(folderState, folder);
  const helmFolder = join(folder, 'helm');
  const helmEnv = helmEnvironment(env, helmFolder);
  await mkdir(helmFolder, { recursive: true, mode: 0o700 });
  const [reached, state, helm, kustomize, registries] = await Promise.all([
    target.server === undefined
      ? reachCluster(kit, target, credential)
      : reachServer(kit, target.server, target, credential),
    createStateReader(credential, { ...view.state, cloud: clouds[view.cloud], identity, clock }).content(),
    locateHelm({
      processes: kit.shortProcesses,
      tools: createToolStore(),
      env: helmEnv,
      platform: process.platform,
      arch: process.arch,
      cwd: helmFolder,
    }),
    locateKustomize(env),
    chartLogins(kit, target, credential),
  ]);
  const { repository } = target.applications;
  const writes = request.command === 'sync' || request.command === 'rollback';
  // Whoever only looks has no use for more.
  const github = openGitHub(kit, request.gitops, repository, writes ? 'write' : 'read');
  return {
    cluster: reached?.cluster,
    state,
    gitops: createGitOps(github.requests, repository),
    helm: rendererOf(
      createHelm({
        file: helm.file,
        env: helmEnv,
        folder: helmFolder,
        processes: kit.processes,
        log,
        clock,
        registries,
      }),
    ),
    kustomize:
      kustomize === undefined
        ? undefined
        : createKustomize({ file: kustomize, processes: kit.processes, clock, cwd: folder }),
    folder,
    platformDigests: createDigests(kit, target, credential),
    close: async () => {
      reached?.close();
      await github.close();
    },
  };
}

/** How Helm signs in to the registries of Azure that charts of applications are in. */
function chartLogins(
  { clock, log }: Pick<Kit, 'clock' | 'log'>,
  { view, identity, chosen }: Target,
  credential: AzureCredential,
): Promise<RegistryLogins> {
  const entraToken = registryTokens(credential);
  const hosts = chartsOfApps(view, chosen).flatMap(({ source }) =>
    source.kind === 'oci' ? [new URL(source.url).host] : [],
  );
  return helmLogins(
    hosts.filter(host => isRegistryOf(clouds[view.cloud], host)),
    host => ({ host, tenant: view.tenant, identity, entraToken, mask, clock }),
    message => log.info(message),
  );
}

interface Reached {
  readonly cluster: ReachedCluster;
  close(): void;
}

/** Through the cluster's own API server, and where a hub deploys through that of the hub; undefined where there is no cluster yet. */
async function reachCluster(kit: Kit, target: Target, credential: AzureCredential): Promise<Reached | undefined> {
  const { clock, env } = kit;
  const { view, identity, applications } = target;
  const { hub, argoNamespace } = applications;
  const access = createClusterAccess(credential, {
    cloud: clouds[view.cloud],
    identity,
    clock,
    subscription: view.subscription,
  });
  const { name } = view.cluster;
  const kubeconfig = await access.kubeconfig(view.resourceGroup, name);
  if (kubeconfig === undefined) return undefined;
  const { cluster, endpoint } = openCluster(kubeconfig, { name, identity, token: access.token, env, clock });
  const home = hub === undefined ? cluster : await reachHub(kit, hub, target, credential);
  return {
    cluster: {
      ...cluster,
      home,
      endpoint: hub === undefined ? undefined : endpoint,
      argo: createClusterArgo(home, argoNamespace),
      records: createClusterRecords(cluster),
      isArgoAlone: false,
    },
    close: () => {
      cluster.close();
      if (home !== cluster) home.close();
    },
  };
}

async function reachHub(
  { clock, env }: Kit,
  { id, subscription, resourceGroup, name }: ArgoHub,
  { view, identity, applications: { argoNamespace } }: Target,
  credential: AzureCredential,
): Promise<Cluster> {
  const access = createClusterAccess(credential, { cloud: clouds[view.cloud], identity, clock, subscription });
  const kubeconfig = await access.kubeconfig(resourceGroup, name);
  if (kubeconfig === undefined) {
    throw new UserError({
      message: `There is no cluster ${id}, which \`applications: argo-cd: cluster:\` names as the one that Argo CD runs in.`,
      remedy: 'Copy the id from its page in the portal, or leave it out where Argo CD runs in the cluster itself.',
    });
  }
  const lackingRight = `Whoever owns ${name} gives it a role in its namespace ${argoNamespace}: docs/how-to/deploy-applications.md has both.`;
  return openCluster(kubeconfig, { name, identity, lackingRight, token: access.token, env, clock }).cluster;
}

/** Through the server of the Argo CD in it, which has to answer. */
async function reachServer(
  { clock, requestIdToken }: Kit,
  { address, access }: ServerInput,
  { view, applications }: Target,
  credential: AzureCredential,
): Promise<Reached> {
  const token = tokenOf(access, {
    server: address,
    entraToken: async scope => (await credential.getToken(scope)).token,
    idToken: requestIdToken,
    mask,
    fetch,
    clock,
  });
  const client = createServerClient({ server: address, token, fetch, clock });
  const { argoNamespace, project } = applications;
  const cluster = createServerCluster({ client, clock, argoNamespace, ownCluster, cluster: view.cluster });
  await cluster.version();
  return {
    cluster: {
      ...cluster,
      home: cluster,
      endpoint: undefined,
      argo: createServerArgo(client, clock, argoNamespace),
      records: createServerRecords(client, project),
      isArgoAlone: true,
    },
    close: () => undefined,
  };
}

function openGitHub(
  { context, clock, signal, log }: Kit,
  gitops: GitOpsAccess,
  repository: string,
  contents: 'read' | 'write',
) {
  const onPause = (pause: number) => log.info(`Trying again in ${duration(pause)}.`);
  const options = { apiUrl: context.apiUrl, clock, signal, onPause };
  if (gitops.kind === 'token') {
    return { requests: createRequests({ ...options, token: gitops.token }), close: async () => undefined };
  }
  if (gitops.kind === 'none') {
    throw new UserError({
      message: `is needed to read ${repository}.`,
      location: { kind: 'input', name: 'gitops-token' },
      remedy: 'Give a token, or a GitHub App with `gitops-app-id` and `gitops-app-key`.',
    });
  }
  const access = createAppAccess({
    ...options,
    app: gitops.id,
    key: gitops.key,
    inputs: { app: 'gitops-app-id', key: 'gitops-app-key' },
    repository,
    contents,
    mask,
  });
  return { requests: createRequests({ ...options, token: access.token }), close: access.revoke };
}

/** Charts that were pulled, by where they lie: what renders them names no more of them. */
function rendererOf(helm: ReturnType<typeof createHelm>): HelmRenderer {
  const pulled = new Map<string, HelmChart>();
  return {
    pull: async source => {
      const chart = await helm.pull(source);
      pulled.set(chart.path, chart);
      return chart;
    },
    template: async ({ chart: { path }, ...options }) => {
      const chart = pulled.get(path);
      if (chart === undefined) throw new Error(`The chart ${path} was not pulled.`);
      return helm.template({ ...options, chart });
    },
  };
}

/**
 * Digests of an image and of its platforms' manifests, asked of the registry that it is in: once, as a digest's content is what it is
 * (what was asked before anything was delivered is asked again by the proof), and with one sign-in for each registry.
 */
function createDigests(kit: Kit, { view, identity }: Target, credential: AzureCredential) {
  const { clock, log } = kit;
  const registries = new Map<string, ReturnType<typeof createTransfers>>();
  const answers = new Map<string, Promise<readonly string[]>>();
  const openRegistry = (host: string) => {
    const common = {
      host,
      mask,
      clock,
      onPause: (pause: number) => log.info(`Trying again in ${duration(pause)}.`),
    };
    const entraToken = registryTokens(credential);
    return createTransfers(
      isRegistryOf(clouds[view.cloud], host) ? { ...common, tenant: view.tenant, identity, entraToken } : common,
    );
  };
  const ask = async (reference: string): Promise<readonly string[]> => {
    const [, host = '', repository = '', digest = ''] =
      /^([^/]+)\/([^@]+)@(sha256:[0-9a-f]{64})$/.exec(reference) ?? [];
    const registry = registries.get(host) ?? openRegistry(host);
    registries.set(host, registry);
    const found = await registry.source(repository).manifest(digest);
    if (found === undefined) {
      throw new UserError({
        message: `${host}/${repository} has no ${digest}.`,
        remedy: 'Bring the image there first, with `push-acr`.',
      });
    }
    const manifest = asObject(parseJson(new TextDecoder().decode(found.bytes)));
    const platforms = asArray(manifest['manifests']).flatMap(one => asString(asObject(one)['digest']) ?? []);
    return [digest, ...platforms];
  };
  return (reference: string): Promise<readonly string[]> => {
    const answer = answers.get(reference) ?? ask(reference);
    answers.set(reference, answer);
    // What went wrong may come right.
    answer.catch(() => answers.delete(reference));
    return answer;
  };
}
