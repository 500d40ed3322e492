import type { EnvironmentScope, KnownRelease } from '@suite/platform-file';
import { type AiHost, hub, mlflow } from './ai-hosts.ts';
import { jaegerService } from './jaeger.ts';
import { grafanaHasLogin, grafanaIsOpen, grafanaService, prometheusService } from './stack-names.ts';
import { at, portOf } from './values.ts';

/** An interface that people open in a browser. */
export interface Host {
  /** What stands before the environment's domain: `argocd`. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  /** The release that brings it. */
  readonly release: KnownRelease;
  readonly namespace: string;
  readonly service: string;
  /** Of the service, where it speaks plain HTTP. */
  readonly port: number;
  /** Labels of the pods behind the service, and the port that they listen at. */
  readonly pods: Readonly<Record<string, string>>;
  readonly targetPort: number;
  /** Path that answers 200 to whoever has not signed in. */
  readonly health: string;
  /** Whether the platform file has it reached from the Internet, once there is a gateway. */
  readonly isRouted: boolean;
  /** Why it is not, where nobody decided that by name. */
  readonly notRouted?: string;
}

/** A Host that people reach. */
export interface RoutedHost extends Host {
  /** `argocd.dev.platform.contoso.com` */
  readonly hostname: string;
}

/** Name and namespace of the one Gateway. */
export const gatewayRef = { name: 'platform', namespace: 'gateway' } as const;

type Interface = (view: EnvironmentScope) => Host | undefined;

/** Every interface that releases have. Who brings another one adds it here: its route, its policies and its check follow. */
const interfaces: readonly Interface[] = [argoCd, grafana, prometheus, jaeger, notebooks, tracking];

/** Those of the releases that are on. */
export function interfacesOf(view: EnvironmentScope): readonly Host[] {
  return interfaces.flatMap(one => one(view) ?? []);
}

/** Those that people reach through the gateway: none without `routes`, or without a domain. */
export function hostsOf(view: EnvironmentScope): readonly RoutedHost[] {
  const { dns, releases } = view;
  if (releases.routes === undefined || releases.gateway === undefined || dns === undefined) return [];
  return interfacesOf(view)
    .filter(({ isRouted }) => isRouted)
    .map(host => ({ ...host, hostname: `${host.name}.${dns.name}` }));
}

/** `https://grafana.dev.platform.contoso.com`; undefined where nobody reaches it. */
export function urlOf(view: EnvironmentScope, name: string): string | undefined {
  const host = hostsOf(view).find(one => one.name === name);
  return host === undefined ? undefined : `https://${host.hostname}`;
}

function argoCd({ releases: { argoCd: settings, routes } }: EnvironmentScope): Host | undefined {
  if (settings === undefined) return undefined;
  const { values } = settings;
  return {
    name: 'argocd',
    title: 'Argo CD',
    release: 'argo-cd',
    namespace: 'argocd',
    service: `${at(values, 'fullnameOverride') ?? 'argocd'}-server`,
    port: Number(portOf(values, ['server', 'service', 'servicePortHttp'], '80')),
    pods: { 'app.kubernetes.io/name': 'argocd-server' },
    targetPort: 8080,
    health: '/healthz',
    isRouted: routes?.argoCd ?? false,
  };
}

function grafana({ releases: { metrics, routes } }: EnvironmentScope): Host | undefined {
  if (metrics?.grafana !== true || at(metrics.values, 'grafana', 'enabled') === false) return undefined;
  const { service, port } = grafanaService(metrics.values);
  const { login, values } = metrics;
  const isGuarded = (login !== undefined || grafanaHasLogin(values)) && !grafanaIsOpen(values);
  return {
    name: 'grafana',
    title: 'Grafana',
    release: 'kube-prometheus-stack',
    namespace: 'monitoring',
    service,
    port: Number(port),
    pods: { 'app.kubernetes.io/name': 'grafana' },
    targetPort: 3000,
    health: '/api/health',
    isRouted: routes?.grafana === 'auto' ? isGuarded : (routes?.grafana ?? false),
    ...(routes?.grafana === 'auto' && !isGuarded ? { notRouted: 'it lets everybody look who reaches it' } : {}),
  };
}

function prometheus({ releases: { metrics, routes } }: EnvironmentScope): Host | undefined {
  if (metrics === undefined || at(metrics.values, 'prometheus', 'enabled') === false) return undefined;
  const { service, port } = prometheusService(metrics.values);
  return {
    name: 'prometheus',
    title: 'Prometheus',
    release: 'kube-prometheus-stack',
    namespace: 'monitoring',
    service,
    port: Number(port),
    pods: { 'app.kubernetes.io/name': 'prometheus' },
    targetPort: 9090,
    health: '/-/ready',
    isRouted: routes?.prometheus ?? false,
  };
}

function jaeger({ releases: { jaeger: settings, routes } }: EnvironmentScope): Host | undefined {
  if (settings === undefined) return undefined;
  const { namespace, service, port } = jaegerService;
  return {
    name: 'jaeger',
    title: 'Jaeger',
    release: 'jaeger',
    namespace,
    service,
    port: Number(port),
    pods: { 'app.kubernetes.io/name': 'jaeger' },
    targetPort: Number(port),
    health: '/',
    isRouted: routes?.jaeger ?? false,
  };
}

function notebooks({ releases: { jupyterHub: settings } }: EnvironmentScope): Host | undefined {
  if (settings === undefined) return undefined;
  // Without our sign-in the values bring another one.
  return { ...hostOf(hub), title: 'JupyterHub', release: 'jupyterhub', isRouted: true };
}

function tracking({ releases: { mlflow: settings } }: EnvironmentScope): Host | undefined {
  if (settings === undefined) return undefined;
  const isGuarded = settings.login !== undefined && at(settings.values, 'oidcAuth', 'enabled') !== false;
  return {
    ...hostOf(mlflow),
    title: 'MLflow',
    release: 'mlflow',
    isRouted: isGuarded,
    ...(isGuarded
      ? {}
      : { notRouted: 'it lets everybody change everything who reaches it, and asks nobody to sign in' }),
  };
}

function hostOf({ host, namespace, service, port, pods, targetPort, health }: AiHost) {
  return { name: host, namespace, service, port, pods, targetPort, health };
}
