import type { Check } from '@suite/change-report';
import { asArray, asNumber, asObject, asString, type JsonObject } from '@suite/foundation';
import { type FailedWebhook, groupOf, identityOf, type KubernetesObject, refOf, selects } from '@suite/kubernetes';
import { isWebhookConfiguration } from '@suite/kubernetes/compare';
import { isWorkload } from '@suite/kubernetes/workloads';
import { code, finding, named, reason, some } from './checks/finding.ts';
import { allNeeds } from './graph.ts';
import type { Observed } from './observe.ts';
import type { RenderedObject } from './ports.ts';
import type { Release } from './release.ts';
import type { RenderedRelease } from './render.ts';

type Rendered = Pick<RenderedRelease, 'objects'> & { readonly release: Pick<Release, 'name'> };

/** Who answers for a webhook. */
export interface WebhookServer {
  readonly release: string;
  /** With what; none where its pods are made by something else. */
  readonly workloads: readonly RenderedObject[];
}

/** Finds the release that serves a webhook: its chart brings the webhook, or the Service that answers for it. */
export type FindServer = (webhook: Pick<FailedWebhook, 'name' | 'service'>) => WebhookServer | undefined;

interface Name {
  readonly namespace: string;
  readonly name: string;
}

interface Webhook {
  readonly name: string;
  readonly configuration: KubernetesObject;
  readonly service: Name | undefined;
  /** The API server takes nothing that it could not ask about. */
  readonly isDemanded: boolean;
  readonly rules: readonly JsonObject[];
}

export function findServerAmong(rendered: readonly Rendered[]): FindServer {
  return ({ name, service }) => {
    for (const { release, objects } of rendered) {
      const brought = webhooksOf(objects).find(webhook => webhook.name === name);
      const answering = service ?? brought?.service;
      const isServed = answering !== undefined && serviceAmong(objects, answering) !== undefined;
      if (brought !== undefined || isServed) {
        return { release: release.name, workloads: answering === undefined ? [] : workloadsOf(objects, answering) };
      }
    }
    return undefined;
  };
}

/**
 * Releases that change while a webhook that guards objects of theirs has no pod that is ready. The API server refuses those objects
 * until one is: the apply waits for that, where what is applied brings it.
 */
export function silentWebhookChecks(
  releases: readonly { readonly rendered: RenderedRelease | undefined; readonly action: string }[],
  { live }: Observed,
): Check[] {
  const all = releases.flatMap(({ rendered }) => rendered ?? []);
  const silent = all.flatMap(({ release, objects }) =>
    webhooksOf(objects)
      .filter(({ configuration, service, isDemanded }) => {
        const servers = service === undefined ? [] : workloadsOf(objects, service);
        const isLive = live.has(identityOf(refOf(configuration)));
        const isDown = servers.every(({ object }) => readyPods(live.get(identityOf(refOf(object)))) === 0);
        return isDemanded && isLive && servers.length > 0 && isDown;
      })
      .map(webhook => ({ ...webhook, server: release.name })),
  );
  return releases.flatMap(({ rendered, action }) => {
    if (rendered === undefined || action === 'none') return [];
    const { release, objects } = rendered;
    const needs = allNeeds(
      release.name,
      all.map(one => one.release),
    );
    return silent.flatMap(webhook => {
      const guarded = objects.filter(({ object }) => webhook.rules.some(rule => isUnder(object, rule)));
      if (guarded.length === 0) return [];
      const isOwn = webhook.server === release.name;
      const how = isOwn
        ? 'The apply upgrades what answers for it first, waits until it does, and then applies the rest.'
        : needs.has(webhook.server)
          ? `The apply comes to them once ${code(webhook.server)} is ready.`
          : `${code(release.name)} does not wait for ${code(webhook.server)}, and may be refused.`;
      return [
        finding(release, `webhook-${webhook.name}`, {
          name: 'The webhooks that guard it answer',
          status: 'warning',
          message: `The webhook ${code(webhook.name)} of ${code(webhook.server)} has no pod that is ready, and guards ${some(guarded.map(({ object }) => named(object)))}. ${how}`,
          ...(isOwn || needs.has(webhook.server)
            ? {}
            : {
                remedy: `Name ${code(webhook.server)} under ${code('needs')} of ${code(release.setting)}, or apply this once more when it is ready.`,
              }),
        }),
      ];
    });
  });
}

/** A clause that says who does not answer, and how one knows. */
export function describeSilence({ name, reason: why }: FailedWebhook): string {
  return `the webhook ${code(name)} does not answer (${reason(why)})`;
}

function webhooksOf(objects: readonly RenderedObject[]): Webhook[] {
  return objects
    .filter(({ object }) => isWebhookConfiguration(object))
    .flatMap(({ object: configuration }) =>
      asArray(configuration['webhooks'])
        .map(asObject)
        .map(webhook => {
          const { namespace, name } = asObject(asObject(webhook['clientConfig'])['service']);
          const [place, service] = [asString(namespace), asString(name)];
          return {
            name: asString(webhook['name']) ?? '',
            configuration,
            service: place === undefined || service === undefined ? undefined : { namespace: place, name: service },
            isDemanded: webhook['failurePolicy'] !== 'Ignore',
            rules: asArray(webhook['rules']).map(asObject),
          };
        }),
    );
}

function serviceAmong(objects: readonly RenderedObject[], { namespace, name }: Name): KubernetesObject | undefined {
  return objects.find(
    ({ object: { kind, metadata } }) =>
      kind === 'Service' && metadata.namespace === namespace && metadata.name === name,
  )?.object;
}

/** What a Service sends to. */
function workloadsOf(objects: readonly RenderedObject[], service: Name): readonly RenderedObject[] {
  const selector = asObject(asObject(serviceAmong(objects, service)?.['spec'])['selector']);
  if (Object.keys(selector).length === 0) return [];
  return objects.filter(({ object }) => {
    const template = asObject(asObject(asObject(object['spec'])['template'])['metadata']);
    return (
      isWorkload(object) &&
      object.metadata.namespace === service.namespace &&
      selects({ matchLabels: selector }, asObject(template['labels']))
    );
  });
}

/** Of one that is not there: none. */
function readyPods(workload: KubernetesObject | undefined): number {
  const { readyReplicas, numberReady } = asObject(workload?.['status']);
  return asNumber(readyReplicas) ?? asNumber(numberReady) ?? 0;
}

/** Whether a rule of a webhook holds when the object is made or changed. Selectors of namespaces and objects are left out. */
function isUnder({ apiVersion, kind }: KubernetesObject, rule: JsonObject): boolean {
  const names = (list: string, ...wanted: readonly string[]) =>
    asArray(rule[list]).some(one => one === '*' || wanted.includes(asString(one) ?? ''));
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  return (
    names('operations', 'CREATE', 'UPDATE') &&
    names('apiGroups', groupOf(apiVersion)) &&
    names('apiVersions', version) &&
    names('resources', pluralOf(kind), '*/*')
  );
}

/** As Kubernetes guesses it (k8s.io/apimachinery, meta.UnsafeGuessKindToResource). */
function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (name.endsWith('s')) return `${name}es`;
  return name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`;
}
