import type { Cluster } from '../cluster.ts';
import { at, type Fields, type KubeObject, objects, strings, text } from '../objects.ts';
import type { Change } from '../store/store.ts';
import { definitionOf, gatewayKinds, ownKinds } from './alb-kinds.ts';
import { gatewayKey, grantKey, parentsOf, routeKey } from './alb-routes.ts';
import type { Controller } from './controller.ts';
import { type Condition, create, ensure, isTrue, setStatus, withCondition } from './keep.ts';
import { hasImage, isWorking } from './operators.ts';
import { deploymentKey } from './workloads/deployments.ts';

const group = 'gateway.networking.k8s.io';
const classKey = `gatewayclasses.${group}`;
const definitionKey = 'customresourcedefinitions.apiextensions.k8s.io';
const controllerImage = /application-lb\/images\/alb-controller(?!-)/;
const controllerName = 'alb.networking.azure.io/alb-controller';
const manager = 'alb-controller';

const albClass = 'azure-alb-external';

/**
 * The ALB controller, as far as somebody waits for it: it brings its kinds and its class, and programs Gateways and HTTPRoutes while
 * its deployment works. Of a Gateway's load balancer it asks Azure whether there is one.
 */
export function albController(cluster: Cluster): Controller {
  const everything = () => [
    'start',
    ...[classKey, gatewayKey, routeKey].flatMap(key =>
      cluster.store.list(key).map(({ metadata }) => `${key}|${metadata.namespace ?? ''}|${metadata.name}`),
    ),
  ];
  const watched = [classKey, gatewayKey, routeKey, grantKey, definitionKey, 'services', 'namespaces', 'secrets'];
  return {
    name: 'alb-controller',
    keysFor: ({ key, kind, object }: Change) => {
      if (key === deploymentKey) return hasImage(object, controllerImage) ? everything() : [];
      if (
        !watched.includes(key) ||
        cluster.store.list(classKey).length + cluster.store.list(definitionKey).length === 0
      ) {
        return [];
      }
      // What a secret or a service holds does not matter, but whether it is there.
      if (['secrets', 'services', 'namespaces'].includes(key) && kind === 'MODIFIED') return [];
      return everything();
    },
    reconcile: (place, { later, isRipe }) => {
      if (!isWorking(cluster, controllerImage)) return;
      if (place === 'start') return start(cluster);
      const [key = '', namespace = '', name = ''] = place.split('|');
      const object = cluster.store.get(key, namespace === '' ? undefined : namespace, name);
      if (object === undefined || object.metadata.deletionTimestamp !== undefined) return;
      const pause = `${key}|${namespace}|${name}|${object.metadata.uid}`;
      if (key === gatewayKey && !isTrue(object, 'Programmed') && !isRipe(pause)) {
        return later(cluster.durations.operatorMs, pause);
      }
      if (key === classKey) acceptClass(cluster, object);
      else if (key === gatewayKey) program(cluster, object);
      else takeRoute(cluster, object);
    },
  };
}

/** What its pods do before the controller itself runs. */
function start(cluster: Cluster): void {
  const brings = cluster.store
    .list(deploymentKey)
    .filter(deployment => hasImage(deployment, controllerImage))
    .flatMap(deployment => objects(at(deployment, 'spec', 'template', 'spec')['initContainers']))
    .some(({ args }) => strings(args).includes('--install-gateway-api-crds=true'));
  for (const kind of [...ownKinds, ...(brings ? gatewayKinds : [])]) {
    const definition = definitionOf(kind);
    if (cluster.store.get(definitionKey, undefined, definition.metadata.name) === undefined) {
      create(cluster, definitionKey, definition, manager);
    }
  }
  const isServed = cluster.types.byKey(classKey) !== undefined;
  if (!isServed || cluster.store.get(classKey, undefined, albClass) !== undefined) return;
  ensure(
    cluster,
    classKey,
    { apiVersion: `${group}/v1`, kind: 'GatewayClass', metadata: { name: albClass }, spec: { controllerName } },
    manager,
  );
}

function acceptClass(cluster: Cluster, gatewayClass: KubeObject): void {
  if (at(gatewayClass, 'spec')['controllerName'] !== controllerName) return;
  say(cluster, classKey, gatewayClass, [
    { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'Valid GatewayClass' },
  ]);
}

function isMine(gateway: KubeObject): boolean {
  return at(gateway, 'spec')['gatewayClassName'] === albClass;
}

