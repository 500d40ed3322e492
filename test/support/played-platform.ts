import type { RequestListener } from 'node:http';
import { asArray, asObject, asString, type JsonObject } from '@suite/foundation';
import { type ApiClient, conditionsOf, passed, type RunningControlPlane } from './control-plane.ts';

/** What somebody may do to the pods that are only played. */
export interface PlayedPlatform {
  /** cert-manager's webhook answers nobody until the returned function is called. */
  silenceCertManager(): () => void;
  /** It breaks off on objects of this kind until the returned function is called. */
  breakCertManagerOn(kind: string): () => void;
}

/**
 * Does what the operators of the platform's own releases would do on a control plane whose pods are only played: cert-manager with
 * its injector of certificates, and the Prometheus operator; and answers for what is asked whether it is ready.
 */
export function playPlatform(control: RunningControlPlane): PlayedPlatform {
  const { operate, serve, serveWebhook } = control;
  for (const kind of ['clusterissuers', 'issuers', 'certificates']) {
    operate({ resources: `/apis/cert-manager.io/v1/${kind}`, reconcile: makeReady });
  }
  for (const kind of ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations']) {
    operate({
      resources: `/apis/admissionregistration.k8s.io/v1/${kind}`,
      reconcile: injectInto(kind, Buffer.from(control.caCertificate).toString('base64')),
    });
  }
  for (const server of servers) {
    operate({ resources: `/apis/monitoring.coreos.com/v1/${server.plural}`, reconcile: run(server) });
  }
  serveWebhook({ ...stackService('operator'), review: () => ({ allowed: true }) });
  serve({ ...stackService('prometheus'), answer: only('/-/ready') });
  serve({ ...stackService('grafana'), answer: only('/api/health') });
  serve({ ...stackService('alertmanager'), answer: watchdog });
  serve({ namespace: 'argocd', name: 'argocd-server', answer: only('/healthz') });
  let broken: string | undefined;
  const review = ({ kind }: JsonObject) => {
    if (broken !== undefined && asObject(kind)['kind'] === broken) throw new Error('no memory left');
    return { allowed: true };
  };
  const answer = () => serveWebhook({ namespace: 'cert-manager', name: 'cert-manager-webhook', review });
  let silence = answer();
  return {
    silenceCertManager: () => {
      silence();
      return () => {
        silence = answer();
      };
    },
    breakCertManagerOn: kind => {
      broken = kind;
      return () => {
        broken = undefined;
      };
    },
  };
}

const stackService = (part: string) => ({ namespace: 'monitoring', name: `kube-prometheus-stack-${part}` });

/** 200 there, and 404 everywhere else. */
export function only(path: string): RequestListener {
  return (request, response) => void response.writeHead(request.url === path ? 200 : 404).end('');
}

/** Alertmanager, to which the alerts that always fire have come: the stack's own, and that of the platform. */
const watchdog: RequestListener = (_request, response) =>
  void response
    .writeHead(200)
    .end(JSON.stringify(['Watchdog', 'PlatformCanary'].map(alertname => ({ labels: { alertname } }))));

const metadataOf = (object: JsonObject) => asObject(object['metadata']);
const text = (value: unknown) => asString(value) ?? '';

/** `/apis/apps/v1/namespaces/NAMESPACE/statefulsets/NAME` */
function pathOf(group: string, plural: string, namespace: unknown, name: unknown): string {
  const place = namespace === undefined ? '' : `/namespaces/${text(namespace)}`;
  return `/apis/${group}/v1${place}/${plural}/${text(name)}`;
}

/** cert-manager's own controllers. Whoever signs is always ready here, and so is what is signed. */
async function makeReady(object: JsonObject, api: ApiClient): Promise<void> {
  const { name, namespace, generation } = metadataOf(object);
  const [seen] = asArray(asObject(object['status'])['conditions']).map(asObject);
  if (seen?.['observedGeneration'] === generation) return;
  const plural = `${text(object['kind']).toLowerCase()}s`;
  const path = pathOf('cert-manager.io', plural, namespace, name);
  passed(
    await api.call('PATCH', `${path}/status?fieldManager=cert-manager-${plural}`, {
      status: { conditions: conditionsOf(object, 'Ready') },
    }),
  );
}

/** cert-manager's injector: writes the authority into every webhook of a configuration that asks for it, as an update. */
function injectInto(plural: string, caBundle: string) {
  return async (configuration: JsonObject, api: ApiClient): Promise<void> => {
    const annotations = Object.keys(asObject(metadataOf(configuration)['annotations']));
    if (!annotations.some(name => name.startsWith('cert-manager.io/inject-ca-from'))) return;
    const webhooks = asArray(configuration['webhooks']).map(asObject);
    if (webhooks.every(({ clientConfig }) => asObject(clientConfig)['caBundle'] === caBundle)) return;
    const path = pathOf('admissionregistration.k8s.io', plural, undefined, metadataOf(configuration)['name']);
    const injected = webhooks.map(webhook => ({
      ...webhook,
      clientConfig: { ...asObject(webhook['clientConfig']), caBundle },
    }));
    passed(
      await api.call('PUT', `${path}?fieldManager=cert-manager-cainjector`, { ...configuration, webhooks: injected }),
    );
  };
}

interface Server {
  readonly plural: string;
  readonly name: 'prometheus' | 'alertmanager';
}

const servers: readonly Server[] = [
  { plural: 'prometheuses', name: 'prometheus' },
  { plural: 'alertmanagers', name: 'alertmanager' },
];

/** The Prometheus operator: a stateful set for each server that somebody asks for. */
function run(server: Server) {
  return async (object: JsonObject, api: ApiClient): Promise<void> => {
    const { name, namespace, uid } = metadataOf(object);
    const spec = asObject(object['spec']);
    const labels = {
      'app.kubernetes.io/name': server.name,
      'app.kubernetes.io/instance': text(name),
      [server.name]: text(name),
      // Pods of an Alertmanager have none.
      ...(server.name === 'prometheus' ? { 'operator.prometheus.io/name': text(name) } : {}),
    };
    const claim = asObject(asObject(spec['storage'])['volumeClaimTemplate']);
    const set = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: {
        name: `${server.name}-${text(name)}`,
        namespace,
        labels,
        ownerReferences: [
          { apiVersion: 'monitoring.coreos.com/v1', kind: object['kind'], name, uid, controller: true },
        ],
      },
      spec: {
        replicas: spec['replicas'],
        serviceName: `${server.name}-operated`,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: spec['serviceAccountName'],
            containers: [{ name: server.name, image: spec['image'], resources: spec['resources'] }],
          },
        },
        ...(claim['spec'] === undefined
          ? {}
          : { volumeClaimTemplates: [{ metadata: { name: 'db' }, spec: claim['spec'] }] }),
      },
    };
    const path = pathOf('apps', 'statefulsets', namespace, set.metadata.name);
    const query = 'fieldManager=PrometheusOperator&force=true';
    passed(await api.call('PATCH', `${path}?${query}`, JSON.stringify(set), 'application/apply-patch+yaml'));
  };
}
