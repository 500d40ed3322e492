import type { Cluster } from '../cluster.ts';
import { at, type Fields, type KubeObject, objects, text } from '../objects.ts';
import type { Change } from '../store/store.ts';
import { recordEvent } from '../writes/event.ts';
import type { Controller } from './controller.ts';
import { type Condition, change, ensure, isTrue, setStatus, withCondition } from './keep.ts';
import { hasImage, isWorking } from './operators.ts';
import { deploymentKey } from './workloads/deployments.ts';

const group = 'cert-manager.io';
const issuerKeys = [`clusterissuers.${group}`, `issuers.${group}`] as const;
const certificateKey = `certificates.${group}`;
const webhookKeys = ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'].map(
  one => `${one}.admissionregistration.k8s.io`,
);
const controllerImage = /cert-manager-controller\b/;
const injectorImage = /cert-manager-cainjector\b/;
const manager = 'cert-manager-certificates-readiness';

/**
 * cert-manager, as far as somebody waits for it: issuers and certificates become ready while its deployment works, and the
 * injector gives webhooks the certificate that they ask for.
 */
export function certificates(cluster: Cluster): Controller {
  const everything = () =>
    [...issuerKeys, certificateKey, ...webhookKeys].flatMap(key =>
      cluster.store.list(key).map(({ metadata }) => `${key}|${metadata.namespace ?? ''}|${metadata.name}`),
    );
  return {
    name: 'cert-manager',
    keysFor: ({ key, kind, object }: Change) => {
      if (key === deploymentKey) return hasImage(object, /cert-manager-(controller|cainjector)\b/) ? everything() : [];
      if (key === 'secrets' && kind !== 'MODIFIED') return everything();
      const isMine = [...issuerKeys, certificateKey, ...webhookKeys].includes(key);
      if (!isMine || kind === 'DELETED') return [];
      const own = `${key}|${object.metadata.namespace ?? ''}|${object.metadata.name}`;
      return (issuerKeys as readonly string[]).includes(key) ? everything() : [own];
    },
    reconcile: (place, { later, isRipe }) => {
      const [key = '', namespace = '', name = ''] = place.split('|');
      const object = cluster.store.get(key, namespace === '' ? undefined : namespace, name);
      if (object === undefined) return;
      if (webhookKeys.includes(key)) return inject(cluster, key, object);
      if (!isWorking(cluster, controllerImage)) return;
      const pause = `${key}|${namespace}|${name}|${object.metadata.uid}`;
      if (!isTrue(object, 'Ready') && !isRipe(pause)) return later(cluster.durations.operatorMs, pause);
      if (key === certificateKey) issue(cluster, object);
      else judgeIssuer(cluster, key, object);
    },
  };
}

function judgeIssuer(cluster: Cluster, key: string, issuer: KubeObject): void {
  const spec = at(issuer, 'spec');
  const isCluster = key === issuerKeys[0];
  const place = isCluster ? 'cert-manager' : (issuer.metadata.namespace ?? '');
  const secret = text(at(spec, 'ca')['secretName']);
  const isMissing = secret !== undefined && cluster.store.get('secrets', place, secret) === undefined;
  const condition: Condition = isMissing
    ? {
        type: 'Ready',
        status: 'False',
        reason: 'ErrGetKeyPair',
        message: `Error getting keypair for CA issuer: secrets ${JSON.stringify(secret)} not found`,
      }
    : { type: 'Ready', status: 'True', ...readiness(spec) };
  if (spec['acme'] !== undefined) {
    const account = text(at(spec, 'acme', 'privateKeySecretRef')['name']);
    if (account !== undefined) putSecret(cluster, place, account, 'Opaque', { 'tls.key': 'account key' });
  }
  say(
    cluster,
    key,
    issuer,
    condition,
    spec['acme'] === undefined ? {} : { acme: { uri: 'https://acme.sandbox/account/1' } },
  );
}

function readiness(spec: Readonly<Fields>): Pick<Condition, 'reason' | 'message'> {
  if (spec['acme'] !== undefined) {
    return { reason: 'ACMEAccountRegistered', message: 'The ACME account was registered with the ACME server' };
  }
  return spec['ca'] === undefined
    ? { reason: 'IsReady', message: '' }
    : { reason: 'KeyPairVerified', message: 'Signing CA verified' };
}

function issue(cluster: Cluster, certificate: KubeObject): void {
  const { namespace = '' } = certificate.metadata;
  const spec = at(certificate, 'spec');
  const { kind = 'Issuer', name } = at(spec, 'issuerRef');
  const issuer =
    kind === 'ClusterIssuer'
      ? cluster.store.get(issuerKeys[0], undefined, String(name))
      : cluster.store.get(issuerKeys[1], namespace, String(name));
  if (!isTrue(issuer, 'Ready')) {
    const message = 'Issuing certificate as Secret does not exist';
    say(cluster, certificateKey, certificate, {
      type: 'Ready',
      status: 'False',
      reason: 'DoesNotExist',
      message,
    });
    return;
  }
  const secret = String(spec['secretName']);
  putSecret(cluster, namespace, secret, 'kubernetes.io/tls', {
    'tls.crt': `certificate of ${certificate.metadata.name}`,
    'tls.key': `key of ${certificate.metadata.name}`,
    'ca.crt': `authority of ${String(name)}`,
  });
  const message = 'Certificate is up to date and has not expired';
  if (!isTrue(certificate, 'Ready')) {
    recordEvent(
      cluster,
      certificate,
      'Normal',
      'Issuing',
      'The certificate has been successfully issued',
      'cert-manager-certificates-issuing',
    );
  }
  say(cluster, certificateKey, certificate, { type: 'Ready', status: 'True', reason: 'Ready', message });
}

function say(
  cluster: Cluster,
  key: string,
  object: KubeObject,
  condition: Condition,
  more: Readonly<Fields> = {},
): void {
  const observedGeneration = object.metadata.generation ?? 1;
  const status = at(object, 'status');
  const conditions = withCondition(status['conditions'], condition, cluster.clock.now(), { observedGeneration });
  setStatus(cluster, key, object, { ...status, ...more, conditions }, manager);
}

function putSecret(
  cluster: Cluster,
  namespace: string,
  name: string,
  type: string,
  values: Readonly<Record<string, string>>,
): void {
  if (cluster.store.get('secrets', namespace, name) !== undefined) return;
  const data = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  );
  ensure(cluster, 'secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type, data }, manager);
}

/** `cert-manager.io/inject-ca-from: NAMESPACE/CERTIFICATE`, `…-from-secret: NAMESPACE/SECRET` */
function inject(cluster: Cluster, key: string, configuration: KubeObject): void {
  const notes = configuration.metadata.annotations ?? {};
  const wanted = notes[`${group}/inject-ca-from`] ?? notes[`${group}/inject-ca-from-secret`];
  if (wanted === undefined || !isWorking(cluster, injectorImage)) return;
  const caBundle = Buffer.from(`authority for ${wanted}`).toString('base64');
  if (objects(configuration['webhooks']).every(webhook => at(webhook, 'clientConfig')['caBundle'] === caBundle)) return;
  change(
    cluster,
    key,
    configuration,
    object => {
      object['webhooks'] = objects(object['webhooks']).map(webhook => ({
        ...webhook,
        clientConfig: { ...at(webhook, 'clientConfig'), caBundle },
      }));
    },
    'cert-manager-cainjector',
  );
}
