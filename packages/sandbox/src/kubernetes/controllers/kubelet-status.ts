import { createHash } from 'node:crypto';
import type { Cluster } from '../cluster.ts';
import { at, type Fields, type KubeObject, objects, text, timestamp } from '../objects.ts';
import { withCondition } from './keep.ts';

export function containersOf(pod: KubeObject): readonly Fields[] {
  return objects(at(pod, 'spec')['containers']);
}

export function containerStatuses(cluster: Cluster, pod: KubeObject, of: (container: Fields) => Fields): Fields {
  const show = (container: Fields): Fields => ({
    name: container['name'],
    image: container['image'],
    imageID: `${String(container['image']).replace(/[:@][^/]*$/, '')}@${digestOf(cluster, String(container['image']))}`,
    restartCount: 0,
    lastState: {},
    ...of(container),
  });
  const init = objects(at(pod, 'spec')['initContainers']).map(show);
  return {
    containerStatuses: containersOf(pod).map(show),
    ...(init.length === 0 ? {} : { initContainerStatuses: init }),
  };
}

/** The digest that an image names, that its registry has, or one made up from its name. */
function digestOf(cluster: Cluster, image: string): string {
  const named = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1];
  if (named !== undefined) return named;
  const found = cluster.outside.image(image);
  return found?.is === 'there' ? found.digest : `sha256:${createHash('sha256').update(image).digest('hex')}`;
}

/** What a pod has from its first moment on a node. */
export function started(cluster: Cluster, pod: KubeObject): Fields {
  const status = at(pod, 'status');
  const node = cluster.store.get('nodes', undefined, String(at(pod, 'spec')['nodeName']));
  const hostIP =
    objects(at(node, 'status')['addresses']).find(one => one['type'] === 'InternalIP')?.['address'] ?? '10.224.0.4';
  const podIP = text(status['podIP']) ?? (at(pod, 'spec')['hostNetwork'] === true ? String(hostIP) : addressOf(pod));
  return {
    qosClass: status['qosClass'] ?? 'BestEffort',
    hostIP,
    hostIPs: [{ ip: hostIP }],
    podIP,
    podIPs: [{ ip: podIP }],
    startTime: status['startTime'] ?? timestamp(cluster.clock.now()),
  };
}

function addressOf({ metadata }: KubeObject): string {
  const hash = createHash('sha256')
    .update(metadata.uid ?? metadata.name)
    .digest();
  return `10.244.${hash[0]}.${((hash[1] ?? 0) % 250) + 2}`;
}

export function conditionsOf(
  cluster: Cluster,
  pod: KubeObject,
  { initialized, ready, reason }: { readonly initialized: boolean; readonly ready: boolean; readonly reason?: string },
): readonly Fields[] {
  const now = cluster.clock.now();
  const say = (type: string, isTrue: boolean, why = '') => ({
    type,
    status: isTrue ? ('True' as const) : ('False' as const),
    reason: isTrue ? '' : why,
    message: '',
  });
  const notReady = reason ?? 'ContainersNotReady';
  return [
    say('PodReadyToStartContainers', true),
    say('Initialized', initialized, 'ContainersNotInitialized'),
    say('Ready', ready, notReady),
    say('ContainersReady', ready, notReady),
    say('PodScheduled', true),
  ].reduce<readonly Fields[]>(
    (conditions, condition) => withCondition(conditions, condition, now).map(withoutBlanks),
    objects(at(pod, 'status')['conditions']),
  );
}

function withoutBlanks(condition: Fields): Fields {
  return Object.fromEntries(Object.entries(condition).filter(([, value]) => value !== ''));
}
