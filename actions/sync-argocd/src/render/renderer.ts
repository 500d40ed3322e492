import { repositoryKey } from '@suite/argocd';
import { asObject, isObject, mapInParallel } from '@suite/foundation';
import { identityOf, type KubernetesObject, refOf, titleOf } from '@suite/kubernetes';
import { isApplication, isApplicationSet, readApplication, textMap } from './application.ts';
import { fateOf } from './hooks.ts';
import { createLimit } from './limit.ts';
import type { Capabilities, Checkout, ClusterFacts, Origin, RenderedApplication, Rendering } from './model.ts';
import { NotRendered } from './not-rendered.ts';
import { placed, scopesOf } from './placed.ts';
import type { HelmRenderer, Kustomize } from './ports.ts';
import { type Place, renderSource, type SourceContext } from './render-source.ts';
import { expandSet } from './sets/expand.ts';
import { readSource } from './source.ts';
import { openTree, type Tree } from './tree.ts';

export interface RenderTools {
  readonly helm: HelmRenderer;
  /** Undefined where the runner has neither `kustomize` nor `kubectl`. */
  readonly kustomize: Kustomize | undefined;
  readonly capabilities: Capabilities;
  /** A folder of ours, for what stands for a moment only. */
  readonly temp: string;
  /** Programs that run at the same time. */
  readonly atOnce: number;
}

export interface RenderRequest {
  /** Applications and ApplicationSets as Argo CD has them. */
  readonly roots: readonly KubernetesObject[];
  readonly checkouts: readonly Checkout[];
  readonly clusters: readonly ClusterFacts[];
}

export interface Renderer {
  /** Writes nothing but below `temp`. What cannot be rendered is in the result with its reason; only defects are thrown. */
  render(request: RenderRequest): Promise<Rendering>;
}

const deepest = 8;
const mostApplications = 5000;
/** Applications whose files are read at the same time. */
const readAtOnce = 16;

/**
 * Makes the manifests that Argo CD would make, without it. One renderer for base and head: what is made of the same is made once.
 */
export function createRenderer({ helm, kustomize, capabilities, temp, atOnce }: RenderTools): Renderer {
  const context: SourceContext = {
    helm,
    kustomize,
    capabilities,
    temp,
    limit: createLimit(atOnce),
    pulled: new Map(),
    rendered: new Map(),
  };
  return {
    render: async ({ roots, checkouts, clusters }) => {
      const places = await Promise.all(
        checkouts.map(async checkout => ({ checkout, tree: await openTree(checkout.folder) })),
      );
      return renderAll(roots, clusters, context, (repository, revision) => findPlace(places, repository, revision));
    },
  };
}

type FindPlace = (repository: string, revision: string) => Place;

interface Waiting {
  readonly object: KubernetesObject;
  readonly origin: Origin;
}

async function renderAll(
  roots: readonly KubernetesObject[],
  clusters: readonly ClusterFacts[],
  context: SourceContext,
  find: FindPlace,
): Promise<Rendering> {
  const applications: RenderedApplication[] = [];
  const problems: { subject: string; reason: string }[] = [];
  const seen = new Set<string>();
  let waiting: readonly Waiting[] = roots.map(object => ({ object, origin: { is: 'given' } as const }));
  for (let depth = 0; waiting.length > 0; depth++) {
    const fresh = waiting.filter(({ object }) => {
      const identity = identityOf(refOf(object));
      const isNew = !seen.has(identity);
      seen.add(identity);
      return isNew;
    });
    if (fresh.length === 0) break;
    if (depth > deepest || seen.size > mostApplications) {
      const subject = titleOf(refOf((fresh[0] as Waiting).object));
      const reason =
        depth > deepest
          ? `It comes from more than ${deepest} Applications within each other.`
          : `There are more than ${mostApplications} Applications.`;
      problems.push({ subject, reason });
      break;
    }
    const found = await mapInParallel(fresh, readAtOnce, one => look(one, clusters, context, find));
    applications.push(...found.flatMap(({ application }) => application ?? []));
    problems.push(...found.flatMap(({ problem }) => problem ?? []));
    waiting = found.flatMap(({ children }) => children);
  }
  return { applications, problems };
}

interface Looked {
  readonly application?: RenderedApplication;
  readonly problem?: { readonly subject: string; readonly reason: string };
  readonly children: readonly Waiting[];
}

async function look(
  { object, origin }: Waiting,
  clusters: readonly ClusterFacts[],
  context: SourceContext,
  find: FindPlace,
): Promise<Looked> {
  if (!isApplicationSet(object)) {
    const application = await renderApplication(object, origin, context, find);
    const children = application.objects
      .filter(one => isApplication(one) || isApplicationSet(one))
      .map(child => ({ object: child, origin: { is: 'application', name: object.metadata.name } as const }));
    return { application, children };
  }
  try {
    const treeOf = (repository: string, revision: string): Tree => find(repository, revision).tree;
    const made = await expandSet(object, { clusters, treeOf });
    const own = { is: 'set', name: object.metadata.name } as const;
    return { children: made.map(child => ({ object: child, origin: own })) };
  } catch (error) {
    if (!(error instanceof NotRendered)) throw error;
    return { problem: { subject: titleOf(refOf(object)), reason: error.message }, children: [] };
  }
}

