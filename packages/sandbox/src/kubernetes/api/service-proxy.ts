import { json, type WorldResponse } from '../../network/http.ts';
import type { Cluster } from '../cluster.ts';
import { at, type Fields, type KubeObject, objects, stringMap } from '../objects.ts';
import { refusals } from '../status.ts';
import type { ApiCall } from './call.ts';

/** What answers behind a service, by the images of its pods. */
interface Page {
  readonly image: RegExp;
  readonly path: RegExp;
  readonly answer: (cluster: Cluster) => WorldResponse;
}

const words = (body: string): WorldResponse => ({ status: 200, headers: { 'Content-Type': 'text/plain' }, body });

const pages: readonly Page[] = [
  {
    image: /prometheus\/prometheus\b/,
    path: /^\/-\/(ready|healthy)$/,
    answer: () => words('Prometheus Server is Ready.\n'),
  },
  { image: /prometheus\/prometheus\b/, path: /^\/api\/v1\/targets$/, answer: targets },
  { image: /prometheus\/alertmanager\b/, path: /^\/-\/(ready|healthy)$/, answer: () => words('OK') },
  {
    image: /grafana\/grafana\b/,
    path: /^\/api\/health$/,
    answer: () => json(200, { database: 'ok', version: '12.0.0', commit: 'sandbox' }),
  },
  { image: /argoproj\/argocd\b/, path: /^\/healthz$/, answer: () => words('ok') },
  { image: /dexidp\/dex\b/, path: /^\/healthz/, answer: () => words('ok') },
  { image: /grafana\/loki\b/, path: /^\/ready$/, answer: () => words('ready\n') },
];

/** `services/[http:]NAME[:PORT]/proxy/…` and `pods/NAME[:PORT]/proxy/…`: answers of {@link pages} while the pods are ready. */
export function proxy({ cluster, info }: ApiCall): WorldResponse {
  const [name, port] = targetOf(info.name ?? '');
  const pods =
    info.plural === 'pods' ? onePod(cluster, info.namespace, name) : podsOf(cluster, info.namespace, name, port);
  const path = info.rest === '' ? '/' : info.rest;
  const images = pods.flatMap(pod => objects(at(pod, 'spec')['containers']).map(one => String(one['image'])));
  const page = pages.find(one => images.some(image => one.image.test(image)) && one.path.test(path));
  if (page !== undefined) return page.answer(cluster);
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
