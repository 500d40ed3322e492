import { at, type Fields, type KubeObject, objects, stringMap } from '../objects.ts';
import { messageName } from '../resources/messages.ts';
import { type ResourceType, storeKey } from '../resources/resource-type.ts';
import { tidy } from '../resources/tidy.ts';

/**
 * Fills in what the real server fills in, as far as clients and controllers of the sandbox read it (k8s.io/kubernetes,
 * `pkg/apis/<group>/<version>/defaults.go`). `object` may be changed.
 */
export function withDefaults(type: ResourceType, object: KubeObject, live?: KubeObject): KubeObject {
  if (type.custom !== undefined) return type.custom.schema.complete(object) as KubeObject;
  const complete = completions[storeKey(type)];
  tidy(object, messageName(type.group, type.version, type.kind));
  complete?.(object, live);
  return object;
}

type Completion = (object: Fields, live?: KubeObject) => void;

/** Sets what is missing. */
function fill(target: Fields, defaults: Readonly<Fields>): void {
  for (const [key, value] of Object.entries(defaults)) target[key] ??= value;
}

/** An object in a field, made when it is missing. */
function open(target: Fields, key: string): Fields {
  target[key] ??= {};
  return target[key] as Fields;
}

const workload =
  (defaults: Readonly<Fields>): Completion =>
  object => {
    const spec = open(object, 'spec');
    fill(spec, structuredClone(defaults));
    completePodTemplate(spec['template']);
  };