function program(cluster: Cluster, gateway: KubeObject): void {
  if (!isMine(gateway)) return;
  const spec = at(gateway, 'spec');
  const id = gateway.metadata.annotations?.['alb.networking.azure.io/alb-id'];
  const frontend = objects(spec['addresses']).find(({ type }) => type === 'alb.networking.azure.io/alb-frontend');
  const fqdn = id === undefined ? undefined : cluster.outside.frontend(id, text(frontend?.['value']) ?? '');
  if (fqdn === undefined) {
    const message = `No frontend ${frontend?.['value'] ?? ''} of ${id ?? 'a load balancer'} was found`;
    say(cluster, gatewayKey, gateway, [
      { type: 'Accepted', status: 'False', reason: 'Invalid', message },
      { type: 'Programmed', status: 'False', reason: 'Invalid', message },
    ]);
    return;
  }
  const listeners = objects(spec['listeners']).map(listener => listenerState(cluster, gateway, listener));
  const broken = listeners.find(({ missing }) => missing !== undefined);
  const programmed: Condition =
    broken === undefined
      ? {
          type: 'Programmed',
          status: 'True',
          reason: 'Programmed',
          message: 'Application Gateway For Containers resource has been successfully updated.',
        }
      : { type: 'Programmed', status: 'False', reason: 'ListenersNotValid', message: broken.missing ?? '' };
  say(
    cluster,
    gatewayKey,
    gateway,
    [{ type: 'Accepted', status: 'True', reason: 'Accepted', message: 'Valid Gateway' }, programmed],
    { addresses: [{ type: 'Hostname', value: fqdn }], listeners: listeners.map(({ status }) => status) },
  );
}

function listenerState(
  cluster: Cluster,
  gateway: KubeObject,
  listener: Readonly<Fields>,
): { readonly status: Fields; readonly missing: string | undefined } {
  const namespace = gateway.metadata.namespace;
  const missing = objects(at(listener, 'tls')['certificateRefs']).find(
    ({ name }) => cluster.store.get('secrets', namespace, String(name)) === undefined,
  );
  const problem =
    missing === undefined
      ? undefined
      : `Secret ${namespace}/${missing['name']} of listener ${listener['name']} not found`;
  const routes = cluster.store
    .list(routeKey)
    .filter(route =>
      parentsOf(cluster, route, one => one === gateway).some(
        ({ parentRef, conditions }) =>
          [undefined, listener['name']].includes(parentRef['sectionName']) &&
          conditions.some(({ type, status }) => type === 'Accepted' && status === 'True'),
      ),
    );
  const conditions: readonly Condition[] = [
    problem === undefined
      ? { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs', message: '' }
      : { type: 'ResolvedRefs', status: 'False', reason: 'InvalidCertificateRef', message: problem },
    { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'Listener is Accepted' },
  ];
  return {
    missing: problem,
    status: {
      name: listener['name'],
      attachedRoutes: routes.length,
      supportedKinds: [{ group, kind: 'HTTPRoute' }],
      conditions: conditionsOver(cluster, gateway, undefined, conditions),
    },
  };
}

function takeRoute(cluster: Cluster, route: KubeObject): void {
  const before = objects(at(route, 'status')['parents']);
  const parents = parentsOf(cluster, route, isMine).map(({ parentRef, conditions }) => {
    const known = before.find(one => JSON.stringify(one['parentRef']) === JSON.stringify(parentRef));
    return {
      controllerName,
      parentRef,
      conditions: conditionsOver(cluster, route, known?.['conditions'], conditions),
    };
  });
  setStatus(cluster, routeKey, route, { parents }, manager);
}

function say(
  cluster: Cluster,
  key: string,
  object: KubeObject,
  conditions: readonly Condition[],
  more: Readonly<Fields> = {},
): void {
  const status = at(object, 'status');
  const next = conditionsOver(cluster, object, status['conditions'], conditions);
  setStatus(cluster, key, object, { ...status, ...more, conditions: next }, manager);
}

function conditionsOver(
  cluster: Cluster,
  object: KubeObject,
  before: unknown,
  conditions: readonly Condition[],
): readonly Fields[] {
  const observedGeneration = object.metadata.generation ?? 1;
  return conditions.reduce<readonly Fields[]>(
    (all, one) => withCondition(all, one, cluster.clock.now(), { observedGeneration }),
    objects(before),
  );
}
