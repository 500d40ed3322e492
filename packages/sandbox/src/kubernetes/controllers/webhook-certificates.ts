import type { Cluster } from '../cluster.ts';
import { at, type KubeObject, objects, strings } from '../objects.ts';
import { type Controller, keyOf, placeOf } from './controller.ts';
import { change, ensure, isTrue } from './keep.ts';

const image = /kube-webhook-certgen\b/;

/** Jobs of kube-webhook-certgen, by which charts make certificates for their webhooks: what they leave behind when they are done. */
export function webhookCertificates(cluster: Cluster): Controller {
  return {
    name: 'kube-webhook-certgen',
    keysFor: ({ key, kind, object }) =>
      key === 'jobs.batch' && kind !== 'DELETED' && isTrue(object, 'Complete') ? [keyOf(object)] : [],
    reconcile: key => {
      const job = cluster.store.get('jobs.batch', ...placeOf(key));
      if (job === undefined) return;
      const container = objects(at(job, 'spec', 'template', 'spec')['containers']).find(one =>
        image.test(String(one['image'])),
      );
      const [command, ...options] = strings(container?.['args']);
      if (command === 'create') makeSecret(cluster, job, options);
      if (command === 'patch') patchWebhooks(cluster, options);
    },
  };
}

function option(options: readonly string[], name: string): string | undefined {
  return options.find(one => one.startsWith(`--${name}=`))?.slice(name.length + 3);
}

function makeSecret(cluster: Cluster, job: KubeObject, options: readonly string[]): void {
  const name = option(options, 'secret-name');
  const namespace = option(options, 'namespace') ?? job.metadata.namespace ?? '';
  // What is there is kept, as the program does.
  if (name === undefined || cluster.store.get('secrets', namespace, name) !== undefined) return;
  const encode = (text: string) => Buffer.from(text).toString('base64');
  const [ca, cert, key] = [
    option(options, 'ca-name') ?? 'ca',
    option(options, 'cert-name') ?? 'cert',
    option(options, 'key-name') ?? 'key',
  ];
  ensure(
    cluster,
    'secrets',
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace },
      type: 'Opaque',
      data: { [ca]: encode('authority'), [cert]: encode('certificate'), [key]: encode('key') },
    },
    'kube-webhook-certgen',
  );
}

function patchWebhooks(cluster: Cluster, options: readonly string[]): void {
  const name = option(options, 'webhook-name');
  // Empty is the same as not given.
  const failurePolicy = option(options, 'patch-failure-policy') || undefined;
  for (const [flag, key] of [
    ['patch-mutating', 'mutatingwebhookconfigurations'],
    ['patch-validating', 'validatingwebhookconfigurations'],
  ] as const) {
    const place = `${key}.admissionregistration.k8s.io`;
    const configuration = name === undefined ? undefined : cluster.store.get(place, undefined, name);
    if (configuration === undefined || option(options, flag) === 'false') continue;
    change(
      cluster,
      place,
      configuration,
      object => {
        object['webhooks'] = objects(object['webhooks']).map(webhook => ({
          ...webhook,
          clientConfig: { ...at(webhook, 'clientConfig'), caBundle: Buffer.from('authority').toString('base64') },
          ...(failurePolicy === undefined ? {} : { failurePolicy }),
        }));
      },
      'kube-webhook-certgen',
    );
  }
}
