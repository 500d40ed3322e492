import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { asObject, canonicalJson, isObject, type JsonObject, term, UserError } from '@suite/foundation';
import { type ChartSource, type PulledChart, parseKubernetesYaml, type RenderOptions } from '@suite/helm';
import { type BuildEnvironment, substitute } from './environment.ts';
import { createGlob } from './glob.ts';
import type { Application, Capabilities } from './model.ts';
import { NotRendered } from './not-rendered.ts';
import type { HelmRenderer } from './ports.ts';
import type { HelmSettings, Source } from './source.ts';
import type { Tree } from './tree.ts';

export interface HelmBuild {
  readonly key: string | undefined;
  run(): Promise<string>;
}

/** Helm's own rule (chart/common/util/validate_name). What begins with a dash would be an option. */
const releaseName = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const chartName = /^[A-Za-z0-9][\w.-]*(?:\/[A-Za-z0-9][\w.-]*)*$/;

export interface HelmContext {
  readonly helm: HelmRenderer;
  readonly capabilities: Capabilities;
  /** Files that value files are in: the checkout of the source, and those of other sources by their `ref`. */
  readonly trees: { readonly own: Tree | undefined; readonly refs: ReadonlyMap<string, Tree> };
  /** A folder of ours. */
  readonly temp: string;
  /** A chart that was pulled before is not pulled again. */
  readonly pulled: Map<string, Promise<PulledChart>>;
}

/**
 * What Argo CD asks Helm for (argo-cd 3.6 reposerver/repository/repository.go, `helmTemplate`; util/helm/cmd.go, `template`). `folder`
 * is that of the chart in the checkout, undefined for one that is pulled. Throws NotRendered.
 */
export async function prepareHelm(
  application: Application,
  source: Source,
  folder: string | undefined,
  environment: BuildEnvironment,
  context: HelmContext,
): Promise<HelmBuild> {
  const { helm: settings } = source;
  const { capabilities, trees, helm } = context;
  const release = settings.releaseName ?? application.name;
  if (!releaseName.test(release) || release.length > 53)
    throw new NotRendered(`\`${term(release)}\` is no name for a release of Helm.`);
  const from = folder ?? '';
  const files = await resolveValueFiles(settings, from, environment, trees);
  const fileParameters = await Promise.all(
    settings.fileParameters.map(async ({ name, path }) => {
      const { full } = await demandFile(path, from, environment, trees);
      // Helm would read what stands behind a comma as another file, wherever that is.
      if (/[,=\\]/.test(name) || /[,\\]/.test(full)) {
        throw new NotRendered(
          `The file parameter \`${term(name)}\` has a comma, an equals sign or a backslash in its name or path.`,
        );
      }
      return { as: 'file' as const, name, value: full };
    }),
  );
  const parameters: NonNullable<RenderOptions['parameters']> = [
    ...settings.parameters.map(({ name, value, forceString }) => ({
      as: forceString ? ('string' as const) : ('value' as const),
      name,
      value: escapeCommas(substitute(value, environment)),
    })),
    ...fileParameters,
  ];
  const options = {
    release,
    namespace: settings.namespace ?? application.destination.namespace,
    values: readValues(settings.values),
    parameters,
    kubeVersion: (settings.kubeVersion ?? capabilities.kubeVersion).replace(/^v/, ''),
    apiVersions: settings.apiVersions.length > 0 ? settings.apiVersions : capabilities.apiVersions,
    includeCrds: !settings.skipCrds,
    skipTests: settings.skipTests,
    skipSchemaValidation: settings.skipSchemaValidation,
  };
  const wanted = folder === undefined ? pulledSource(source) : ({ kind: 'folder', path: folder } as const);
  const chartPrint = folder === undefined ? canonicalJson(wanted) : await trees.own?.fingerprint(folder);
  const contents = await Promise.all(files.map(({ tree, full }) => tree.text(full)));
  const key =
    chartPrint === undefined || fileParameters.length > 0
      ? undefined
      : createHash('sha256')
          .update(canonicalJson({ chartPrint, contents, ...options }))
          .digest('hex');
  return {
    key,
    run: async () => {
      try {
        return await templated(wanted, { ...options, valueFiles: files.map(({ full }) => full) }, context);
      } catch (error) {
        if (error instanceof UserError) throw new NotRendered(error.problems[0]?.message ?? error.message);
        throw error;
      }
    },
  };

  async function templated(
    from: ChartSource,
    rest: Omit<RenderOptions, 'chart'>,
    { temp }: HelmContext,
  ): Promise<string> {
    const chart = await pullOnce(from, context);
    const missing = from.kind === 'folder' ? await missingDependencies(chart, from.path) : [];
    if (missing.length === 0 || from.kind !== 'folder' || trees.own === undefined)
      return helm.template({ ...rest, chart });
    return withDependencies(from.path, missing, { ...context, tree: trees.own, temp }, complete =>
      helm.template({ ...rest, chart: complete }),
    );
  }
}

