import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { asObject, canonicalJson, type JsonObject, UserError } from '@suite/foundation';
import { parseKubernetesYaml } from '@suite/helm';
import type { BuildEnvironment } from './environment.ts';
import {
  changesNothing,
  editKustomization,
  kustomizationNames,
  looksRemote,
  referencesOf,
  refuseForeign,
  withReferences,
} from './kustomization.ts';
import { NotRendered } from './not-rendered.ts';
import type { Kustomize } from './ports.ts';
import type { KustomizeSettings } from './source.ts';
import type { Tree } from './tree.ts';

const mostFolders = 500;

/** A build that is ready to be run. */
export interface KustomizeBuild {
  /** Equal for builds that give the same; undefined where that is not known. */
  readonly key: string | undefined;
  run(): Promise<string>;
}

export interface KustomizeContext {
  readonly tree: Tree;
  readonly kustomize: Kustomize;
  /** A folder of ours. */
  readonly temp: string;
}

interface Root {
  readonly folder: string;
  readonly file: string;
  readonly kustomization: JsonObject;
}

/**
 * What Argo CD does with a folder for Kustomize. It edits the kustomization where it stands; here the edited one stands with its
 * files in a folder of our own and refers to the folders of the checkout, which stays as it is. Nothing is fetched: a base that lies
 * somewhere else is refused. Throws NotRendered.
 */
export async function prepareKustomize(
  folder: string,
  settings: KustomizeSettings,
  environment: BuildEnvironment,
  { tree, kustomize, temp }: KustomizeContext,
): Promise<KustomizeBuild> {
  const asked = await withPresentComponents(folder, settings, tree);
  const own = await readRoot(folder, tree);
  const edited = changesNothing(asked) ? undefined : editKustomization(own.kustomization, asked, environment);
  const folders = await visit({ ...own, kustomization: edited ?? own.kustomization }, tree);
  const prints = await Promise.all(folders.map(one => tree.fingerprint(one)));
  const key = prints.includes(undefined)
    ? undefined
    : createHash('sha256')
        // Paths in the output depend on nothing but the folders' content and how they lie to each other.
        .update(canonicalJson({ prints, places: folders.map(one => relative(folder, one)), edited: edited ?? null }))
        .digest('hex');
  return {
    key,
    run: () =>
      edited === undefined
        ? kustomize.build(folder)
        : withCopy({ ...own, kustomization: edited }, tree, temp, kustomize.build),
  };
}

async function withPresentComponents(
  folder: string,
  settings: KustomizeSettings,
  tree: Tree,
): Promise<KustomizeSettings> {
  if (!settings.ignoreMissingComponents || settings.components.length === 0) return settings;
  const found = await Promise.all(settings.components.map(component => tree.find(folder, component)));
  return { ...settings, components: settings.components.filter((_, index) => found[index] !== undefined) };
}

async function readRoot(folder: string, tree: Tree): Promise<Root> {
  const found = (
    await Promise.all(
      kustomizationNames.map(async name => ((await tree.find(folder, name)) === undefined ? [] : [name])),
    )
  ).flat();
  const [file] = found;
  const where = `\`${tree.nameOf(folder)}\``;
  if (file === undefined) throw new NotRendered(`${where} has no kustomization.yaml.`);
  if (found.length > 1) throw new NotRendered(`${where} has several kustomizations: ${found.join(', ')}.`);
  const text = await tree.text(join(folder, file));
  try {
    const kustomization = asObject(parseKubernetesYaml(text));
    refuseForeign(kustomization, `\`${tree.nameOf(join(folder, file))}\``);
    return { folder, file, kustomization };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new NotRendered(`\`${tree.nameOf(join(folder, file))}\` is no valid YAML: ${error.message}`);
  }
}

/** All folders that a build reads, itself first. */
async function visit(root: Root, tree: Tree): Promise<string[]> {
  const seen = new Set([root.folder]);
  const waiting = [root];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    for (const { entry } of referencesOf(next.kustomization)) {
      const folder = await folderOf(next.folder, entry, tree);
      if (folder === undefined || seen.has(folder)) continue;
      seen.add(folder);
      if (seen.size > mostFolders) throw new NotRendered(`It is built from more than ${mostFolders} folders.`);
      waiting.push(await readRoot(folder, tree));
    }
  }
  return [...seen];
}

/** Undefined for a file, and for what is not there, which Kustomize has words for itself. */
async function folderOf(from: string, entry: string, tree: Tree): Promise<string | undefined> {
  const found = looksRemote(entry) && !entry.startsWith('.') ? undefined : await tree.find(from, entry);
  if (found !== undefined) return (await stat(found)).isDirectory() ? found : undefined;
  if (looksRemote(entry)) throw new NotRendered(`\`${tree.nameOf(from)}\` refers to a remote base, \`${entry}\`.`);
  return undefined;
}

async function withCopy(
  { folder, file, kustomization }: Root,
  tree: Tree,
  temp: string,
  use: (folder: string) => Promise<string>,
): Promise<string> {
  await mkdir(temp, { recursive: true });
  const copy = await mkdtemp(join(temp, 'kustomize-'));
  try {
    const folders = new Map<string, string>();
    for (const { entry } of referencesOf(kustomization)) {
      const found = await folderOf(folder, entry, tree);
      if (found !== undefined) folders.set(entry, relative(copy, found));
    }
    for (const { path, full } of await tree.files(folder)) {
      const target = join(copy, path);
      await mkdir(dirname(target), { recursive: true });
      await copyFile(full, target);
    }
    const content = withReferences(kustomization, entry => folders.get(entry) ?? entry);
    await writeFile(join(copy, file), JSON.stringify(content));
    return await use(copy);
  } catch (error) {
    // The folder of the repository says more than ours.
    if (error instanceof NotRendered) throw new NotRendered(error.message.replaceAll(copy, tree.nameOf(folder)));
    throw error;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
