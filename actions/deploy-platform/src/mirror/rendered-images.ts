import { asArray, asObject, asString } from '@suite/foundation';
import { groupOf, type KubernetesObject } from '@suite/kubernetes';
import { allContainers, workloadsOf } from '../checks/pod-templates.ts';
import { at } from '../releases/values.ts';
import type { RenderedRelease } from '../render.ts';

/** Every image that a release runs, hooks included and tests left out. */
export function renderedImages({ objects, hooks }: Pick<RenderedRelease, 'objects' | 'hooks'>): string[] {
  const ofHooks = hooks.filter(({ events }) => !events.every(event => event.startsWith('test')));
  return imagesOf([...objects, ...ofHooks].map(({ object }) => object));
}

/** Every image that the objects name, once, in order: in pods, for operators in resources, and in arguments. */
export function imagesOf(objects: readonly KubernetesObject[]): string[] {
  const containers = workloadsOf(objects).flatMap(({ spec }) => allContainers(spec));
  const ofPods = containers.map(({ image }) => asString(image));
  const ofArguments = containers.flatMap(container =>
    ['command', 'args'].flatMap(key => asArray(container[key]).flatMap(imageInArgument)),
  );
  const ofResources = [...objects.flatMap(imagesOfResource), ...objects.flatMap(imagesOfOperands)];
  return [...new Set([...ofPods, ...ofResources, ...ofArguments])].filter(
    image => image !== undefined && image !== '',
  ) as string[];
}

/** Operators take theirs from `spec` of their resources: Prometheus, Alertmanager and ThanosRuler among them. */
function imagesOfResource(object: KubernetesObject): (string | undefined)[] {
  const spec = asObject(object['spec']);
  const thanos = asObject(spec['thanos']);
  return [spec, thanos, ...allContainers(spec)].map(({ image }) => asString(image));
}

/**
 * What the GPU operator runs beside itself, by the block of its policy. Not the driver: the operator ends its tag with the system of a
 * node (`-ubuntu24.04`), which nobody knows here. Nor what is for virtual machines, which stay off.
 */
const operands: readonly (readonly string[])[] = [
  ['validator'],
  ['driver', 'manager'],
  ['toolkit'],
  ['devicePlugin'],
  ['gfd'],
  ['migManager'],
  ['dcgm'],
  ['dcgmExporter'],
  ['nodeStatusExporter'],
];

/** Its policy has them in three parts each. */
function imagesOfOperands({ apiVersion, kind, spec }: KubernetesObject): string[] {
  if (kind !== 'ClusterPolicy' || groupOf(apiVersion) !== 'nvidia.com') return [];
  return operands.flatMap(([block = '', ...below]) => {
    const whole = at(asObject(spec), block);
    if (at(asObject(whole), 'enabled') === false) return [];
    const { repository, image, version } = asObject(at(asObject(whole), ...below));
    const isWhole = [repository, image, version].every(part => typeof part === 'string' && part !== '');
    return isWhole ? [`${repository}/${image}${String(version).startsWith('sha256:') ? '@' : ':'}${version}`] : [];
  });
}

/**
 * Images that a program makes pods of: cert-manager's solver, the reloader and Thanos of the Prometheus operator. One without tag and
 * digest is the beginning of a name.
 */
function imageInArgument(argument: unknown): string[] {
  const [, image = ''] =
    /^--(?:[a-z0-9-]+-image|prometheus-config-reloader)=(\S+)$/.exec(asString(argument) ?? '') ?? [];
  return /[:@][^/]+$/.test(image) ? [image] : [];
}
