import { asObject, type JsonObject, UserError } from '@suite/foundation';
import { type PulledChart, parseKubernetesYaml } from '@suite/helm';
import type { KubernetesObject } from '@suite/kubernetes';
import { renderDirectory } from './directory.ts';
import { readObjects } from './documents.ts';
import type { BuildEnvironment } from './environment.ts';
import { type HelmContext, prepareHelm } from './helm-source.ts';
import { kustomizationNames } from './kustomization.ts';
import { prepareKustomize } from './kustomize-source.ts';
import type { Limit } from './limit.ts';
import { mergePatch } from './merge.ts';
import type { Application, Capabilities } from './model.ts';
import { NotRendered } from './not-rendered.ts';
import type { HelmRenderer, Kustomize } from './ports.ts';
import { readSource, type Source } from './source.ts';
import type { Tree } from './tree.ts';

export interface SourceContext {
  readonly helm: HelmRenderer;
  /** Undefined where the runner has none. */
  readonly kustomize: Kustomize | undefined;
  readonly capabilities: Capabilities;
  readonly temp: string;
  readonly limit: Limit;
  readonly pulled: Map<string, Promise<PulledChart>>;
  /** What was rendered before, by what it was made of. */
  readonly rendered: Map<string, Promise<readonly KubernetesObject[]>>;
}

/** The checkout of a source, with the commit that it is at. */
export interface Place {
  readonly tree: Tree;
  readonly commit: string;
}

/** What one source gives. `refs`: checkouts by the `ref` of other sources. Throws NotRendered. */
export async function renderSource(
  application: Application,
  raw: JsonObject,
  place: Place | undefined,
  refs: ReadonlyMap<string, Tree>,
  context: SourceContext,
): Promise<readonly KubernetesObject[]> {
  const asked = readSource(raw);
  if (asked.chart !== undefined) {
    if (asked.kind !== undefined && asked.kind !== 'helm')
      throw new NotRendered(`A chart is said to be ${asked.kind}.`);
    return renderHelm(application, asked, undefined, undefined, refs, context);
  }
  if (place === undefined) throw new NotRendered(`The repository \`${asked.repository}\` is not at hand.`);
  const folder = await place.tree.folder(asked.path ?? '.');
  const source = await withOverrides(application, raw, folder, place.tree);
  const kind = source.kind ?? (await discover(folder, place.tree));
  switch (kind) {
    case 'plugin':
      throw new NotRendered('A config management plugin makes its manifests, and runs in Argo CD alone.');
    case 'directory':
      return renderDirectory(folder, source.directory, place.tree);
    case 'helm':
      return renderHelm(application, source, folder, place, refs, context);
    case 'kustomize': {
      const { kustomize, temp } = context;
      if (kustomize === undefined) {
        throw new NotRendered('Neither `kustomize` nor `kubectl` is on the PATH of this runner.');
      }
      const environment = environmentOf(application, source, place.commit);
      const build = await prepareKustomize(folder, source.kustomize, environment, {
        tree: place.tree,
        kustomize,
        temp,
      });
      return once(build, `Kustomize's output for \`${place.tree.nameOf(folder)}\``, context);
    }
  }
}

async function renderHelm(
  application: Application,
  source: Source,
  folder: string | undefined,
  place: Place | undefined,
  refs: ReadonlyMap<string, Tree>,
  context: SourceContext,
): Promise<readonly KubernetesObject[]> {
  const environment = environmentOf(application, source, place?.commit ?? source.revision);
  const trees = { own: place?.tree, refs };
  const { helm, capabilities, temp, pulled } = context;
  const helmContext: HelmContext = { helm, capabilities, temp, pulled, trees };
  const build = await prepareHelm(application, source, folder, environment, helmContext);
  const name = source.chart ?? (folder === undefined ? '' : place?.tree.nameOf(folder));
  return once(build, `The chart ${name}`, context);
}

/** Runs a build, unless the same was built before. */
async function once(
  { key, run }: { readonly key: string | undefined; run(): Promise<string> },
  where: string,
  { limit, rendered }: Pick<SourceContext, 'limit' | 'rendered'>,
): Promise<readonly KubernetesObject[]> {
  const build = async () => readObjects(await limit(run), where);
  if (key === undefined) return build();
  const known = rendered.get(key) ?? build();
  rendered.set(key, known);
  return known;
}

/** Argo CD lays these files over the source, and takes the place of the source from none (argo-cd 3.6 repository.go, `mergeSourceParameters`). */
async function withOverrides(application: Application, raw: JsonObject, folder: string, tree: Tree): Promise<Source> {
  let merged: unknown = raw;
  for (const name of ['.argocd-source.yaml', `.argocd-source-${application.name}.yaml`]) {
    const file = await tree.find(folder, name);
    if (file === undefined) continue;
    try {
      merged = mergePatch(merged, parseKubernetesYaml(await tree.text(file)));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new NotRendered(`\`${tree.nameOf(file)}\` is no valid YAML: ${error.message}`);
    }
  }
  const { chart, path, repoURL, targetRevision } = raw;
  return readSource({ ...asObject(merged), chart, path, repoURL, targetRevision });
}

/** A folder with both is one for Kustomize: Argo CD takes what comes last by its name. */
async function discover(folder: string, tree: Tree): Promise<'helm' | 'kustomize' | 'directory'> {
  const names = (await tree.files(folder, { isDeep: false })).map(({ path }) => path);
  if (names.some(name => kustomizationNames.some(one => one === name))) return 'kustomize';
  return names.some(name => name.endsWith('Chart.yaml')) ? 'helm' : 'directory';
}

function environmentOf(application: Application, source: Source, revision: string): BuildEnvironment {
  return {
    ARGOCD_APP_NAME: application.name,
    ARGOCD_APP_NAMESPACE: application.destination.namespace,
    ARGOCD_APP_PROJECT_NAME: application.project,
    ARGOCD_APP_REVISION: revision,
    ARGOCD_APP_REVISION_SHORT: revision.slice(0, 7),
    ARGOCD_APP_REVISION_SHORT_8: revision.slice(0, 8),
    ARGOCD_APP_SOURCE_REPO_URL: source.repository,
    ARGOCD_APP_SOURCE_PATH: source.path ?? '',
    ARGOCD_APP_SOURCE_TARGET_REVISION: source.revision,
  };
}
