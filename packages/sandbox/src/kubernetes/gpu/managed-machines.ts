import { at, properties, text } from '../../azure/arm/body.ts';
import { findVmSize } from '../../azure/arm/compute/vm-catalogue.ts';
import { makeEtag, type Resource } from '../../azure/arm/store.ts';
import { nodesOf } from '../nodes.ts';
import { numberAt } from '../objects.ts';
import type { Machines, NodePool } from './machines.ts';

/** The pools that the resource manager holds for a cluster. `follow` brings the cluster's nodes to what they say. */
export function machinesOf(cluster: Resource, pools: () => readonly Resource[], follow: () => void): Machines {
  return {
    pools: () => pools().map(pool => poolOf(cluster, pool)),
    resize: (name, count) => {
      const pool = pools().find(one => one.name === name);
      if (pool === undefined) throw new Error(`The cluster has no pool ${name}.`);
      pool.body = { ...pool.body, properties: { ...properties(pool.body), count } };
      pool.etag = makeEtag();
      follow();
    },
  };
}

function poolOf(cluster: Resource, pool: Resource): NodePool {
  const facts = properties(pool.body);
  const size = text(facts['vmSize']) ?? '';
  const known = findVmSize(size);
  const count = at(facts, 'powerState')['code'] === 'Stopped' ? 0 : (numberAt(facts, 'count') ?? 0);
  const more = { ...pool, body: { ...pool.body, properties: { ...facts, count: count + 1, powerState: {} } } };
  const next = nodesOf(cluster, [more]).at(-1);
  if (next === undefined) throw new Error(`The pool ${pool.name} makes no node.`);
  return {
    name: pool.name,
    group: next.name.slice(0, -6),
    size,
    family: known?.family ?? '',
    cores: known?.cores ?? 0,
    location: text(cluster.body['location']) ?? '',
    gpus: known?.gpus ?? 0,
    hasDriver: at(facts, 'gpuProfile')['driver'] !== 'None',
    isAutoscaled: facts['enableAutoScaling'] === true,
    min: numberAt(facts, 'minCount') ?? 0,
    max: numberAt(facts, 'maxCount') ?? count,
    count,
    next,
  };
}
