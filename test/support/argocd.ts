import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asArray, asObject, type JsonObject } from '@suite/foundation';
import { argoNamespace, configuration, defaultProject, definitions } from './argocd/objects.ts';
import { createRepository, type GitRepository } from './argocd/repository.ts';
import { type ArgoServer, openServer } from './argocd/server.ts';
import { patienceSeconds } from './control-plane/api-client.ts';
import { type Component, removeAtEnd, startComponent } from './control-plane/component.ts';
import { freePort } from './control-plane/free-port.ts';
import { controlPlaneNeeds, hasControlPlane, type RunningControlPlane } from './control-plane.ts';
import { helmNeeds, helmOnPath } from './helm.ts';
import { needs, type Peer, peer } from './peers.ts';

export { argoNamespace } from './argocd/objects.ts';
export type { Files, GitRepository } from './argocd/repository.ts';
export type { ArgoServer } from './argocd/server.ts';

const peers = {
  argocd: peer('argocd'),
  server: peer('argocd-server'),
  redis: peer('argocd-redis'),
  kustomize: peer('kustomize'),
};

/** Whether all of it was built, and the control plane that it needs. */
export const hasArgoCd =
  hasControlPlane && Object.values(peers).every(({ path }) => path !== undefined) && helmOnPath !== undefined;

/** What a test that needs it is called, so that a skipped one tells what to do. */
export const argoCdNeeds = !hasControlPlane
  ? controlPlaneNeeds
  : hasArgoCd
    ? needs(peers.argocd)
    : helmOnPath === undefined
      ? helmNeeds
      : 'Argo CD (not built: npx pnpm@12 build-peers argocd argocd-server argocd-redis kustomize)';

export interface ArgoCdOptions {
  /** Entries of `argocd-cm`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** PEM of an authority that hosts of charts are trusted by. */
  readonly trusts?: string;
  /** Flags of the application controller, without the dashes. */
  readonly controller?: Readonly<Record<string, string>>;
  /** Starts its API server, too; whom it lets do what is `policy.csv` of `argocd-rbac-cm`. */
  readonly server?: { readonly policy: string };
}

export type ArgoComponentName =
  | 'argocd-redis'
  | 'argocd-repo-server'
  | 'argocd-application-controller'
  | 'argocd-applicationset-controller'
  | 'argocd-server';

