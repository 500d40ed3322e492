import { type Problem, UserError } from '@suite/foundation';
import { NotEditable } from '@suite/platform-file/yaml';
import { relock } from './chart-lock.ts';
import { createDraft, type Draft } from './draft.ts';
import { findApplications } from './forms/applications.ts';
import { findCharts } from './forms/charts.ts';
import { type AppContent, type AppFile, type Finding, type Findings, shownFiles } from './forms/form.ts';
import { findKustomization, kustomizationNames } from './forms/kustomization.ts';
import { findManifests } from './forms/manifests.ts';
import { findValues } from './forms/values.ts';
import type { Cargo, DeliveredApp, Edits, Overrides, Place, PlacedImage, Read } from './types.ts';

/**
 * What has to change in the repository so that each application deploys its images by digest from the environment's registry, and its
 * charts in their versions.
 * An image is looked for in the folder's kustomization first; without one there, in Helm values, in manifests that are written
 * out and in Argo CD's own objects. Throws a UserError with all that is wrong; nothing is written here.
 */
export async function editsFor(read: Read, apps: readonly DeliveredApp[], cargo: Cargo): Promise<Edits> {
  const draft = createDraft(read);
  const problems: Problem[] = [];
  const write = async (app: DeliveredApp, kind: Place['kind'], item: string, finding: Finding) => {
    try {
      await draft.change(finding.file, finding.changes);
      draft.note(placeOf(app, kind, item, finding));
    } catch (error) {
      if (!(error instanceof NotEditable)) throw error;
      problems.push(notEditable(app, kind, item, finding, error));
    }
  };
  const dependencies: Dependency[] = [];
  for (const app of apps) {
    const { images, charts, files, problems: none } = await contentOf(app, cargo, draft);
    const found = await findImages({ app, images, files }, draft);
    for (const { image, finding } of found.findings) await write(app, 'image', image.name, finding);
    const versioned = await findCharts(app, charts, files, draft);
    for (const { chart, finding, dependency } of versioned.findings) {
      await write(app, 'chart', chart.name, finding);
      if (dependency !== undefined) dependencies.push({ file: finding.file, at: dependency, version: chart.version });
    }
    problems.push(...none, ...found.problems, ...versioned.problems);
  }
  // What is wrong with a place says more than what is wrong with its lock.
  if (problems.length === 0) problems.push(...(await relockAll(dependencies, draft)));
  if (problems.length > 0) throw new UserError(problems);
  return draft.edits();
}

/** One that a Chart.yaml asks for, by its place among them. */
interface Dependency {
  readonly file: string;
  readonly at: number;
  readonly version: string;
}

/** A Chart.yaml may have dependencies of several applications, and has one lock. */
async function relockAll(dependencies: readonly Dependency[], draft: Draft): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const [file, all] of Map.groupBy(dependencies, one => one.file)) {
    const problem = await relock(file, new Map(all.map(({ at, version }) => [at, version])), draft);
    if (problem !== undefined) problems.push(problem);
  }
  return problems;
}

/** The same for Applications that are to say it themselves. Only charts and kustomizations can be overridden so. */
export async function overridesFor(
  read: Read,
  apps: readonly DeliveredApp[],
  images: readonly PlacedImage[],
): Promise<readonly Overrides[]> {
  const draft = createDraft(read);
  const problems: Problem[] = [];
  const overrides: Overrides[] = [];
  for (const app of apps) {
    const content = await contentOf(app, { images, charts: [] }, draft);
    const { findings, problems: own } = await findImages({ ...content, app }, draft);
    problems.push(...content.problems, ...own);
    const kustomizeImages = new Set<string>();
    const parameters = new Map<string, string>();
    for (const { image, finding } of findings) {
      const { override } = finding;
      if (override === undefined) problems.push(noOverride(app, image, finding));
      else if (override.kind === 'kustomize') kustomizeImages.add(override.image);
      else for (const { name, value } of override.parameters) parameters.set(name, value);
    }
    overrides.push({
      app: app.name,
      kustomizeImages: [...kustomizeImages],
      helmParameters: [...parameters].map(([name, value]) => ({ name, value, forceString: true })),
    });
  }
  if (problems.length > 0) throw new UserError(problems);
  return overrides;
}

interface Content extends Cargo {
  readonly files: readonly AppFile[];
  readonly problems: readonly Problem[];
}