async function pullOnce(
  source: ChartSource,
  { helm, pulled }: Pick<HelmContext, 'helm' | 'pulled'>,
): Promise<PulledChart> {
  const key = canonicalJson(source);
  const known = pulled.get(key) ?? helm.pull(source);
  pulled.set(key, known);
  return known;
}

/** `oci://host/path` for a repository without a scheme: Argo CD keeps those of OCI so. */
function pulledSource({
  repository,
  chart = '',
  revision,
}: Pick<Source, 'repository' | 'chart' | 'revision'>): ChartSource {
  if (!chartName.test(chart)) throw new NotRendered(`\`${term(chart)}\` is no name of a chart.`);
  if (!/^v?\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/.test(revision)) {
    throw new NotRendered(
      `The chart ${chart} is asked for as \`${revision || '(none)'}\`, and not in one version: what is planned may not be what is applied.`,
    );
  }
  if (/^https:\/\//i.test(repository)) {
    return { kind: 'http', repository, name: chart, version: revision, digest: undefined };
  }
  if (/^[a-z]+:\/\//i.test(repository) && !repository.startsWith('oci://')) {
    throw new NotRendered(`The chart repository \`${repository}\` is neither https nor OCI.`);
  }
  const base = repository.replace(/^oci:\/\//, '').replace(/\/+$/, '');
  return { kind: 'oci', url: `oci://${base}/${chart}`, version: revision, digest: undefined };
}

function readValues(values: HelmSettings['values']): JsonObject {
  if (values === undefined || isObject(values)) return values ?? {};
  try {
    const parsed = parseKubernetesYaml(values);
    if (parsed !== null && !isObject(parsed)) throw new NotRendered('The values of the source are no map.');
    return asObject(parsed);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new NotRendered(`The values of the source are no valid YAML: ${error.message}`);
  }
}

interface Found {
  readonly tree: Tree;
  readonly full: string;
}

interface Trees {
  readonly own: Tree | undefined;
  readonly refs: ReadonlyMap<string, Tree>;
}

async function resolveValueFiles(
  { valueFiles, ignoreMissingValueFiles }: HelmSettings,
  from: string,
  environment: BuildEnvironment,
  trees: Trees,
): Promise<Found[]> {
  // One that is named counts where it is named, not where a pattern takes it.
  const named = await Promise.all(
    valueFiles.filter(file => !isPattern(file)).map(file => findFile(file, from, environment, trees)),
  );
  const found = new Map<string, Found>();
  for (const file of valueFiles) {
    if (isPattern(file)) {
      const matches = await expand(file, from, environment, trees);
      if (matches.length === 0 && !ignoreMissingValueFiles) throw new NotRendered(`No value file matches \`${file}\`.`);
      for (const match of matches) {
        if (!named.some(other => other?.full === match.full) && !found.has(match.full)) found.set(match.full, match);
      }
      continue;
    }
    const one = await findFile(file, from, environment, trees);
    if (one !== undefined) found.set(one.full, found.get(one.full) ?? one);
    else if (!ignoreMissingValueFiles) throw new NotRendered(`There is no value file \`${file}\`.`);
  }
  return [...found.values()];
}

const isPattern = (file: string) => /[*?[]/.test(file);

async function demandFile(path: string, from: string, environment: BuildEnvironment, trees: Trees): Promise<Found> {
  const found = await findFile(path, from, environment, trees);
  if (found === undefined) throw new NotRendered(`There is no file \`${path}\`.`);
  return found;
}

/** Where a file is looked for: `$ref/…` in the checkout of that source, `/…` in the root, all else beside the chart. */
function placeOf(
  file: string,
  from: string,
  environment: BuildEnvironment,
  { own, refs }: Trees,
): { readonly tree: Tree; readonly from: string; readonly path: string } {
  const [, ref, rest] = /^\$([^/]+)\/(.*)$/s.exec(file) ?? [];
  const referred = ref === undefined ? undefined : refs.get(ref);
  if (referred !== undefined) {
    return { tree: referred, from: referred.root, path: `/${substitute(rest ?? '', environment)}` };
  }
  const path = substitute(file, environment);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path))
    throw new NotRendered(`The value file \`${path}\` is not in the repository.`);
  if (own === undefined) {
    throw new NotRendered(`The value file \`${file}\` is one of the chart itself, or of a source that is not there.`);
  }
  return { tree: own, from, path };
}