const completions: Readonly<Record<string, Completion>> = {
  pods: object => completePodSpec(open(object, 'spec')),
  secrets: object => {
    fill(object, { type: 'Opaque' });
    const { stringData } = object;
    if (stringData === undefined) return;
    const encoded = Object.entries(stringMap(stringData)).map(([key, value]) => [
      key,
      Buffer.from(value).toString('base64'),
    ]);
    object['data'] = { ...at(object, 'data'), ...Object.fromEntries(encoded) };
    delete object['stringData'];
  },
  services: completeService,
  persistentvolumeclaims: object => fill(open(object, 'spec'), { volumeMode: 'Filesystem' }),
  persistentvolumes: object =>
    fill(open(object, 'spec'), { volumeMode: 'Filesystem', persistentVolumeReclaimPolicy: 'Retain' }),
  namespaces: object => {
    const metadata = object['metadata'] as Fields;
    metadata['labels'] = { ...at(metadata, 'labels'), 'kubernetes.io/metadata.name': metadata['name'] };
    fill(open(object, 'spec'), { finalizers: ['kubernetes'] });
  },
  'deployments.apps': object => {
    workload({ replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 })(object);
    const strategy = open(open(object, 'spec'), 'strategy');
    fill(strategy, { type: 'RollingUpdate' });
    if (strategy['type'] === 'RollingUpdate')
      fill(open(strategy, 'rollingUpdate'), { maxSurge: '25%', maxUnavailable: '25%' });
  },
  'replicasets.apps': workload({ replicas: 1 }),
  'statefulsets.apps': object => {
    workload({ replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady' })(object);
    const spec = open(object, 'spec');
    fill(open(spec, 'persistentVolumeClaimRetentionPolicy'), { whenDeleted: 'Retain', whenScaled: 'Retain' });
    const strategy = open(spec, 'updateStrategy');
    fill(strategy, { type: 'RollingUpdate' });
    if (strategy['type'] === 'RollingUpdate') fill(open(strategy, 'rollingUpdate'), { partition: 0 });
    for (const claim of objects(spec['volumeClaimTemplates'])) {
      fill(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', status: { phase: 'Pending' } });
      fill(open(claim, 'spec'), { volumeMode: 'Filesystem' });
    }
  },
  'daemonsets.apps': object => {
    workload({ revisionHistoryLimit: 10 })(object);
    const strategy = open(open(object, 'spec'), 'updateStrategy');
    fill(strategy, { type: 'RollingUpdate' });
    if (strategy['type'] === 'RollingUpdate') fill(open(strategy, 'rollingUpdate'), { maxSurge: 0, maxUnavailable: 1 });
  },
  'jobs.batch': completeJob,
  'cronjobs.batch': object => {
    const spec = open(object, 'spec');
    fill(spec, {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    });
    completePodTemplate(at(spec, 'jobTemplate', 'spec')['template']);
  },
  'networkpolicies.networking.k8s.io': object => {
    const spec = open(object, 'spec');
    fill(spec, { policyTypes: ['Ingress', ...(spec['egress'] === undefined ? [] : ['Egress'])] });
    for (const rule of [...objects(spec['ingress']), ...objects(spec['egress'])]) {
      for (const port of objects(rule['ports'])) fill(port, { protocol: 'TCP' });
    }
  },
  'horizontalpodautoscalers.autoscaling': object => fill(open(object, 'spec'), { minReplicas: 1 }),
  'rolebindings.rbac.authorization.k8s.io': completeBinding,
  'clusterrolebindings.rbac.authorization.k8s.io': completeBinding,
  'storageclasses.storage.k8s.io': object => fill(object, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  'priorityclasses.scheduling.k8s.io': object => fill(object, { preemptionPolicy: 'PreemptLowerPriority' }),
  'validatingwebhookconfigurations.admissionregistration.k8s.io': completeWebhooks({}),
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': completeWebhooks({ reinvocationPolicy: 'Never' }),
  'customresourcedefinitions.apiextensions.k8s.io': object => {
    const spec = open(object, 'spec');
    const names = open(spec, 'names');
    const kind = String(names['kind'] ?? '');
    fill(names, { singular: kind.toLowerCase(), listKind: `${kind}List` });
    fill(spec, { conversion: { strategy: 'None' } });
  },
};

function completeJob(object: Fields): void {
  const spec = open(object, 'spec');
  fill(spec, {
    completions: 1,
    parallelism: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: 'TerminatingOrFailed',
  });
  completePodTemplate(spec['template']);
  const uid = at(object, 'metadata')['uid'];
  if (spec['selector'] !== undefined || spec['manualSelector'] === true || typeof uid !== 'string') return;
  spec['selector'] = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
}

function completeBinding(object: Fields): void {
  for (const subject of objects(object['subjects'])) {
    if (subject['kind'] !== 'ServiceAccount') fill(subject, { apiGroup: 'rbac.authorization.k8s.io' });
  }
  fill(open(object, 'roleRef'), { apiGroup: 'rbac.authorization.k8s.io' });
}

function completeWebhooks(more: Readonly<Fields>): Completion {
  return object => {
    for (const webhook of objects(object['webhooks'])) {
      fill(webhook, {
        failurePolicy: 'Fail',
        matchPolicy: 'Equivalent',
        timeoutSeconds: 10,
        namespaceSelector: {},
        objectSelector: {},
        ...more,
      });
      const service = at(webhook, 'clientConfig')['service'];
      if (service !== undefined) fill(service as Fields, { port: 443 });
      for (const rule of objects(webhook['rules'])) fill(rule, { scope: '*' });
    }
  };
}

function completeService(object: Fields, live?: KubeObject): void {
  const spec = open(object, 'spec');
  fill(spec, { type: 'ClusterIP', sessionAffinity: 'None' });
  for (const port of objects(spec['ports'])) fill(port, { protocol: 'TCP', targetPort: port['port'] });
  if (spec['type'] === 'ExternalName') return;
  fill(spec, { internalTrafficPolicy: 'Cluster' });
  if (spec['type'] === 'LoadBalancer') {
    fill(spec, { externalTrafficPolicy: 'Cluster', allocateLoadBalancerNodePorts: true });
  }
  const before = at(live, 'spec');
  for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'])
    if (before[field] !== undefined) spec[field] ??= before[field];
}

function completePodTemplate(template: unknown): void {
  if (template === undefined || template === null) return;
  const object = template as Fields;
  completePodSpec(open(object, 'spec'));
}

function completePodSpec(spec: Fields): void {
  fill(spec, {
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    terminationGracePeriodSeconds: 30,
    schedulerName: 'default-scheduler',
    securityContext: {},
  });
  const { serviceAccountName, serviceAccount } = spec;
  if (serviceAccountName !== undefined) spec['serviceAccount'] ??= serviceAccountName;
  if (serviceAccount !== undefined) spec['serviceAccountName'] ??= serviceAccount;
  for (const container of [...objects(spec['containers']), ...objects(spec['initContainers'])])
    completeContainer(container);
  for (const volume of objects(spec['volumes'])) {
    for (const source of ['secret', 'configMap', 'projected', 'downwardAPI']) {
      if (volume[source] !== undefined) fill(volume[source] as Fields, { defaultMode: 420 });
    }
    if (volume['hostPath'] !== undefined) fill(volume['hostPath'] as Fields, { type: '' });
  }
}

function completeContainer(container: Fields): void {
  const image = String(container['image'] ?? '');
  const isLatest = image.endsWith(':latest') || !/[:@][^/]*$/.test(image);
  fill(container, {
    imagePullPolicy: isLatest ? 'Always' : 'IfNotPresent',
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    resources: {},
  });
  for (const port of objects(container['ports'])) fill(port, { protocol: 'TCP' });
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    if (container[probe] === undefined) continue;
    const found = container[probe] as Fields;
    fill(found, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
    if (found['httpGet'] !== undefined) fill(found['httpGet'] as Fields, { path: '/', scheme: 'HTTP' });
  }
  for (const variable of objects(container['env'])) {
    const reference = at(variable, 'valueFrom')['fieldRef'];
    if (reference !== undefined) fill(reference as Fields, { apiVersion: 'v1' });
  }
}
