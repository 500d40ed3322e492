import type { Cluster } from '../cluster.ts';
import { at, type KubeObject, list, objects } from '../objects.ts';

/** Gives a new service an address of the cluster, and node ports where its type has them. `service` is changed. */
export function giveAddresses(cluster: Cluster, service: KubeObject): void {
  const spec = { ...at(service, 'spec') };
  if (spec['type'] === 'ExternalName') return;
  if (spec['clusterIP'] === undefined || spec['clusterIP'] === '') spec['clusterIP'] = freeAddress(cluster);
  spec['clusterIPs'] = list(spec['clusterIPs']).length > 0 ? spec['clusterIPs'] : [spec['clusterIP']];
  spec['ipFamilies'] ??= ['IPv4'];
  spec['ipFamilyPolicy'] ??= 'SingleStack';
  const hasNodePorts =
    spec['type'] === 'NodePort' || (spec['type'] === 'LoadBalancer' && spec['allocateLoadBalancerNodePorts'] !== false);
  if (hasNodePorts) {
    const taken = new Set(
      cluster.store.list('services').flatMap(one => objects(at(one, 'spec')['ports']).map(port => port['nodePort'])),
    );
    spec['ports'] = objects(spec['ports']).map(port => {
      if (port['nodePort'] !== undefined) return port;
      let nodePort = 30_000;
      while (taken.has(nodePort)) nodePort += 1;
      taken.add(nodePort);
      return { ...port, nodePort };
    });
  }
  service['spec'] = spec;
}

function freeAddress(cluster: Cluster): string {
  const taken = new Set(cluster.store.list('services').map(one => at(one, 'spec')['clusterIP']));
  for (let number = 11; ; number += 1) {
    const address = `10.0.${Math.floor(number / 250)}.${(number % 250) + 1}`;
    if (!taken.has(address)) return address;
  }
}