async function findFile(
  file: string,
  from: string,
  environment: BuildEnvironment,
  trees: Trees,
): Promise<Found | undefined> {
  const place = placeOf(file, from, environment, trees);
  const full = await place.tree.find(place.from, place.path);
  if (full === undefined) return undefined;
  if (!(await stat(full)).isFile()) throw new NotRendered(`The value file \`${file}\` is a folder.`);
  // Helm takes a list of files where there is a comma.
  if (/[,"]/.test(full))
    throw new NotRendered(`The path of the value file \`${term(file)}\` has a comma or a quote in it.`);
  return { tree: place.tree, full };
}

/** Files that a pattern takes, in the order of their paths. `**` is any depth, a `*` stays within a folder. */
async function expand(file: string, from: string, environment: BuildEnvironment, trees: Trees): Promise<Found[]> {
  const { tree, from: base, path } = placeOf(file, from, environment, trees);
  const absolute = path.startsWith('/') ? path.slice(1) : join(tree.nameOf(base), path).replaceAll('\\', '/');
  if (absolute.startsWith('..')) throw new NotRendered(`\`${file}\` leads out of the repository.`);
  const isTaken = [absolute, absolute.replaceAll('**/', '')].map(one =>
    createGlob(one, { are: 'argo', separators: '/' }),
  );
  const files = await tree.files(tree.root);
  const taken = files.filter(one => isTaken.some(takes => takes(one.path)));
  const found = await Promise.all(
    taken.map(({ path: name }) => findFile(`/${name}`, tree.root, environment, { own: tree, refs: new Map() })),
  );
  return found.flatMap(one => one ?? []);
}

/** Helm reads a comma as the end of a value; a list in braces is meant so (argo-cd 3.6 util/helm/cmd.go, `cleanSetParameters`). */
function escapeCommas(value: string): string {
  return value.startsWith('{') && value.endsWith('}') ? value : value.replace(/(?<!\\),/g, '\\,');
}

/** Those that the chart names and that do not lie in `charts/`. */
async function missingDependencies(
  { dependencies }: PulledChart,
  folder: string,
): Promise<PulledChart['dependencies']> {
  const there = await Promise.all(
    dependencies.map(async ({ name, version }) => {
      const places = [
        join(folder, 'charts', name),
        join(folder, 'charts', `${name}-${version.replace(/^v/, '')}.tgz`),
        join(folder, 'charts', `${name}-${version}.tgz`),
      ];
      return (await Promise.all(places.map(exists))).includes(true);
    }),
  );
  return dependencies.filter((_, index) => there[index] !== true);
}

/**
 * The chart in a folder of ours with its dependencies beside it, as `helm dependency build` makes it. Where the chart asks for a range,
 * its Chart.lock has to say the version.
 */
async function withDependencies<T>(
  folder: string,
  missing: PulledChart['dependencies'],
  context: Pick<HelmContext, 'helm' | 'pulled' | 'temp'> & { readonly tree: Tree },
  use: (chart: PulledChart) => Promise<T>,
): Promise<T> {
  const { tree, temp } = context;
  const locked = await lockedVersions(folder, tree);
  await mkdir(temp, { recursive: true });
  const copy = await mkdtemp(join(temp, 'chart-'));
  try {
    await cp(folder, copy, { recursive: true, dereference: true });
    await mkdir(join(copy, 'charts'), { recursive: true });
    for (const { name, version, repository } of missing) {
      if (!chartName.test(name) || name.includes('/'))
        throw new NotRendered(`\`${term(name)}\` is no name of a chart.`);
      if (repository.startsWith('file://')) {
        const found = await tree.find(folder, repository.slice('file://'.length));
        if (found === undefined) throw new NotRendered(`The chart's dependency ${name} is not at \`${repository}\`.`);
        // Nothing of it may lead out of the repository.
        await tree.files(found);
        await cp(found, join(copy, 'charts', name), { recursive: true, dereference: true });
        continue;
      }
      if (repository === '' || repository.startsWith('@') || repository.startsWith('alias:')) {
        throw new NotRendered(`The chart's dependency ${name} is not in \`charts/\`, and no address is said for it.`);
      }
      const revision = locked.get(name) ?? version;
      const source = pulledSource({ repository, chart: name, revision });
      const pulled = await pullOnce(source, context);
      await cp(pulled.path, join(copy, 'charts', `${name}-${revision}.tgz`));
    }
    return await use(await context.helm.pull({ kind: 'folder', path: copy }));
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function lockedVersions(folder: string, tree: Tree): Promise<ReadonlyMap<string, string>> {
  const file = await tree.find(folder, 'Chart.lock');
  if (file === undefined) return new Map();
  const { dependencies } = asObject(parseKubernetesYaml(await tree.text(file)));
  return new Map(
    (Array.isArray(dependencies) ? dependencies : [])
      .map(asObject)
      .map(({ name, version }) => [String(name), String(version)]),
  );
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
