import { parse } from 'yaml';
import { json, type WorldResponse } from '../../network/http.ts';
import type { Cluster } from '../cluster.ts';
import { dcgmMetrics } from '../gpu/dcgm.ts';
import { at, type Fields, type KubeObject, objects, stringMap } from '../objects.ts';
import { refusals } from '../status.ts';
import type { ApiCall } from './call.ts';

/** What answers behind a service, by the images of its pods. */
interface Page {
  readonly image: RegExp;
  readonly path: RegExp;
  /** `pods`: those behind the service, the one that answers first. */
  readonly answer: (cluster: Cluster, pods: readonly KubeObject[], path: string) => WorldResponse;
}

const words = (body: string): WorldResponse => ({ status: 200, headers: { 'Content-Type': 'text/plain' }, body });

const pages: readonly Page[] = [
  {
    image: /prometheus\/prometheus\b/,
    path: /^\/-\/(ready|healthy)$/,
    answer: () => words('Prometheus Server is Ready.\n'),
  },
  { image: /prometheus\/prometheus\b/, path: /^\/api\/v1\/targets$/, answer: targets },
  { image: /prometheus\/alertmanager\b/, path: /^\/api\/v2\/alerts$/, answer: alertsThatFire },
  { image: /prometheus\/alertmanager\b/, path: /^\/-\/(ready|healthy)$/, answer: () => words('OK') },
  {
    image: /grafana\/grafana\b/,
    path: /^\/api\/health$/,
    answer: () => json(200, { database: 'ok', version: '12.0.0', commit: 'sandbox' }),
  },
  { image: /argoproj\/argocd\b/, path: /^\/healthz$/, answer: () => words('ok') },
  { image: /dexidp\/dex\b/, path: /^\/healthz/, answer: () => words('ok') },
  { image: /grafana\/grafana\b/, path: /^\/api\/datasources\/proxy\/uid\//, answer: throughGrafana },
  { image: /grafana\/loki:|grafana\/loki@/, path: /^\/ready$/, answer: () => words('ready\n') },
  { image: /nginx-unprivileged\b/, path: /^\/loki\/api\/v1\/query$/, answer: canaryLines },
  { image: /jaegertracing\/jaeger\b/, path: /^\/$/, answer: () => words('<title>Jaeger UI</title>\n') },
  {
    image: /jupyterhub\/(?:configurable-http-proxy|k8s-hub)\b/,
    path: /^\/hub\/health$/,
    answer: () => json(200, { versions: {} }),
  },
  { image: /burakince\/mlflow\b/, path: /^\/health$/, answer: () => words('OK') },
  {
    image: /\bdcgm-exporter\b/,
    path: /^\/metrics$/,
    answer: (cluster, [pod]) => words(pod === undefined ? '' : dcgmMetrics(cluster, pod)),
  },
];

/** `services/[http:]NAME[:PORT]/proxy/…` and `pods/NAME[:PORT]/proxy/…`: answers of {@link pages} while the pods are ready. */
export function proxy({ cluster, info }: ApiCall): WorldResponse {
  const [name, port] = targetOf(info.name ?? '');
  const path = info.rest === '' ? '/' : info.rest;
  if (info.plural !== 'pods') return answerOfService(cluster, info.namespace, name, port, path);
  return answerOf(cluster, onePod(cluster, info.namespace, name), path);
}

/** What a service answers while its pods are ready. Throws a KubeError where nobody is behind it. */
export function answerOfService(
  cluster: Cluster,
  namespace: string | undefined,
  name: string,
  port: string | undefined,
  path: string,
): WorldResponse {
  return answerOf(cluster, podsOf(cluster, namespace, name, port), path);
}

function answerOf(cluster: Cluster, pods: readonly KubeObject[], path: string): WorldResponse {
  const images = pods.flatMap(pod => objects(at(pod, 'spec')['containers']).map(one => String(one['image'])));
  const page = pages.find(one => images.some(image => one.image.test(image)) && one.path.test(path));
  if (page !== undefined) return page.answer(cluster, pods, path);
  return {
    status: 404,
    headers: { 'Content-Type': 'text/plain' },
    body: `The sandbox serves no ${path} of ${images.join(', ')}.\n`,
  };
}

/** `https:web:8443` names a scheme, a service and a port; `web:http` a service and a port. */
function targetOf(written: string): readonly [name: string, port: string | undefined] {
  const parts = written.split(':');
  if (parts.length === 3) return [parts[1] ?? '', parts[2] || undefined];
  return [parts[0] ?? '', parts[1] || undefined];
}

function podsOf(
  cluster: Cluster,
  namespace: string | undefined,
  name: string,
  port: string | undefined,
): readonly KubeObject[] {
  const service = cluster.store.get('services', namespace, name);
  if (service === undefined) throw refusals.notFound({ group: '', plural: 'services', kind: 'Service' }, name);
  const ports = objects(at(service, 'spec')['ports']);
  const isThere = port === undefined || ports.some(one => one['name'] === port || String(one['port']) === port);
  if (!isThere)
    throw refusals.unavailable(`no service port ${JSON.stringify(port)} found for service ${JSON.stringify(name)}`);
  const endpoints = cluster.store.get('endpoints', namespace, name);
  const ready = objects(endpoints?.['subsets']).flatMap(subset => objects(subset['addresses']));
  if (ready.length === 0) throw refusals.unavailable(`no endpoints available for service ${JSON.stringify(name)}`);
  return ready.flatMap(address => {
    const pod = cluster.store.get('pods', namespace, String(at(address, 'targetRef')['name']));
    return pod === undefined ? [] : [pod];
  });
}

function onePod(cluster: Cluster, namespace: string | undefined, name: string): readonly KubeObject[] {
  const pod = cluster.store.get('pods', namespace, name);
  if (pod === undefined) throw refusals.notFound({ group: '', plural: 'pods', kind: 'Pod' }, name);
  if (at(pod, 'status')['podIP'] === undefined) throw refusals.badRequest(`address not allowed`);
  return [pod];
}

/** One target per endpoint of each service that a ServiceMonitor selects, up while its pod is ready. */
function targets(cluster: Cluster): WorldResponse {
  const activeTargets = cluster.store.list('servicemonitors.monitoring.coreos.com').flatMap(monitor => {
    const spec = at(monitor, 'spec');
    const { any, matchNames } = at(spec, 'namespaceSelector');
    const wanted = stringMap(at(spec, 'selector', 'matchLabels'));
    const services = cluster.store.list('services').filter(({ metadata }) => {
      const places = Array.isArray(matchNames) ? matchNames : [monitor.metadata.namespace];
      const isPlace = any === true || places.includes(metadata.namespace);
      return isPlace && Object.entries(wanted).every(([key, value]) => metadata.labels?.[key] === value);
    });
    return services.flatMap(service => targetsOf(cluster, monitor, service));
  });
  return json(200, { status: 'success', data: { activeTargets, droppedTargets: [] } });
}

function targetsOf(cluster: Cluster, monitor: KubeObject, service: KubeObject): readonly Fields[] {
  const { namespace, name } = service.metadata;
  const endpoints = cluster.store.get('endpoints', namespace, name);
  return objects(endpoints?.['subsets']).flatMap(subset =>
    [...objects(subset['addresses']), ...objects(subset['notReadyAddresses'])].map(address => {
      const isUp = objects(subset['addresses']).includes(address);
      return {
        labels: { namespace, service: name, job: name, instance: String(address['ip']) },
        scrapePool: `serviceMonitor/${monitor.metadata.namespace}/${monitor.metadata.name}/0`,
        health: isUp ? 'up' : 'down',
        lastError: isUp ? '' : 'connection refused',
      };
    }),
  );
}

/** Rules that fire whatever happens, while there is a Prometheus to fire them. */
function alertsThatFire(cluster: Cluster): WorldResponse {
  if (!hasReadyPod(cluster, /prometheus\/prometheus\b/)) return json(200, []);
  const rules = cluster.store
    .list('prometheusrules.monitoring.coreos.com')
    .flatMap(rule => objects(at(rule, 'spec')['groups']).flatMap(group => objects(group['rules'])));
  const fired = rules.filter(({ alert, expr }) => alert !== undefined && String(expr).trim() === 'vector(1)');
  return json(
    200,
    fired.map(({ alert, labels }) => ({
      labels: { ...stringMap(labels), alertname: String(alert) },
      status: { state: 'active' },
    })),
  );
}

/**
 * The canary's lines are in Loki once both work, and, where it does not push them itself, a collector does. Without them the query
 * has no value.
 */
function canaryLines(cluster: Cluster): WorldResponse {
  const canaries = readyPods(cluster, /grafana\/loki-canary\b/);
  const pushes = (pod: KubeObject) =>
    objects(at(pod, 'spec')['containers']).some(({ args }) => Array.isArray(args) && args.includes('-push=true'));
  const isKept = hasReadyPod(cluster, /grafana\/loki[:@]/);
  const isCollected = hasReadyPod(cluster, /grafana\/alloy\b/);
  const seen = isKept ? canaries.filter(pod => isCollected || pushes(pod)) : [];
  // A line a second from each, as the real one writes.
  const result =
    seen.length === 0 ? [] : [{ metric: {}, value: [cluster.clock.now() / 1000, String(300 * seen.length)] }];
  return json(200, { status: 'success', data: { resultType: 'vector', result } });
}

/** A data source that Grafana was given, as far as somebody who has not signed in may ask it. */
function throughGrafana(cluster: Cluster, _pods: readonly KubeObject[], path: string): WorldResponse {
  const [, uid = ''] = /\/uid\/([^/]+)/.exec(path) ?? [];
  const maps = cluster.store.list('configmaps');
  const texts = (key: RegExp) =>
    maps.flatMap(map =>
      Object.entries(stringMap(map['data'])).flatMap(([name, text]) => (key.test(name) ? [text] : [])),
    );
  if (!texts(/^grafana\.ini$/).some(text => /\[auth\.anonymous\]\n(?:[^[]*\n)?\s*enabled = true/.test(text))) {
    return json(401, { message: 'Unauthorized' });
  }
  const [, url] =
    texts(/^datasource\.yaml$/)
      .map(text => dataSource(text, uid))
      .find(found => found !== undefined) ?? [];
  if (url === undefined) return json(404, { message: 'data source not found' });
  const { hostname } = new URL(url);
  const [service = '', namespace = ''] = hostname.split('.');
  const ready = objects(cluster.store.get('endpoints', namespace, service)?.['subsets']).flatMap(subset =>
    objects(subset['addresses']),
  );
  if (ready.length === 0) return json(502, { message: `dial tcp: lookup ${hostname}: no such host` });
  return json(200, uid === 'jaeger' ? { data: [] } : { status: 'success', data: [] });
}

/** The block of that uid in what the sidecar gives Grafana, and its address. */
function dataSource(text: string, uid: string): readonly [uid: string, url: string] | undefined {
  const found = objects(at(parse(text))['datasources']).find(one => one['uid'] === uid);
  return found === undefined ? undefined : [uid, String(found['url'])];
}

function readyPods(cluster: Cluster, image: RegExp): readonly KubeObject[] {
  return cluster.store
    .list('pods')
    .filter(
      pod =>
        objects(at(pod, 'spec')['containers']).some(one => image.test(String(one['image']))) &&
        objects(at(pod, 'status')['conditions']).some(({ type, status }) => type === 'Ready' && status === 'True'),
    );
}

function hasReadyPod(cluster: Cluster, image: RegExp): boolean {
  return readyPods(cluster, image).length > 0;
}