async function renderApplication(
  object: KubernetesObject,
  origin: Origin,
  context: SourceContext,
  find: FindPlace,
): Promise<RenderedApplication> {
  const application = readApplication(object);
  const nothing = { application, origin, objects: [], hooks: [], warnings: [] };
  try {
    if (application.sources.length === 0)
      throw new NotRendered('It has no source that is read here, such as `sourceHydrator`.');
    const found = await renderSources(application, context, find);
    const isNamespaced = scopesOf(found, context.capabilities);
    const all = found.map(one => placed(one, application.destination.namespace, isNamespaced));
    const { objects, repeated } = withoutRepeated(all.filter(one => fateOf(one).is === 'applied'));
    const hooks = all.flatMap(one => {
      const fate = fateOf(one);
      return fate.is === 'hook' ? [{ object: one, phases: fate.phases }] : [];
    });
    const namespace = madeNamespace(application, objects);
    return {
      application,
      origin,
      objects,
      hooks,
      ...(namespace === undefined ? {} : { namespace }),
      warnings: repeated.map(title => `${title} is rendered more than once; Argo CD applies the last one.`),
    };
  } catch (error) {
    if (!(error instanceof NotRendered)) throw error;
    return { ...nothing, problem: error.message };
  }
}

function madeNamespace(
  { syncOptions, destination, object }: Application,
  objects: readonly KubernetesObject[],
): KubernetesObject | undefined {
  if (!syncOptions.includes('CreateNamespace=true') || destination.namespace === '') return undefined;
  const { labels, annotations } = asObject(
    asObject(asObject(object['spec'])['syncPolicy'])['managedNamespaceMetadata'],
  );
  const namespace: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: destination.namespace,
      ...(isObject(labels) ? { labels: textMap(labels) } : {}),
      ...(isObject(annotations) ? { annotations: textMap(annotations) } : {}),
    },
  };
  const identity = identityOf(refOf(namespace));
  return objects.some(one => identityOf(refOf(one)) === identity) ? undefined : namespace;
}

async function renderSources(
  application: Application,
  context: SourceContext,
  find: FindPlace,
): Promise<readonly KubernetesObject[]> {
  const sources = application.sources.map(raw => ({ raw, source: readSource(raw) }));
  const placeOf = ({ chart, repository, revision }: (typeof sources)[number]['source']) =>
    chart === undefined ? find(repository, revision) : undefined;
  const refs = new Map(
    sources.flatMap(({ source }) => {
      const place = source.ref === undefined ? undefined : placeOf(source);
      return source.ref === undefined || place === undefined ? [] : [[source.ref, place.tree] as const];
    }),
  );
  // A source that is only there to be referred to renders nothing.
  const rendering = sources.filter(
    ({ source: { ref, path, chart } }) => ref === undefined || path !== undefined || chart !== undefined,
  );
  const all = await Promise.all(
    rendering.map(({ raw, source }) => renderSource(application, raw, placeOf(source), refs, context)),
  );
  return all.flat();
}

type Application = RenderedApplication['application'];

function withoutRepeated(objects: readonly KubernetesObject[]): {
  readonly objects: readonly KubernetesObject[];
  readonly repeated: readonly string[];
} {
  const last = new Map<string, KubernetesObject>();
  const repeated = new Set<string>();
  for (const object of objects) {
    const identity = identityOf(refOf(object));
    if (last.has(identity)) repeated.add(titleOf(refOf(object)));
    last.set(identity, object);
  }
  return { objects: [...last.values()], repeated: [...repeated] };
}

/** The checkout that a source means. What is pinned to another revision is not what a plan of this one is about. */
function findPlace(
  places: readonly { readonly checkout: Checkout; readonly tree: Tree }[],
  repository: string,
  revision: string,
): Place {
  const same = places.filter(({ checkout }) => repositoryKey(checkout.repository) === repositoryKey(repository));
  const [first] = same;
  if (first === undefined) throw new NotRendered(`The repository \`${repository}\` is not the one that is planned.`);
  const short = revision.replace(/^refs\/(?:heads|tags)\//, '');
  const found = same.find(
    ({ checkout: { names, commit } }) =>
      short === '' ||
      short === 'HEAD' ||
      names.includes(short) ||
      (/^[0-9a-f]{7,40}$/.test(short) && commit.startsWith(short)),
  );
  if (found === undefined) {
    throw new NotRendered(`It is pinned to \`${revision}\` of \`${repository}\`, and not to what is planned.`);
  }
  return { tree: found.tree, commit: found.checkout.commit };
}
