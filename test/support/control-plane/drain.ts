import { asArray, asObject, type JsonObject } from '@suite/foundation';
import { type ApiClient, patienceSeconds } from './api-client.ts';

/**
 * Empties a node as AKS and `kubectl drain` do: nothing new comes, and every pod that is no DaemonSet's is asked to go, again and again
 * while a budget keeps it. Gives `namespace/name` of those that went. Throws an Error with the API server's words when the time is over.
 */
export async function drain(api: ApiClient, node: string, seconds = patienceSeconds): Promise<readonly string[]> {
  await setUnschedulable(api, node, true);
  const deadline = Date.now() + seconds * 1000;
  const gone: string[] = [];
  for (;;) {
    const pods = (await api.list(`/api/v1/pods?fieldSelector=spec.nodeName%3D${node}`)).map(asObject);
    const left = pods.map(pod => asObject(pod['metadata'])).filter(metadata => !isOfDaemonSet(metadata));
    if (left.length === 0) return gone;
    const reasons: string[] = [];
    for (const pod of left.filter(({ deletionTimestamp }) => deletionTimestamp === undefined)) {
      const refusal = await evict(api, pod);
      if (refusal === undefined) gone.push(`${pod['namespace']}/${pod['name']}`);
      else reasons.push(`${pod['namespace']}/${pod['name']}: ${refusal}`);
    }
    if (Date.now() > deadline) throw new Error(`${node} is not empty after ${seconds} s. ${reasons.join('\n')}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

/** Pods may come to the node again. */
export function uncordon(api: ApiClient, node: string): Promise<void> {
  return setUnschedulable(api, node, false);
}

/**
 * A kubelet takes its time to end a pod. Those that are played take none, and where one of the same name comes at once, the budget counts it
 * as gone for two minutes: so the pod is held until its budget has seen it go. Gives what the API server says where it may not go.
 */
async function evict(api: ApiClient, { namespace, name }: JsonObject): Promise<string | undefined> {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const hold = (finalizers: readonly string[] | null) => api.call('PATCH', path, { metadata: { finalizers } });
  await hold(['peers.example/ending']);
  try {
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace, name } };
    const { status, body } = await api.call('POST', `${path}/eviction`, eviction);
    if (status >= 300 && status !== 404) return JSON.stringify(body);
    for (const budget of await api.list(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`)) {
      const { name: mine } = asObject(asObject(budget)['metadata']);
      await api.until(
        `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/${mine}`,
        object => !Object.hasOwn(asObject(asObject(object['status'])['disruptedPods']), String(name)),
      );
    }
    return undefined;
  } finally {
    await hold(null);
  }
}

async function setUnschedulable(api: ApiClient, node: string, unschedulable: boolean): Promise<void> {
  const { status, body } = await api.call('PATCH', `/api/v1/nodes/${node}`, { spec: { unschedulable } });
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
}

function isOfDaemonSet({ ownerReferences }: JsonObject): boolean {
  return asArray(ownerReferences).some(owner => asObject(owner)['kind'] === 'DaemonSet');
}
