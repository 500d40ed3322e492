import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import { createToolStore, type Kit, mask } from '@suite/action-kit';
import { folderState } from '@suite/action-kit/post';
import {
  type AzureCredential,
  clouds,
  createClusterAccess,
  createCredential,
  createEnvironmentLease,
  createPreflightReader,
  createResourceReader,
  createStateReader,
} from '@suite/azure';
import { writeReport } from '@suite/change-report';
import { type Clock, UserError } from '@suite/foundation';
import {
  createHelm,
  type PulledChart as HelmChart,
  helmEnvironment,
  isOfCrds,
  locateHelm,
  parseManifests,
} from '@suite/helm';
import { type Endpoint, type KubernetesObject, openCluster, writeEndpoint } from '@suite/kubernetes';
import { apiHostOf, createTransfers } from '@suite/registry';
import { addressOf, tagOf } from './mirror/charts.ts';
import { openMirror } from './mirror/open.ts';
import type { Connected, Helm, Manifests, PulledChart, Services, SignedIn } from './ports.ts';
import { loginsOfOwnCharts } from './registry-login.ts';
import type { Target } from './target.ts';
import type { VersionsServices } from './versions/command.ts';
import { newestTag } from './versions/newest-tag.ts';
import { visitOver } from './visit.ts';

/** Wires the runner, Azure, the API server and Helm to what the commands ask for. `actionFolder` holds action.yml and `charts/`. */
export function createServices(kit: Kit, actionFolder: string): Services {
  const { context, log, clock, summary, signal, setOutputs } = kit;
  return {
    context,
    log,
    clock,
    summary,
    signal,
    setOutputs,
    chartsFolder: join(actionFolder, 'charts'),
    signIn: target => signIn(kit, target),
    visit: visitOver(fetch, clock),
    newId: randomUUID,
    host: hostname(),
    writeReport: (command, report) => writeReport(context.temp, command, report),
  };
}

/** For a look at registries of charts, which give to everybody; no cluster is reached. */
export async function createVersionsServices(kit: Kit, actionFolder: string): Promise<VersionsServices> {
  const { context, log, summary, setOutputs, clock } = kit;
  const folder = join(context.temp, 'deploy-platform', 'versions');
  const env = helmEnvironment(kit.env, folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Charts of OCI registries need no Helm, and a runner may have none.
  const find = async () => {
    const { file } = await findHelm(kit, env, folder);
    const made = createHelm({ file, env, folder, processes: kit.processes, log, clock });
    return { ...made, use: helmOf(made, '') };
  };
  let found: ReturnType<typeof find> | undefined;
  const helm = () => {
    found ??= find();
    return found;
  };
  const registry = (host: string) => createTransfers({ host: apiHostOf(host), mask, clock });
  return {
    context,
    log,
    summary,
    today: new Date(clock.now()).toISOString().slice(0, 10),
    setOutputs,
    helm: {
      pull: async source => (await helm()).use.pull(source),
      render: async request => (await helm()).use.render(request),
    },
    chartsFolder: join(actionFolder, 'charts'),
    writeProposals: async content => {
      const path = join(folder, 'chart-proposals.json');
      await writeFile(path, content);
      return path;
    },
    registries: {
      newest: async (source, reach) => {
        if (source.kind === 'http')
          return (await helm()).newest(source, `${reach === 'any' ? '>=' : '^'}${source.version}`);
        const { host, repository } = addressOf(source);
        return newestTag(await registry(host).source(repository).tags(), source.version, reach);
      },
      digestOf: async source => {
        // An index of a repository says a digest, too; that of the archive proves it.
        if (source.kind === 'http') return digestOf(await (await helm()).pull(source));
        const { host, repository } = addressOf(source);
        const digest = await registry(host).head(repository, tagOf(source));
        if (digest !== undefined) return digest;
        throw new UserError({ message: `${host} has no ${repository} with the tag ${tagOf(source)}.` });
      },
      describe: async source => {
        const chart = await (await helm()).pull(source);
        return { digest: await digestOf(chart), appVersion: chart.appVersion };
      },
    },
  };
}

/** On PATH, in the cache of the runner's tools, or else downloaded. */
function findHelm(kit: Kit, env: Record<string, string>, cwd: string) {
  return locateHelm({
    processes: kit.shortProcesses,
    tools: createToolStore(),
    env,
    platform: process.platform,
    arch: process.arch,
    cwd,
  });
}

function signIn(kit: Kit, target: Target): SignedIn {
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
    connect: stop => {
      const processes = stop === undefined ? kit.processes : kit.processesUntil(stop);
      return connect({ ...kit, processes }, target, credential);
    },
  };
}