export interface RunningArgoCd {
  /** Applications deploy to this cluster as `https://kubernetes.default.svc`. */
  readonly repository: GitRepository;
  /** A further repository. */
  createRepository(name: string): Promise<GitRepository>;
  /** Path of an Application in the API. */
  pathOf(application: string): string;
  /**
   * Makes an Application of the folder `name` at `main`, which deploys to the namespace `name`, made when it is synced. `spec` is
   * laid over that.
   */
  application(name: string, spec?: JsonObject, metadata?: JsonObject): Promise<JsonObject>;
  get(application: string): Promise<JsonObject>;
  /** Reads it until the test holds, and writes to it now and then, so that the controller sees what it has missed. */
  until(application: string, test: (application: JsonObject) => boolean, seconds?: number): Promise<JsonObject>;
  /** Merge patch; gives status and object. */
  patch(application: string, patch: JsonObject): Promise<{ readonly status: number; readonly body: JsonObject }>;
  /** Makes an AppProject that allows everything but what `spec` says otherwise. */
  project(name: string, spec?: JsonObject): Promise<void>;
  /** Its API server, where it was asked for. */
  server(): Promise<ArgoServer>;
  logsOf(component: ArgoComponentName): Promise<string>;
  /** Stops the controller as a machine that dies, and starts another. */
  restartController(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The controller puts what it has just written over what its watch has told it since, so that it may not know of an operation, or of the
 * wish for a refresh, until the next write to the object (argo-cd 3.1, controller/appcontroller.go, writeBackToInformer).
 */
const pokeSeconds = 8;

export const inCluster = 'https://kubernetes.default.svc';

/**
 * The real Argo CD on a real control plane: application controller, repo server, ApplicationSet controller, and a Redis in memory. It
 * cannot outlive this process. It has an API server where that is asked for, and none otherwise, as with `core-install.yaml`.
 */
export async function startArgoCd(control: RunningControlPlane, options: ArgoCdOptions = {}): Promise<RunningArgoCd> {
  const { api } = control;
  const directory = await mkdtemp(join(tmpdir(), 'argocd-'));
  const janitor = removeAtEnd(directory);
  const file = (name: string) => join(directory, name);
  const running = new Map<ArgoComponentName, Component>();
  const [redis, repo, serverPort, serverMetrics, ...metrics] = await Promise.all(Array.from({ length: 10 }, freePort));
  const [repoMetrics, controllerMetrics, setMetrics, setProbe, setWebhook] = metrics.map(port => `127.0.0.1:${port}`);

  const start = (name: ArgoComponentName, what: Peer, args: readonly string[]) => {
    if (what.path === undefined) throw new Error(`${what.name} is missing. Build it: ${what.build}`);
    running.set(
      name,
      startComponent({
        name,
        path: what.path,
        args: what === peers.argocd ? [name, ...args] : args,
        log: file(`${name}.log`),
        env: {
          PATH: `${file('bin')}:${process.env['PATH'] ?? ''}`,
          HOME: directory,
          TMPDIR: file('tmp'),
          // The cluster of the kubeconfig in HOME is the one that Applications call kubernetes.default.svc.
          ARGOCD_FAKE_IN_CLUSTER: 'true',
          ARGOCD_GPG_ENABLED: 'false',
          ARGOCD_TLS_DATA_PATH: file('tls'),
          ARGOCD_SSH_DATA_PATH: file('ssh'),
          ARGOCD_PLUGINSOCKFILEPATH: file('plugins'),
          ...(options.trusts === undefined ? {} : { SSL_CERT_FILE: file('trusted.pem') }),
          ARGOCD_K8S_CLIENT_QPS: '500',
          ARGOCD_K8S_CLIENT_BURST: '1000',
        },
      }),
    );
  };
  const flags = (all: Readonly<Record<string, string>>) =>
    Object.entries(all).map(([flag, value]) => `--${flag}=${value}`);
  const common = { namespace: argoNamespace, kubeconfig: file('.kube/config'), logformat: 'text' };
  const startController = () =>
    start('argocd-application-controller', peers.argocd, [
      ...flags({
        ...common,
        redis: `127.0.0.1:${redis}`,
        'repo-server': `127.0.0.1:${repo}`,
        'repo-server-plaintext': 'true',
        'metrics-port': (controllerMetrics ?? '').split(':')[1] ?? '',
        ...options.controller,
      }),
    ]);
  const stop = async () => {
    await Promise.all([...running.values()].map(component => component.stop()));
    await rm(directory, { recursive: true, force: true });
    janitor.stdin?.end();
  };
  const ready = async (name: ArgoComponentName, port: number | undefined) => {
    const deadline = Date.now() + patienceSeconds * 1000;
    while (!(await isOpen(port ?? 0))) {
      const component = running.get(name);
      const ended = component?.ended();
      if (ended !== undefined || Date.now() > deadline) {
        throw new Error(`${ended ?? `${name} does not listen.`}\n${(await component?.logs())?.slice(-4000) ?? ''}`);
      }
      await new Promise(resolve => setTimeout(resolve, 25));
    }
  };

  try {
    await Promise.all(['.kube', 'bin', 'tmp', 'tls', 'ssh', 'plugins'].map(name => mkdir(file(name))));
    await symlink(peers.kustomize.path ?? '', join(file('bin'), 'kustomize'));
    if (helmOnPath !== undefined) await symlink(helmOnPath, join(file('bin'), 'helm'));
    if (options.trusts !== undefined) await writeFile(file('trusted.pem'), options.trusts);
    await writeFile(common.kubeconfig, control.admin.kubeconfig, { mode: 0o600 });
    start('argocd-redis', peers.redis, [`127.0.0.1:${redis}`]);
    start('argocd-repo-server', peers.argocd, [
      ...flags({
        logformat: 'text',
        address: '127.0.0.1',
        port: String(repo),
        'metrics-address': '127.0.0.1',
        'metrics-port': (repoMetrics ?? '').split(':')[1] ?? '',
        redis: `127.0.0.1:${redis}`,
        'disable-tls': 'true',
      }),
    ]);
    await install(control, options);
    await Promise.all([ready('argocd-redis', redis), ready('argocd-repo-server', repo)]);
    startController();
    start(
      'argocd-applicationset-controller',
      peers.argocd,
      flags({
        ...common,
        'argocd-repo-server': `127.0.0.1:${repo}`,
        'repo-server-plaintext': 'true',
        'metrics-addr': setMetrics ?? '',
        'probe-addr': setProbe ?? '',
        'webhook-addr': setWebhook ?? '',
      }),
    );
    if (options.server !== undefined) {
      start('argocd-server', peers.server, [
        ...flags({
          ...common,
          address: '127.0.0.1',
          port: String(serverPort),
          'metrics-address': '127.0.0.1',
          'metrics-port': String(serverMetrics),
          redis: `127.0.0.1:${redis}`,
          'repo-server': `127.0.0.1:${repo}`,
          'repo-server-plaintext': 'true',
          insecure: 'true',
          staticassets: file('tmp'),
        }),
      ]);
      await ready('argocd-server', serverPort);
    }
    const repository = await createRepository(file('repository.git'));
    const all = `/apis/argoproj.io/v1alpha1/namespaces/${argoNamespace}/applications`;
    const pathOf = (application: string) => `${all}/${application}`;
    return {
      repository,
      createRepository: name => createRepository(file(`${name}.git`)),
      pathOf,
      application: (name, spec = {}, metadata = {}) =>
        api.create(all, {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Application',
          metadata: { name, ...metadata },
          spec: {
            project: 'default',
            ...('sources' in spec ? {} : { source: { repoURL: repository.url, path: name, targetRevision: 'main' } }),
            destination: { server: inCluster, namespace: name },
            syncPolicy: { syncOptions: ['CreateNamespace=true'] },
            ...spec,
          },
        }),
      get: application => api.get(pathOf(application)),
      // On a busy machine a refresh can get lost. Argo CD would look into Git after three minutes anyhow; it is asked again before.
      until: async (application, test, seconds = patienceSeconds) => {
        const path = pathOf(application);
        const poke = (at: number) => ({
          metadata: {
            annotations: {
              'peers.example/poke': String(at),
              ...(at < 3 * pokeSeconds ? {} : { 'argocd.argoproj.io/refresh': 'normal' }),
            },
          },
        });
        for (let at = 0; at < seconds; at += pokeSeconds) {
          const found = await api.until(path, test, pokeSeconds).catch(() => undefined);
          if (found !== undefined) return found;
          await api.call('PATCH', path, poke(at));
        }
        return api.until(path, test, pokeSeconds);
      },
      patch: async (application, patch) => {
        const { status, body } = await api.call('PATCH', pathOf(application), patch);
        return { status, body: asObject(body) };
      },
      project: async (name, spec = {}) => {
        await api.create(`/apis/argoproj.io/v1alpha1/namespaces/${argoNamespace}/appprojects`, {
          ...defaultProject,
          metadata: { name },
          spec: { ...defaultProject.spec, ...spec },
        });
      },
      server: async () => {
        if (options.server === undefined) throw new Error('This Argo CD was started without its API server.');
        return openServer(`http://127.0.0.1:${serverPort}`, api);
      },
      logsOf: async name => (await running.get(name)?.logs()) ?? '',
      restartController: async () => {
        await running.get('argocd-application-controller')?.stop();
        startController();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function install({ api }: RunningControlPlane, { settings = {}, server }: ArgoCdOptions): Promise<void> {
  const definitionPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await api.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: argoNamespace } });
  await Promise.all((await definitions()).map(definition => api.create(definitionPath, definition)));
  for (const [plural, objects] of Object.entries(configuration(settings, server?.policy ?? ''))) {
    for (const object of objects) await api.create(`/api/v1/namespaces/${argoNamespace}/${plural}`, object);
  }
  await Promise.all(
    (await api.list(definitionPath)).map(definition => {
      const { name } = asObject(asObject(definition)['metadata']);
      return api.until(`${definitionPath}/${name}`, object =>
        asArray(asObject(object['status'])['conditions']).some(one => {
          const { type, status } = asObject(one);
          return type === 'Established' && status === 'True';
        }),
      );
    }),
  );
  await api.create(`/apis/argoproj.io/v1alpha1/namespaces/${argoNamespace}/appprojects`, defaultProject);
}

function isOpen(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