/** What belongs to an application, and its files; nothing where there are none, which is a problem if something belongs to it. */
async function contentOf(app: DeliveredApp, cargo: Cargo, draft: Draft): Promise<Content> {
  const images = cargo.images.filter(({ name }) => app.images.includes(name));
  const charts = cargo.charts.filter(({ name }) => app.charts.includes(name));
  const nothing = { images: [], charts: [], files: [], problems: [] };
  if (images.length === 0 && charts.length === 0) return nothing;
  const files = await readFiles(app.path, draft);
  return files.length === 0 ? { ...nothing, problems: [noFolder(app)] } : { images, charts, files, problems: [] };
}

interface Found {
  readonly findings: readonly { readonly image: PlacedImage; readonly finding: Finding }[];
  readonly problems: readonly Problem[];
}

async function findImages({ app, images, files }: AppContent, draft: Draft): Promise<Found> {
  if (images.length === 0) return { findings: [], problems: [] };
  const findings: { image: PlacedImage; finding: Finding }[] = [];
  const doubts = new Map<PlacedImage, { readonly why: string; readonly remedy: string }>();
  const take = (result: Findings, wanted: readonly PlacedImage[]) => {
    for (const image of wanted) {
      findings.push(...(result.found.get(image) ?? []).map(finding => ({ image, finding })));
      const doubt = result.doubts.get(image);
      if (doubt !== undefined) doubts.set(image, doubt);
    }
  };
  const kustomized = await findKustomization({ app, images, files }, draft);
  if (kustomized !== undefined) take(kustomized, images);
  const rest = images.filter(image => kustomized?.found.has(image) !== true);
  for (const find of [findValues, findManifests, findApplications]) take(find({ app, images: rest, files }), rest);
  const missing = images.filter(image => !findings.some(finding => finding.image === image));
  return { findings, problems: missing.map(image => notFound(app, image, files, doubts.get(image))) };
}

/** YAML and JSON files of a folder, without what a chart brings of its own. */
async function readFiles(folder: string, draft: Draft): Promise<readonly AppFile[]> {
  const paths = await draft.list(folder);
  const charts = paths
    .filter(path => /(?:^|\/)Chart\.yaml$/.test(path))
    .map(path => path.slice(0, -'Chart.yaml'.length));
  const isOfChart = (path: string) =>
    charts.some(chart => path.startsWith(chart) && /^(?:templates|charts|crds)\//.test(path.slice(chart.length)));
  const files: AppFile[] = [];
  for (const path of paths) {
    const isYaml =
      /\.(?:ya?ml|json)$/i.test(path) || kustomizationNames.includes(path.slice(path.lastIndexOf('/') + 1));
    if (!isYaml || isOfChart(path)) continue;
    const [text, documents] = [await draft.text(path), await draft.documents(path)];
    if (text !== undefined && documents !== undefined) files.push({ path, text, documents });
  }
  return files;
}

function placeOf(
  app: DeliveredApp,
  kind: Place['kind'],
  item: string,
  { form, file, line, before, after }: Finding,
): Place {
  return { app: app.name, kind, item, form, file, line, before, after };
}

function noFolder({ name, path }: DeliveredApp): Problem {
  return {
    message: `The application ${name} has nothing to be delivered to: the GitOps repository has no YAML files in ${path}.`,
    remedy: `Push its manifests there, or correct \`path\` of the application (${path}).`,
  };
}

function notFound(
  app: DeliveredApp,
  image: PlacedImage,
  files: readonly AppFile[],
  doubt: { readonly why: string; readonly remedy: string } | undefined,
): Problem {
  const { name, path } = app;
  const message = `Nothing in ${path} says where the image ${image.name} of the application ${name} belongs`;
  if (doubt !== undefined) return { message: `${message}: ${doubt.why}.`, remedy: doubt.remedy };
  return {
    message: `${message}. Looked at ${shownFiles(app, files)}.`,
    remedy: `Write it there once, as a container with the image \`${image.name}\`, an entry of \`images:\` in a kustomization, or Helm values \`{ repository, digest }\`; or take ${image.name} from the application’s \`images\`.`,
  };
}

function notEditable(
  app: DeliveredApp,
  kind: Place['kind'],
  item: string,
  finding: Finding,
  error: NotEditable,
): Problem {
  return {
    message: `The ${kind} ${item} of the application ${app.name} cannot be written where it stands, because ${error.message}.`,
    location: { kind: 'file', path: finding.file, line: finding.line, column: 1 },
    remedy: 'Write it out there as a plain text, without an anchor or alias.',
  };
}

function noOverride(app: DeliveredApp, image: PlacedImage, { file }: Finding): Problem {
  return {
    message: `\`deliver: application\` cannot set the image ${image.name} of the application ${app.name}: ${file} is neither a kustomization nor Helm values.`,
    remedy: 'Use `deliver: git`, or put a kustomization into its folder.',
  };
}
