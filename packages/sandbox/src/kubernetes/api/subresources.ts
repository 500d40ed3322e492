import { json, type WorldResponse } from '../../network/http.ts';
import { at, copyOf, type Fields, type KubeObject, list, numberAt, objects, stringMap } from '../objects.ts';
import { mergePatch } from '../patch/merge-patch.ts';
import { apiVersionOf, type ResourceType } from '../resources/resource-type.ts';
import { refusals } from '../status.ts';
import { updateObject } from '../writes/write.ts';
import { type ApiCall, demandObject } from './call.ts';
import { readBody } from './media.ts';
import { writeOptions } from './writes.ts';

/** `scale` of workloads and of custom resources that declare it. */
export async function scale(call: ApiCall): Promise<WorldResponse> {
  const { type, cluster, info, request } = call;
  const live = demandObject(call);
  if (info.verb === 'get') return json(200, scaleOf(live, type));
  const bodies = ['application/json', 'application/merge-patch+json', 'application/strategic-merge-patch+json'];
  const sent = await readBody(request, bodies);
  const wanted = info.verb === 'patch' ? at(mergePatch(scaleOf(live, type), sent)) : at(sent);
  const replicas = numberAt(wanted['spec'], 'replicas') ?? 0;
  const next = copyOf(live);
  const path = type.custom?.scale?.specReplicas ?? ['spec', 'replicas'];
  const parent = path.slice(0, -1).reduce<Fields>((current, key) => {
    current[key] ??= {};
    return current[key] as Fields;
  }, next);
  parent[path.at(-1) ?? ''] = replicas;
  const { resourceVersion } = at(wanted, 'metadata');
  if (typeof resourceVersion === 'string') next.metadata.resourceVersion = resourceVersion;
  else delete next.metadata.resourceVersion;
  return json(200, scaleOf(updateObject(cluster, type, live, next, writeOptions(call, 'UPDATE')), type));
}

function scaleOf(object: KubeObject, type: ResourceType): Fields {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const read = (path: readonly string[]) => numberAt(at(object, ...path.slice(0, -1)), path.at(-1) ?? '') ?? 0;
  const paths = type.custom?.scale ?? { specReplicas: ['spec', 'replicas'], statusReplicas: ['status', 'replicas'] };
  const labels = Object.entries(stringMap(at(object, 'spec', 'selector', 'matchLabels')));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: read(paths.specReplicas) },
    status: {
      replicas: read(paths.statusReplicas),
      ...(labels.length === 0 ? {} : { selector: labels.map(([key, value]) => `${key}=${value}`).join(',') }),
    },
  };
}

/** Lines of a container. They are made up, unless the back door said otherwise; there is nothing to follow. */
export function logs(call: ApiCall): WorldResponse {
  const { cluster, request } = call;
  const pod = demandObject(call);
  const { name, namespace = '' } = pod.metadata;
  const spec = at(pod, 'spec');
  const names = [...objects(spec['initContainers']), ...objects(spec['containers'])].map(one => String(one['name']));
  const asked = request.query.get('container') ?? onlyName(objects(spec['containers']), pod);
  if (!names.includes(asked)) {
    throw refusals.badRequest(`container ${asked} is not valid for pod ${name}`);
  }
  const state = stateOf(pod, asked);
  const waiting = at(state, 'waiting')['reason'];
  const hasRun = at(statusOf(pod, asked), 'lastState', 'terminated')['reason'] !== undefined;
  if (spec['nodeName'] === undefined || (Object.keys(at(state, 'waiting')).length > 0 && !hasRun)) {
    const why =
      waiting === 'ImagePullBackOff' || waiting === 'ErrImagePull'
        ? 'trying and failing to pull image'
        : 'waiting to start: ContainerCreating';
    const words = why.startsWith('trying') ? `is waiting to start: ${why}` : `is ${why}`;
    throw refusals.badRequest(`container ${JSON.stringify(asked)} in pod ${JSON.stringify(name)} ${words}`);
  }
  const text = cluster.logs.get(`${namespace}/${name}/${asked}`) ?? madeUp(pod, asked);
  const tail = Number(request.query.get('tailLines') ?? Number.POSITIVE_INFINITY);
  const lines = text.split('\n').filter(line => line !== '');
  const shown = Number.isFinite(tail) ? lines.slice(Math.max(0, lines.length - tail)) : lines;
  return {
    status: 200,
    headers: { 'Content-Type': 'text/plain' },
    body: shown.map(line => `${line}\n`).join(''),
  };
}

function onlyName(containers: readonly Fields[], pod: KubeObject): string {
  const [first] = containers;
  if (first !== undefined && containers.length === 1) return String(first['name']);
  const names = containers.map(one => String(one['name'])).join(' ');
  throw refusals.badRequest(
    `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names}]`,
  );
}

function statusOf(pod: KubeObject, container: string): Readonly<Fields> {
  const status = at(pod, 'status');
  const all = [...list(status['initContainerStatuses']), ...list(status['containerStatuses'])];
  return at(all.find(one => at(one)['name'] === container));
}

function stateOf(pod: KubeObject, container: string): Readonly<Fields> {
  return at(statusOf(pod, container), 'state');
}

function madeUp(pod: KubeObject, container: string): string {
  const spec = at(pod, 'spec');
  const found = [...objects(spec['initContainers']), ...objects(spec['containers'])].find(
    one => one['name'] === container,
  );
  const failed = at(statusOf(pod, container), 'lastState', 'terminated')['exitCode'];
  return failed === undefined
    ? `${container} started from ${String(found?.['image'])}\n`
    : `${container} started from ${String(found?.['image'])}\nfatal: ${container} cannot go on\n`;
}

/** Namespaces let themselves go: what `kubectl` and controllers call last. */
export async function finalize(call: ApiCall): Promise<WorldResponse> {
  const live = demandObject(call);
  const sent = at(await readBody(call.request));
  const next = { ...copyOf(live), spec: copyOf(at(sent, 'spec')) };
  return json(200, {
    ...updateObject(call.cluster, call.type, live, next, writeOptions(call, 'UPDATE')),
    apiVersion: apiVersionOf(call.type),
  });
}