async function connect(kit: Kit, { view, identity }: Target, credential: AzureCredential): Promise<Connected> {
  const { clock, env, log } = kit;
  const cloud = clouds[view.cloud];
  const arm = { cloud, identity, clock, subscription: view.subscription };
  const access = createClusterAccess(credential, arm);
  const { name } = view.cluster;
  const ownLogins = await loginsOfOwnCharts(kit, view, identity, credential);
  const mirror = view.mirror ? await openMirror(kit, view, identity, credential, ownLogins) : undefined;
  const folder = join(kit.context.temp, 'deploy-platform', `${view.platform}-${view.scope}-${view.region}`);
  // A process that is killed leaves it to its post stage.
  kit.saveState(folderState, folder);
  const helmFolder = join(folder, 'helm');
  const helmEnv = helmEnvironment(env, helmFolder);
  await mkdir(helmFolder, { recursive: true, mode: 0o700 });
  const [kubeconfig, state, { file, version, source }] = await Promise.all([
    access.kubeconfig(view.resourceGroup, name),
    createStateReader(credential, { ...view.state, cloud, identity, clock }).content(),
    findHelm(kit, helmEnv, helmFolder),
  ]);
  const opened =
    kubeconfig === undefined ? undefined : openCluster(kubeconfig, { name, identity, token: access.token, env, clock });
  const cluster = opened?.cluster;
  const way = opened === undefined ? undefined : await openWay(folder, opened.endpoint, access.token, clock);
  log.info(`Helm ${version} (${source})`);
  return {
    cluster,
    helm: helmOf(
      createHelm({
        file,
        env: helmEnv,
        folder: helmFolder,
        processes: kit.processes,
        log,
        clock,
        registries: { ...ownLogins, ...mirror?.logins },
      }),
      way?.kubeconfig ?? '',
    ),
    state,
    mirror: mirror?.mirror,
    resources: createResourceReader(credential, arm),
    planner: async () => {
      const found = await createPreflightReader(credential, arm).principal(view.identities.plan);
      return found.known ? found.value : undefined;
    },
    close: async () => {
      cluster?.close();
      await way?.close();
    },
  };
}

/** How often the token file is written anew. Kubernetes clients read it again every minute. */
const renewalMs = 60_000;

/** A kubeconfig for Helm, with its token beside it. Both are there for nobody else, and only until `close`. */
async function openWay(folder: string, endpoint: Endpoint, token: () => Promise<string>, clock: Clock) {
  const [kubeconfig, tokenFile] = [join(folder, 'kubeconfig'), join(folder, 'token')];
  const write = async () => writeFile(tokenFile, await token(), { mode: 0o600 });
  await write();
  await writeFile(kubeconfig, writeEndpoint(endpoint, tokenFile), { mode: 0o600 });
  const done = new AbortController();
  const renewing = (async () => {
    for (;;) {
      await clock.sleep(renewalMs, done.signal);
      // One that fails is tried again; the token that is there lasts for minutes yet.
      await write().catch(() => undefined);
    }
  })().catch(() => undefined);
  return {
    kubeconfig,
    close: async () => {
      done.abort();
      await renewing;
      await Promise.all([kubeconfig, tokenFile].map(file => rm(file, { force: true })));
    },
  };
}

/** Our use of Helm, through the package that knows the program. */
function helmOf(helm: ReturnType<typeof createHelm>, kubeconfig: string): Helm {
  const pulled = new Map<string, HelmChart>();
  const chartOf = ({ path }: PulledChart): HelmChart => {
    const found = pulled.get(path);
    if (found === undefined) throw new Error(`The chart ${path} was not pulled.`);
    return found;
  };
  return {
    pull: async source => {
      const chart = await helm.pull(source);
      pulled.set(chart.path, chart);
      const { path, name, version, appVersion, values: defaults } = chart;
      return {
        path,
        name,
        version,
        ...(appVersion === undefined ? {} : { appVersion }),
        digest: await digestOf(chart),
        defaults,
      };
    },
    render: async ({ chart, ...options }) => {
      return readManifests(await helm.template({ ...options, chart: chartOf(chart), includeCrds: true }));
    },
    upgrade: async ({ chart, timeoutSeconds, ...options }) => {
      await helm.upgrade({
        ...options,
        chart: chartOf(chart),
        kubeconfig,
        serverSide: true,
        timeoutSeconds,
        // Helm waits for hooks without an end of its own.
        deadlineSeconds: 2 * timeoutSeconds,
      });
    },
    rollback: async (release, namespace, revision, timeoutSeconds) => {
      await helm.rollback({
        release,
        namespace,
        kubeconfig,
        revision,
        timeoutSeconds,
        deadlineSeconds: 2 * timeoutSeconds,
      });
    },
    manifests: async (release, namespace, revision) =>
      readManifests(await helm.manifest({ release, namespace, kubeconfig, revision })),
    uninstall: async (release, namespace, timeoutSeconds) => {
      await helm.uninstall({
        release,
        namespace,
        kubeconfig,
        // What it needs may go next, such as the controller that has to release its objects.
        wait: 'legacy',
        timeoutSeconds,
        deadlineSeconds: 2 * timeoutSeconds,
      });
    },
  };
}

function readManifests(text: string): Manifests {
  const { objects, hooks } = parseManifests(text);
  return {
    objects: objects.map(({ object, keep, source }) => ({
      object: object as unknown as KubernetesObject,
      keep,
      ...(isOfCrds(source) ? { isMadeOnce: true } : {}),
    })),
    hooks: hooks.map(({ object, events }) => ({ object: object as unknown as KubernetesObject, events })),
  };
}

/** Of a folder, which nothing names, over its files. */
async function digestOf(chart: HelmChart): Promise<string> {
  if (chart.digest !== undefined) return chart.digest;
  const hash = createHash('sha256');
  const entries = await readdir(chart.path, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    const content = await readFile(file);
    hash.update(`${relative(chart.path, file)}\0${content.length}\0`).update(content);
  }
  return `sha256:${hash.digest('hex')}`;
}
