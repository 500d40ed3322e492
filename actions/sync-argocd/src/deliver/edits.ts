import { type Problem, sentenceList, UserError } from '@suite/foundation';
import { NotEditable } from '@suite/platform-file/yaml';
import { createDraft, type Draft } from './draft.ts';
import { findApplications } from './forms/applications.ts';
import type { AppContent, AppFile, Finding, Findings } from './forms/form.ts';
import { findKustomization, kustomizationNames } from './forms/kustomization.ts';
import { findManifests } from './forms/manifests.ts';
import { findValues } from './forms/values.ts';
import type { DeliveredApp, Edits, Overrides, PlacedImage, Read } from './types.ts';

/**
 * What has to change in the repository so that each application deploys its images by digest from the environment's registry.
 * An image is looked for in the folder's kustomization first; without one there, in Helm values, in manifests that are written
 * out and in Argo CD's own objects. Throws a UserError with all that is wrong; nothing is written here.
 */
export async function editsFor(
  read: Read,
  apps: readonly DeliveredApp[],
  images: readonly PlacedImage[],
): Promise<Edits> {
  const draft = createDraft(read);
  const problems: Problem[] = [];
  for (const app of apps) {
    const { findings, problems: own } = await findingsFor(app, images, draft);
    problems.push(...own);
    for (const { image, finding } of findings) {
      try {
        await draft.change(finding.file, finding.changes);
        draft.note(placeOf(app, image, finding));
      } catch (error) {
        if (!(error instanceof NotEditable)) throw error;
        problems.push(notEditable(app, image, finding, error));
      }
    }
  }
  if (problems.length > 0) throw new UserError(problems);
  return draft.edits();
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
    const { findings, problems: own } = await findingsFor(app, images, draft);
    problems.push(...own);
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

interface Found {
  readonly findings: readonly { readonly image: PlacedImage; readonly finding: Finding }[];
  readonly problems: readonly Problem[];
}

async function findingsFor(app: DeliveredApp, all: readonly PlacedImage[], draft: Draft): Promise<Found> {
  const images = all.filter(({ name }) => app.images.includes(name));
  if (images.length === 0) return { findings: [], problems: [] };
  const files = await readFiles(app.path, draft);
  if (files.length === 0) return { findings: [], problems: [noFolder(app)] };
  const findings: { image: PlacedImage; finding: Finding }[] = [];
  const doubts = new Map<PlacedImage, { readonly why: string; readonly remedy: string }>();
  const take = (result: Findings, wanted: readonly PlacedImage[]) => {
    for (const image of wanted) {
      findings.push(...(result.found.get(image) ?? []).map(finding => ({ image, finding })));
      const doubt = result.doubts.get(image);
      if (doubt !== undefined) doubts.set(image, doubt);
    }
  };
  const content: AppContent = { app, images, files };
  const kustomized = await findKustomization(content, draft);
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

function placeOf(app: DeliveredApp, image: PlacedImage, { form, file, line, before, after }: Finding) {
  return { app: app.name, image: image.name, form, file, line, before, after };
}

function noFolder({ name, path }: DeliveredApp): Problem {
  return {
    message: `The application ${name} has nothing to be delivered to: the GitOps repository has no YAML files in ${path}.`,
    remedy: `Push its manifests there, or correct \`path\` of the application (${path}).`,
  };
}

function notFound(
  { name, path }: DeliveredApp,
  image: PlacedImage,
  files: readonly AppFile[],
  doubt: { readonly why: string; readonly remedy: string } | undefined,
): Problem {
  const shown = files.slice(0, 5).map(file => file.path.slice(path.length + 1));
  const more = files.length > shown.length ? [`${files.length - shown.length} more`] : [];
  const message = `Nothing in ${path} says where the image ${image.name} of the application ${name} belongs`;
  if (doubt !== undefined) return { message: `${message}: ${doubt.why}.`, remedy: doubt.remedy };
  return {
    message: `${message}. Looked at ${sentenceList([...shown, ...more])}.`,
    remedy: `Write it there once, as a container with the image \`${image.name}\`, an entry of \`images:\` in a kustomization, or Helm values \`{ repository, digest }\`; or take ${image.name} from the application’s \`images\`.`,
  };
}

function notEditable(app: DeliveredApp, image: PlacedImage, finding: Finding, error: NotEditable): Problem {
  return {
    message: `The image ${image.name} of the application ${app.name} cannot be written where it stands, because ${error.message}.`,
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
