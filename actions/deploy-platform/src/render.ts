import { asArray, asBoolean, asObject, asString, mapInParallel } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import { aboutRelease } from './chart-refusal.ts';
import { allNeeds, schedule } from './graph.ts';
import type { Helm, PulledChart, RenderedHook, RenderedObject } from './ports.ts';
import type { Release } from './release.ts';

/** What the charts are rendered for. */
export interface Capabilities {
  /** `1.34.4` */
  readonly kubeVersion: string;
  /** `apps/v1`, `apps/v1/Deployment`: what the API server serves now. */
  readonly apiVersions: readonly string[];
  /** Undefined when the kind is not served. */
  readonly isNamespaced: (apiVersion: string, kind: string) => boolean | undefined;
}

export interface RenderedRelease {
  readonly release: Release;
  readonly chart: PulledChart;
  /** Every object with the namespace that it goes to. */
  readonly objects: readonly RenderedObject[];
  readonly hooks: readonly RenderedHook[];
}

/** Helm starts anew for each chart and uses one core while it renders. */
const atOnce = 3;
const never = new AbortController().signal;

/**
 * Renders all releases with what the cluster serves and, for each, what the releases that it needs will bring: a chart that
 * leaves out its monitors where their kind is unknown has them in the plan of the first apply already. Each release comes after
 * all that it needs. Throws ChartRefusal for what a chart says against it.
 */
export async function renderReleases(
  releases: readonly Release[],
  capabilities: Capabilities,
  helm: Pick<Helm, 'pull' | 'render'>,
  installed: ReadonlySet<string>,
): Promise<readonly RenderedRelease[]> {
  const known = new Set(capabilities.apiVersions);
  const charts = new Map(
    await mapInParallel(
      releases,
      atOnce,
      async release => [release.name, await aboutRelease(release, helm.pull(release.chart))] as const,
    ),
  );
  const render = async (release: Release, brought: readonly string[]): Promise<RenderedRelease> => {
    const chart = charts.get(release.name);
    if (chart === undefined) throw new Error(`The chart of ${release.name} was not pulled.`);
    const rendering = helm.render({
      chart,
      release: release.name,
      namespace: release.namespace,
      values: release.values,
      kubeVersion: capabilities.kubeVersion,
      apiVersions: [...capabilities.apiVersions, ...brought],
      // A chart that looks up what it once made up may refuse to render an upgrade without a cluster to ask, as here (Bitnami's do).
      isUpgrade: installed.has(release.name) && release.madeUp === undefined,
    });
    const manifests = await aboutRelease(release, rendering);
    return { release, chart, ...manifests };
  };
  // Where all that a release needs is installed, the kinds of those are served by now, most likely: it need not wait for them.
  const early = new Map(
    await mapInParallel(
      releases.filter(({ name }) => [...allNeeds(name, releases)].every(need => installed.has(need))),
      atOnce,
      // What a chart says against it holds only once it has all that it needs.
      async release => [release.name, await render(release, []).catch(() => undefined)] as const,
    ),
  );
  const byName = new Map<string, RenderedRelease>();
  // What a release brings may depend on what others bring to it, so it is rendered once they are.
  const runs = await schedule(releases, { limit: atOnce, now: () => 0, signal: never }, async release => {
    const kinds = [...allNeeds(release.name, releases)].flatMap(need => definedKinds(byName.get(need)));
    const brought = kinds.filter(kind => !known.has(kind));
    const rendered = (brought.length === 0 ? early.get(release.name) : undefined) ?? (await render(release, brought));
    byName.set(release.name, rendered);
    return rendered;
  });
  for (const run of runs) {
    if (run.result === 'failed') throw run.error;
  }
  return inTheirNamespaces(
    runs.flatMap(run => (run.result === 'done' ? [run.value] : [])),
    capabilities,
  );
}

/** Helm's manifests, in which objects of a release's own namespace may name none. */
export function inTheirNamespaces(
  rendered: readonly RenderedRelease[],
  capabilities: Pick<Capabilities, 'isNamespaced'>,
): readonly RenderedRelease[] {
  const scopes = scopesOf(rendered, capabilities);
  return rendered.map(one => ({
    ...one,
    objects: one.objects.map(known => ({ ...known, object: placed(known.object, one.release.namespace, scopes) })),
    hooks: one.hooks.map(hook => ({ ...hook, object: placed(hook.object, one.release.namespace, scopes) })),
  }));
}

/** `monitoring.coreos.com/v1`, `monitoring.coreos.com/v1/ServiceMonitor`: what the definitions of a release bring. */
function definedKinds(rendered: Pick<RenderedRelease, 'objects'> | undefined): string[] {
  const all = (rendered?.objects ?? []).flatMap(({ object }) =>
    definitionsOf(object).flatMap(({ apiVersion, kind }) => [apiVersion, `${apiVersion}/${kind}`]),
  );
  return [...new Set(all)];
}

interface Definition {
  readonly apiVersion: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
}

/** The kinds that a CustomResourceDefinition makes served. Nothing of any other object. */
export function definitionsOf(object: KubernetesObject): Definition[] {
  if (object.kind !== 'CustomResourceDefinition') return [];
  const spec = asObject(object['spec']);
  const kind = asString(asObject(spec['names'])['kind']) ?? '';
  return asArray(spec['versions'])
    .map(asObject)
    .filter(version => asBoolean(version['served']) !== false)
    .map(version => ({
      apiVersion: `${asString(spec['group'])}/${asString(version['name'])}`,
      kind,
      isNamespaced: spec['scope'] === 'Namespaced',
    }));
}

type Scopes = (apiVersion: string, kind: string) => boolean;

function scopesOf(
  rendered: readonly Pick<RenderedRelease, 'objects'>[],
  { isNamespaced }: Pick<Capabilities, 'isNamespaced'>,
): Scopes {
  const defined = new Map(
    rendered
      .flatMap(({ objects }) => objects.flatMap(({ object }) => definitionsOf(object)))
      .map(definition => [`${definition.apiVersion}/${definition.kind}`, definition.isNamespaced]),
  );
  return (apiVersion, kind) =>
    isNamespaced(apiVersion, kind) ?? defined.get(`${apiVersion}/${kind}`) ?? !clusterKinds.has(kind);
}

/** Kinds of the whole cluster that charts bring, for plans of a cluster that is not there yet. */
const clusterKinds: ReadonlySet<string> = new Set([
  'APIService',
  'ClusterIssuer',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'GatewayClass',
  'IngressClass',
  'MutatingWebhookConfiguration',
  'Namespace',
  'PersistentVolume',
  'PriorityClass',
  'RuntimeClass',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
]);

function placed(object: KubernetesObject, namespace: string, isNamespaced: Scopes): KubernetesObject {
  const { namespace: named, ...metadata } = object.metadata;
  if (!isNamespaced(object.apiVersion, object.kind)) return { ...object, metadata };
  return { ...object, metadata: { ...metadata, namespace: named ?? namespace } };
}
